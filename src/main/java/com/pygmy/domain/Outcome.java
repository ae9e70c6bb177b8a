package com.pygmy.domain;

import java.util.List;

/** What the log decided for a key. */
public sealed interface Outcome {

  /** The order behind a buy. Kept for ever. */
  record Sold(Order order) implements Outcome {}

  /** Nothing was changed. */
  record Refused(Refusal why) implements Outcome {}

  /** One status a row of {@link Command.AddBooks}, in its order. */
  record BooksAdded(List<Row> rows) implements Outcome {
    public BooksAdded {
      rows = List.copyOf(rows);
    }
  }

  record Row(BookId id, RowStatus status) {}

  enum RowStatus {
    ADDED,
    UNCHANGED,
    UPDATED,
    CONFLICT
  }

  /** The book after a revision. */
  record Revised(Book book) implements Outcome {}

  /** What was put on the shelf; books that got nothing are left out. */
  record Restocked(List<Line> lines) implements Outcome {
    public Restocked {
      lines = List.copyOf(lines);
    }
  }

  record Founded(String storeId) implements Outcome {}

  /**
   * Why the log refused. A buy is refused for other reasons than any other command, so that the
   * outcome of a key tells whether it was a buy's.
   */
  sealed interface Refusal {}

  /** Of a buy. */
  sealed interface BuyRefusal extends Refusal {}

  /** Of a change of the books. */
  sealed interface ChangeRefusal extends Refusal {}

  /** The books that could not be served, with what was left of each. */
  record OutOfStock(List<Left> books) implements BuyRefusal {
    public OutOfStock {
      books = List.copyOf(books);
    }
  }

  record Left(BookId book, int stock) {}

  /** The books asked for that there are not. */
  record UnknownBooks(List<BookId> books) implements BuyRefusal {
    public UnknownBooks {
      books = List.copyOf(books);
    }
  }

  /** The books to be changed that there are not. */
  record NoSuchBooks(List<BookId> books) implements ChangeRefusal {
    public NoSuchBooks {
      books = List.copyOf(books);
    }
  }

  record VersionMismatch(BookId book, long version) implements ChangeRefusal {}

  /** The stock of these books would pass {@link Limits#MAX_STOCK}. */
  record ShelfFull(List<BookId> books) implements ChangeRefusal {
    public ShelfFull {
      books = List.copyOf(books);
    }
  }
}
