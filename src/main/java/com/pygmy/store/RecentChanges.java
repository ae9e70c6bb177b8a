package com.pygmy.store;

import com.pygmy.domain.EntryChanges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the last entries did to the books, for those who show it live. A function of the log: every
 * replica holds the same, as far back as it goes. It begins where the database began when it was
 * opened. Thread-safe.
 *
 * <p>Holds at most {@link #MAX_ENTRIES} entries that changed a book, and at most {@link
 * #MAX_CHANGES} changes in them: some 6 MB, if every one of them left a book of its own.
 */
final class RecentChanges {

  static final int MAX_ENTRIES = 16_384;
  static final int MAX_CHANGES = 32_768;

  /** An entry that changed more is left out, with all before it. */
  static final int MAX_CHANGES_OF_ENTRY = 8_192;

  private final EntryChanges[] ring = new EntryChanges[MAX_ENTRIES];
  private long first;
  private long end;
  private int changes;
  private long begin;

  /**
   * Some entries.
   *
   * @param isLast whether there are none after them
   */
  record Page(List<EntryChanges> entries, boolean isLast) {}

  /**
   * @param begin what this and earlier entries did is not here
   */
  RecentChanges(long begin) {
    this.begin = begin;
  }

  /** Takes in what the next entry did. */
  void add(EntryChanges entry) {
    if (entry.changes().size() > MAX_CHANGES_OF_ENTRY) {
      restart(entry.index());
    } else if (!entry.changes().isEmpty()) {
      append(entry);
    }
  }

  private synchronized void append(EntryChanges entry) {
    while (end - first == MAX_ENTRIES || changes + entry.changes().size() > MAX_CHANGES) {
      EntryChanges oldest = at(first);
      ring[slot(first)] = null;
      first++;
      changes -= oldest.changes().size();
      begin = oldest.index();
    }
    ring[slot(end)] = entry;
    end++;
    changes += entry.changes().size();
  }

  private synchronized void restart(long index) {
    Arrays.fill(ring, null);
    first = end;
    changes = 0;
    begin = index;
  }

  /**
   * The entries after {@code index} that changed a book, in order, whole: at least one if there is
   * one, and no more than hold {@code limit} changes. Absent if not all of them are here any more.
   */
  synchronized Optional<Page> after(long index, int limit) {
    if (index < begin) {
      return Optional.empty();
    }
    List<EntryChanges> page = new ArrayList<>();
    int room = limit;
    long n = firstAfter(index);
    for (; n < end; n++) {
      EntryChanges entry = at(n);
      room -= entry.changes().size();
      if (room < 0 && !page.isEmpty()) {
        break;
      }
      page.add(entry);
    }
    return Optional.of(new Page(List.copyOf(page), n == end));
  }

  private long firstAfter(long index) {
    long low = first;
    long high = end;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (at(middle).index() <= index) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private EntryChanges at(long n) {
    return ring[slot(n)];
  }

  private static int slot(long n) {
    return (int) (n % MAX_ENTRIES);
  }
}
