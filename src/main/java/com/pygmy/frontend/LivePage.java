package com.pygmy.frontend;

import com.pygmy.domain.BookChange;
import com.pygmy.domain.BookId;
import com.pygmy.domain.EntryChanges;
import com.pygmy.wire.json.EventKind;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything that happened to the books in a stretch of the log. Of the stocks that a book had
 * within it, only the last is told. Never changes; any thread may use it.
 */
final class LivePage implements Progress {

  /** The events of one entry: a client has seen all of them, or none. */
  private record Block(long index, List<LiveEvent> events) {}

  private final EventId begin;
  private final EventId end;
  private final List<Block> blocks;
  private volatile Buffer everything;

  /**
   * @param begin the state before the entries
   * @param upTo they are all that changed a book up to this; before {@code begin} when the replica
   *     asked has not come so far
   */
  LivePage(EventId begin, long upTo, List<EntryChanges> entries) {
    this.begin = begin;
    this.end = new EventId(begin.storeId(), upTo);
    this.blocks = blocks(entries);
  }

  EventId begin() {
    return begin;
  }

  @Override
  public EventId end() {
    return end;
  }

  /** What a client is to be told that has seen all up to {@code index}; may be empty. */
  Buffer text(EventFilter filter, long index) {
    if (!filter.isEverything() || index > begin.index()) {
      return written(filter, index);
    }
    if (everything == null) {
      everything = written(filter, index);
    }
    return everything;
  }

  /** The id comes with the last event of an entry only, so that nobody resumes in the middle. */
  private Buffer written(EventFilter filter, long index) {
    Buffer out = Buffer.buffer();
    for (Block block : blocks) {
      if (block.index() <= index) {
        continue;
      }
      List<LiveEvent> wanted = block.events().stream().filter(filter::takes).toList();
      for (int i = 0; i < wanted.size(); i++) {
        boolean isLast = i == wanted.size() - 1;
        out.appendBuffer(wanted.get(i).text());
        if (isLast) {
          out.appendString("id: " + new EventId(begin.storeId(), block.index()) + "\n");
        }
        out.appendByte((byte) '\n');
      }
    }
    return out;
  }

  private static List<Block> blocks(List<EntryChanges> entries) {
    Set<BookId> told = new HashSet<>();
    List<Block> blocks = new ArrayList<>();
    for (int i = entries.size() - 1; i >= 0; i--) {
      EntryChanges entry = entries.get(i);
      List<LiveEvent> events = new ArrayList<>();
      for (BookChange change : entry.changes()) {
        boolean isOvertaken = change.isStockChanged() && !told.add(change.book().id());
        LiveEvent.of(change).stream()
            .filter(event -> !isOvertaken || event.kind() != EventKind.STOCK)
            .forEach(events::add);
      }
      if (!events.isEmpty()) {
        blocks.add(new Block(entry.index(), events));
      }
    }
    Collections.reverse(blocks);
    return blocks;
  }
}
