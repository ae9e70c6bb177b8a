package com.pygmy.domain;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Predicate;

/**
 * The books, by id, topic and title. One thread writes; any thread may read meanwhile and sees each
 * book whole, as it was before or after a command.
 */
public final class Shelf {

  private final Map<BookId, Book> books = new ConcurrentHashMap<>();
  private final NavigableMap<String, NavigableSet<BookId>> byTopic = new ConcurrentSkipListMap<>();
  private final Map<String, NavigableSet<BookId>> byTitle = new ConcurrentHashMap<>();
  private final NavigableSet<BookId> ids = new ConcurrentSkipListSet<>();

  /** Puts a book, or its next version. */
  public void put(Book book) {
    Book before = books.get(book.id());
    boolean newTopic = before == null || !before.topic().equals(book.topic());
    boolean newTitle = before == null || !before.title().equals(book.title());
    // Into the new sets first, out of the old ones last; between them the book itself decides on
    // which page it is, so no reader finds it on two, or on none.
    if (newTopic) {
      enter(byTopic, book.topic(), book.id());
    }
    if (newTitle) {
      enter(byTitle, book.title(), book.id());
    }
    books.put(book.id(), book);
    if (before == null) {
      ids.add(book.id());
      return;
    }
    if (newTopic) {
      leave(byTopic, before.topic(), book.id());
    }
    if (newTitle) {
      leave(byTitle, before.title(), book.id());
    }
  }

  private static void enter(Map<String, NavigableSet<BookId>> index, String name, BookId id) {
    index.computeIfAbsent(name, n -> new ConcurrentSkipListSet<>()).add(id);
  }

  private static void leave(Map<String, NavigableSet<BookId>> index, String name, BookId id) {
    index.computeIfPresent(
        name,
        (n, set) -> {
          set.remove(id);
          return set.isEmpty() ? null : set;
        });
  }

  public Optional<Book> find(BookId id) {
    return Optional.ofNullable(books.get(id));
  }

  boolean has(BookId id) {
    return books.containsKey(id);
  }

  Book require(BookId id) {
    Book book = books.get(id);
    if (book == null) {
      throw new NoSuchElementException("book " + id);
    }
    return book;
  }

  public Collection<Book> all() {
    return books.values();
  }

  public int size() {
    return books.size();
  }

  /** The highest id ever given; 0 on an empty shelf. */
  public int lastId() {
    return ids.isEmpty() ? 0 : ids.last().value();
  }

  /** At most {@code limit} books with an id above {@code after}, in the order of their ids. */
  public List<Book> page(int after, int limit) {
    return page(ids, book -> true, after, limit);
  }

  /** Like {@link #page(int, int)}, of one topic. */
  public List<Book> pageOfTopic(String topic, int after, int limit) {
    return page(byTopic.get(topic), book -> book.topic().equals(topic), after, limit);
  }

  /** Like {@link #page(int, int)}, of the books with exactly this title. */
  public List<Book> pageOfTitle(String title, int after, int limit) {
    return page(byTitle.get(title), book -> book.title().equals(title), after, limit);
  }

  private List<Book> page(
      NavigableSet<BookId> among, Predicate<Book> belongs, int after, int limit) {
    if (among == null || after >= Limits.MAX_BOOK_ID) {
      return List.of();
    }
    return among.tailSet(new BookId(Math.max(after, 0) + 1), true).stream()
        .map(books::get)
        .filter(book -> book != null && belongs.test(book))
        .limit(limit)
        .toList();
  }

  /** How many books each topic has, in alphabetical order. */
  public List<TopicCount> topics() {
    return byTopic.entrySet().stream()
        .map(e -> new TopicCount(e.getKey(), e.getValue().size()))
        .toList();
  }

  /** The books with at most {@code threshold} units left, in the order of their ids. */
  public List<Book> withStockAtMost(int threshold) {
    return ids.stream().map(books::get).filter(b -> b.stock() <= threshold).toList();
  }

  public record TopicCount(String topic, int books) {}
}
