package com.pygmy.history;

import java.util.Optional;

/** What one book does when operations come one at a time. A pure function. */
public final class Specification {

  private Specification() {}

  /**
   * The book after the request, or empty if a book like this could not have given that outcome. A
   * request of unknown outcome is taken to have had its effect; one that failed, to have had none.
   */
  public static Optional<BookState> step(BookState before, Request request, Outcome outcome) {
    if (outcome instanceof Outcome.Failed) {
      return Optional.of(before);
    } else if (outcome instanceof Outcome.NoSuchBook) {
      return only(before.version() == 0, before);
    } else if (outcome instanceof Outcome.OutOfStock refused) {
      return only(
          before.version() > 0
              && before.stock() == refused.left()
              && effect(before, request).isEmpty(),
          before);
    }
    Optional<BookState> after = effect(before, request);
    if (outcome instanceof Outcome.Seen seen) {
      return after.filter(seen.book()::equals);
    } else if (outcome instanceof Outcome.Sold sold) {
      return after.filter(any -> before.priceCents() == sold.priceCents());
    }
    return after;
  }

  /** Empty when the request cannot be granted. */
  private static Optional<BookState> effect(BookState book, Request request) {
    if (request instanceof Request.Read) {
      return Optional.of(book);
    } else if (request instanceof Request.Add add) {
      return only(book.version() == 0, book.changedTo(add.stock(), add.priceCents()));
    } else if (book.version() == 0) {
      return Optional.empty();
    } else if (request instanceof Request.Buy buy) {
      return only(
          book.stock() >= buy.quantity(),
          book.changedTo(book.stock() - buy.quantity(), book.priceCents()));
    } else if (request instanceof Request.Restock restock) {
      return Optional.of(book.changedTo(book.stock() + restock.quantity(), book.priceCents()));
    }
    return Optional.of(revised(book, (Request.Revise) request));
  }

  private static BookState revised(BookState book, Request.Revise revise) {
    long stock = revise.stock().orElse(book.stock());
    long priceCents = revise.priceCents().orElse(book.priceCents());
    return stock == book.stock() && priceCents == book.priceCents()
        ? book
        : book.changedTo(stock, priceCents);
  }

  private static Optional<BookState> only(boolean possible, BookState book) {
    return possible ? Optional.of(book) : Optional.empty();
  }
}
