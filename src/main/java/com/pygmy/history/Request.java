package com.pygmy.history;

import java.util.OptionalLong;

/** What a client asks of one book. */
public sealed interface Request {

  /** A look-up. */
  record Read() implements Request {}

  /**
   * One book's part of an order. Lines of the same book count as one, and so do attempts under the
   * same idempotency key.
   */
  record Buy(int quantity) implements Request {
    public Buy {
      requirePositive(quantity);
    }
  }

  /** Puts units on the shelf. */
  record Restock(int quantity) implements Request {
    public Restock {
      requirePositive(quantity);
    }
  }

  /** Sets price, stock, or both; raises the version only if something differs. */
  record Revise(OptionalLong priceCents, OptionalLong stock) implements Request {
    public Revise {
      if (priceCents.isEmpty() && stock.isEmpty()) {
        throw new IllegalArgumentException("a revision names a price or a stock");
      }
    }

    public static Revise price(long priceCents) {
      return new Revise(OptionalLong.of(priceCents), OptionalLong.empty());
    }

    public static Revise stock(long stock) {
      return new Revise(OptionalLong.empty(), OptionalLong.of(stock));
    }
  }

  /** Adds the book, which there must not be yet. */
  record Add(long stock, long priceCents) implements Request {}

  private static void requirePositive(int quantity) {
    if (quantity < 1) {
      throw new IllegalArgumentException("a quantity is positive, not " + quantity);
    }
  }
}
