package com.pygmy.domain;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The books, by id, topic and title, as they were at one moment. Never changes, so any thread may
 * read it, and several reads of one shelf agree with each other.
 */
public final class Shelf {

  private final SortedTree<BookId, Book> books;
  private final SortedTree<String, SortedTree<BookId, BookId>> byTopic;
  private final SortedTree<String, SortedTree<BookId, BookId>> byTitle;

  /** An empty one. */
  public Shelf() {
    this(SortedTree.empty(), SortedTree.empty(), SortedTree.empty());
  }

  private Shelf(
      SortedTree<BookId, Book> books,
      SortedTree<String, SortedTree<BookId, BookId>> byTopic,
      SortedTree<String, SortedTree<BookId, BookId>> byTitle) {
    this.books = books;
    this.byTopic = byTopic;
    this.byTitle = byTitle;
  }

  /** This shelf with these books, or their next versions, on it. */
  public Shelf with(Collection<Book> changed) {
    Shelf shelf = this;
    for (Book book : changed) {
      shelf = shelf.with(book);
    }
    return shelf;
  }

  private Shelf with(Book book) {
    Optional<Book> before = books.find(book.id());
    return new Shelf(
        books.put(book.id(), book),
        listed(byTopic, before.map(Book::topic), book.topic(), book.id()),
        listed(byTitle, before.map(Book::title), book.title(), book.id()));
  }

  private static SortedTree<String, SortedTree<BookId, BookId>> listed(
      SortedTree<String, SortedTree<BookId, BookId>> index,
      Optional<String> before,
      String name,
      BookId id) {
    if (before.isPresent() && before.get().equals(name)) {
      return index;
    }
    SortedTree<String, SortedTree<BookId, BookId>> rest =
        before.map(old -> unlisted(index, old, id)).orElse(index);
    return rest.put(name, rest.find(name).orElse(SortedTree.empty()).put(id, id));
  }

  private static SortedTree<String, SortedTree<BookId, BookId>> unlisted(
      SortedTree<String, SortedTree<BookId, BookId>> index, String name, BookId id) {
    SortedTree<BookId, BookId> rest = index.find(name).orElse(SortedTree.empty()).remove(id);
    return rest.isEmpty() ? index.remove(name) : index.put(name, rest);
  }

  public Optional<Book> find(BookId id) {
    return books.find(id);
  }

  boolean has(BookId id) {
    return books.find(id).isPresent();
  }

  Book require(BookId id) {
    return books.find(id).orElseThrow(() -> new NoSuchElementException("book " + id));
  }

  /** In the order of their ids. */
  public List<Book> all() {
    List<Book> all = new ArrayList<>(books.size());
    books.forEach((id, book) -> all.add(book));
    return Collections.unmodifiableList(all);
  }

  public int size() {
    return books.size();
  }

  /** The highest id ever given; 0 on an empty shelf. */
  public int lastId() {
    return books.isEmpty() ? 0 : books.lastKey().value();
  }

  /** At most {@code limit} books with an id above {@code after}, in the order of their ids. */
  public List<Book> page(int after, int limit) {
    return after >= Limits.MAX_BOOK_ID ? List.of() : books.from(next(after), limit);
  }

  /** Like {@link #page(int, int)}, of one topic. */
  public List<Book> pageOfTopic(String topic, int after, int limit) {
    return page(byTopic.find(topic), after, limit);
  }

  /** Like {@link #page(int, int)}, of the books with exactly this title. */
  public List<Book> pageOfTitle(String title, int after, int limit) {
    return page(byTitle.find(title), after, limit);
  }

  private List<Book> page(Optional<SortedTree<BookId, BookId>> among, int after, int limit) {
    if (among.isEmpty() || after >= Limits.MAX_BOOK_ID) {
      return List.of();
    }
    return among.get().from(next(after), limit).stream().map(this::require).toList();
  }

  private static BookId next(int after) {
    return new BookId(Math.max(after, 0) + 1);
  }

  /** How many books each topic has, in alphabetical order. */
  public List<TopicCount> topics() {
    List<TopicCount> topics = new ArrayList<>(byTopic.size());
    byTopic.forEach((topic, ids) -> topics.add(new TopicCount(topic, ids.size())));
    return Collections.unmodifiableList(topics);
  }

  /** The books with at most {@code threshold} units left, in the order of their ids. */
  public List<Book> withStockAtMost(int threshold) {
    List<Book> low = new ArrayList<>();
    books.forEach(
        (id, book) -> {
          if (book.stock() <= threshold) {
            low.add(book);
          }
        });
    return Collections.unmodifiableList(low);
  }

  public record TopicCount(String topic, int books) {}
}
