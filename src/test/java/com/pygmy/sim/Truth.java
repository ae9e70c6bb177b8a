package com.pygmy.sim;

import com.pygmy.coherence.View;
import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Catalog;
import com.pygmy.domain.Effect;
import com.pygmy.domain.Recorded;
import com.pygmy.domain.Shelf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the committed log says, and said at each index: every read is held against it. */
final class Truth {

  /** What a lookup of a book that there is not is answered with. */
  static final Object NO_BOOK = List.of("no such book");

  /** A book on the page of a topic. */
  record Listing(int id, String title, String author, long priceCents) {}

  /** The values of a key, each with the index from which on it was so. */
  private static final class History {
    private int[] since = new int[8];
    private Object[] values = new Object[8];
    private int size;

    History(Object first) {
      add(0, first);
    }

    void add(int index, Object value) {
      if (size == since.length) {
        since = Arrays.copyOf(since, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
      }
      since[size] = index;
      values[size++] = value;
    }

    Object last() {
      return values[size - 1];
    }

    /** The first change after {@code index}, if there is one. */
    int changeAfter(long index) {
      for (int i = 0; i < size; i++) {
        if (since[i] > index) {
          return since[i];
        }
      }
      return Integer.MAX_VALUE;
    }

    /** How long the value lasted: the index of the change after it; -1 if it never was. */
    int endOf(Object value) {
      for (int i = size - 1; i >= 0; i--) {
        if (values[i].equals(value)) {
          return i + 1 < size ? since[i + 1] : Integer.MAX_VALUE;
        }
      }
      return -1;
    }
  }

  private final World world;
  private final Catalog catalog = new Catalog();
  private final Map<String, Recorded> outcomes = new HashMap<>();
  private final Map<View, History> histories = new HashMap<>();
  private final Map<View, Integer> lastChange = new LinkedHashMap<>();
  private final List<View> changedNow = new ArrayList<>();

  Truth(World world) {
    this.world = world;
  }

  /** Is there such a book? */
  boolean has(int id) {
    return catalog.shelf().find(new BookId(id)).isPresent();
  }

  /** Each view that ever changed while somebody might hold a copy, with the last index. */
  Map<View, Integer> lastChange() {
    return lastChange;
  }

  /** An entry is committed: what it changes is visible. */
  void decide(int index, Log.Entry entry) {
    if (!entry.isCommand()) {
      return;
    } else if (entry.isFenced() && !world.lies(Mutation.NO_FENCING)) {
      world.tally.count(Tally.Of.COMMANDS_FENCED_OFF);
      return;
    }
    world.tally.count(Tally.Of.COMMANDS_COMMITTED);
    String key = entry.command.key();
    Effect effect = catalog.apply(index, entry.command, k -> Optional.ofNullable(outcomes.get(k)));
    effect.recorded().ifPresent(recorded -> outcomes.put(key, recorded));
    entry.changed = effect.changed();
    changedNow.clear();
    for (Book book : effect.changed()) {
      change(index, book);
    }
    for (View view : changedNow) {
      lastChange.put(view, index);
      for (Frontend frontend : world.frontends) {
        frontend.requireFresh(view, index);
      }
    }
  }

  private void change(int index, Book book) {
    History history = of(new View.OfBook(book.id()));
    Object before = history.last();
    history.add(index, book);
    if (before instanceof Book old) {
      changedNow.add(new View.OfBook(book.id()));
      list(index, old.topic());
    } else {
      changedNow.add(new View.OfUnknownBooks());
    }
    list(index, book.topic());
  }

  private void list(int index, String topic) {
    View.OfTopic view = new View.OfTopic(topic);
    History history = of(view);
    List<Listing> page = page(catalog.shelf(), topic);
    if (!page.equals(history.last())) {
      history.add(index, page);
      changedNow.add(view);
    }
  }

  private History of(View key) {
    return histories.computeIfAbsent(
        key, k -> new History(k instanceof View.OfTopic ? List.of() : NO_BOOK));
  }

  /** What a key's fetch finds on a shelf. */
  static Object read(Shelf shelf, View key) {
    if (key instanceof View.OfBook book) {
      Optional<Book> found = shelf.find(book.id());
      return found.isPresent() ? found.get() : NO_BOOK;
    }
    return page(shelf, ((View.OfTopic) key).topic());
  }

  private static List<Listing> page(Shelf shelf, String topic) {
    List<Listing> page = new ArrayList<>();
    for (Book book : shelf.pageOfTopic(topic, 0, 100)) {
      page.add(new Listing(book.id().value(), book.title(), book.author(), book.priceCents()));
    }
    return page;
  }

  /**
   * A read was answered. By the stamp: nothing visible when it arrived may be missing. By the
   * value: it must have been the key's after what was visible then.
   *
   * @param visible the highest index that was committed when the read arrived
   */
  void check(String who, View key, Copy copy, int visible) {
    History history = of(key);
    if (history.changeAfter(copy.content()) <= visible) {
      throw new Violation(
          Violation.Of.STALE_READ,
          "%s answers %s as of %d, which changed at %d; visible when the read arrived: %d"
              .formatted(who, key, copy.content(), history.changeAfter(copy.content()), visible));
    }
    int end = history.endOf(copy.value());
    if (end < 0) {
      throw new Violation(
          Violation.Of.WRONG_VALUE, "%s answers %s with %s".formatted(who, key, copy.value()));
    }
    if (end <= visible) {
      throw new Violation(
          Violation.Of.STALE_READ,
          "%s answers %s with %s, which ended at %d; visible when the read arrived: %d"
              .formatted(who, key, copy.value(), end, visible));
    }
  }
}
