package com.pygmy.domain;

import java.util.Objects;
import java.util.Optional;

/**
 * A title on sale, with its books kept: {@code stock = initialStock + restocked - sold}, always,
 * and never negative.
 *
 * @param restocked units put on the shelf since the start, less those an administrator took off
 * @param sold units sold since the start
 * @param version counts the changes of this book, sales included; starts at 1
 */
public record Book(
    BookId id,
    String title,
    String author,
    String topic,
    long priceCents,
    int initialStock,
    long restocked,
    long sold,
    long version) {

  public Book {
    Objects.requireNonNull(id, "id");
    Limits.requireText("title", title, Limits.MAX_TITLE_CHARS);
    Limits.requireText("author", author, Limits.MAX_AUTHOR_CHARS);
    Limits.requireText("topic", topic, Limits.MAX_TOPIC_CHARS);
    Limits.requireRange("priceCents", priceCents, 0, Limits.MAX_PRICE_CENTS);
    Limits.requireRange("initialStock", initialStock, 0, Limits.MAX_STOCK);
    Limits.requireRange("stock", initialStock + restocked - sold, 0, Limits.MAX_STOCK);
    Limits.require(sold >= 0, "sold is never negative");
    Limits.require(version > 0, "a version is positive");
  }

  /** Units on the shelf. */
  public int stock() {
    return (int) (initialStock + restocked - sold);
  }

  Book sell(int quantity) {
    return new Book(
        id,
        title,
        author,
        topic,
        priceCents,
        initialStock,
        restocked,
        sold + quantity,
        version + 1);
  }

  Book restock(long quantity) {
    return new Book(
        id,
        title,
        author,
        topic,
        priceCents,
        initialStock,
        restocked + quantity,
        sold,
        version + 1);
  }

  /** This book with what the revision names; the same book, same version, if nothing differs. */
  Book revise(Revision revision) {
    long put = revision.stock().map(target -> (long) target - stock()).orElse(0L);
    Book revised =
        new Book(
            id,
            revision.title().orElse(title),
            revision.author().orElse(author),
            revision.topic().orElse(topic),
            revision.priceCents().orElse(priceCents),
            initialStock,
            restocked + put,
            sold,
            version);
    return revised.equals(this) ? this : revised.restock(0);
  }

  /** Has it the same title, author, topic and price? */
  boolean describedLike(NewBook other) {
    return revise(other.description()).equals(this);
  }

  static Book first(BookId id, NewBook added) {
    return new Book(
        id,
        added.title(),
        added.author(),
        added.topic(),
        added.priceCents(),
        added.stock(),
        0,
        0,
        1);
  }

  /** What a revision may change; absent parts stay. Values are absolute. */
  public record Revision(
      Optional<Long> priceCents,
      Optional<Integer> stock,
      Optional<String> title,
      Optional<String> author,
      Optional<String> topic) {

    public Revision {
      priceCents.ifPresent(
          cents -> Limits.requireRange("priceCents", cents, 0, Limits.MAX_PRICE_CENTS));
      stock.ifPresent(units -> Limits.requireRange("stock", units, 0, Limits.MAX_STOCK));
      title.ifPresent(text -> Limits.requireText("title", text, Limits.MAX_TITLE_CHARS));
      author.ifPresent(text -> Limits.requireText("author", text, Limits.MAX_AUTHOR_CHARS));
      topic.ifPresent(text -> Limits.requireText("topic", text, Limits.MAX_TOPIC_CHARS));
    }
  }

  /**
   * A book to be added.
   *
   * @param id its id; absent: the next free one
   */
  public record NewBook(
      Optional<BookId> id, String title, String author, String topic, long priceCents, int stock) {

    public NewBook {
      Objects.requireNonNull(id, "id");
      Limits.requireText("title", title, Limits.MAX_TITLE_CHARS);
      Limits.requireText("author", author, Limits.MAX_AUTHOR_CHARS);
      Limits.requireText("topic", topic, Limits.MAX_TOPIC_CHARS);
      Limits.requireRange("priceCents", priceCents, 0, Limits.MAX_PRICE_CENTS);
      Limits.requireRange("stock", stock, 0, Limits.MAX_STOCK);
    }

    /** All but the stock: what an import with {@code update} may change in a known book. */
    Revision description() {
      return new Revision(
          Optional.of(priceCents),
          Optional.empty(),
          Optional.of(title),
          Optional.of(author),
          Optional.of(topic));
    }
  }
}
