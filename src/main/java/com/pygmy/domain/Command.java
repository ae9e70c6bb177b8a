package com.pygmy.domain;

import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.Book.Revision;
import com.pygmy.domain.Fingerprint.Canonical;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A change that the log decides. Every command carries the idempotency key of the intention behind
 * it: the same key always gets the same outcome.
 */
public sealed interface Command {

  String key();

  /**
   * The applied index at which the attempt first came in. An attempt that is older than the
   * outcomes that may have been dropped is not decided again (see {@link Catalog}).
   */
  long admittedIndex();

  /** Of everything asked for, but not of the key or the time: equal for a retry. */
  Fingerprint fingerprint();

  /** A buy: all of its lines or none. */
  record PlaceOrder(String key, long admittedIndex, Purchase purchase) implements Command {
    public PlaceOrder {
      Limits.requireKey(key);
      Objects.requireNonNull(purchase, "purchase");
    }

    @Override
    public Fingerprint fingerprint() {
      Canonical form = new Canonical("buy").with(purchase.lines().size());
      purchase.lines().forEach(line -> form.with(line.book().value()).with(line.quantity()));
      return form.withText(purchase.customer()).fingerprint();
    }
  }

  /**
   * Adds books. A row whose id is known changes nothing if it describes the book as it is;
   * otherwise it is a conflict, or, with {@code update}, revises title, author, topic and price.
   * The stock of a known book is never touched.
   */
  record AddBooks(String key, long admittedIndex, List<NewBook> books, boolean update)
      implements Command {
    public AddBooks {
      Limits.requireKey(key);
      books = List.copyOf(books);
      Limits.requireRange("the number of books", books.size(), 1, Limits.MAX_BOOKS_PER_COMMAND);
    }

    @Override
    public Fingerprint fingerprint() {
      Canonical form = new Canonical("add").with(update ? 1 : 0).with(books.size());
      for (NewBook book : books) {
        form.withNumber(book.id().map(BookId::value))
            .with(book.title())
            .with(book.author())
            .with(book.topic())
            .with(book.priceCents())
            .with(book.stock());
      }
      return form.fingerprint();
    }
  }

  /** Sets what the revision names to absolute values; only if the version matches, when given. */
  record ReviseBook(
      String key, long admittedIndex, BookId book, Optional<Long> ifVersion, Revision revision)
      implements Command {
    public ReviseBook {
      Limits.requireKey(key);
      Objects.requireNonNull(book, "book");
      Objects.requireNonNull(ifVersion, "ifVersion");
      Objects.requireNonNull(revision, "revision");
    }

    @Override
    public Fingerprint fingerprint() {
      return new Canonical("revise")
          .with(book.value())
          .withNumber(ifVersion)
          .withNumber(revision.priceCents())
          .withNumber(revision.stock())
          .withText(revision.title())
          .withText(revision.author())
          .withText(revision.topic())
          .fingerprint();
    }
  }

  /** Puts units on the shelf: all lines or none. */
  record Restock(String key, long admittedIndex, List<Line> lines) implements Command {
    public Restock {
      Limits.requireKey(key);
      lines = List.copyOf(lines);
      Limits.requireRange("the number of lines", lines.size(), 1, Limits.MAX_BOOKS_PER_COMMAND);
    }

    @Override
    public Fingerprint fingerprint() {
      Canonical form = new Canonical("restock").with(lines.size());
      lines.forEach(line -> form.with(line.book().value()).with(line.quantity()));
      return form.fingerprint();
    }
  }

  /**
   * Fills the shelf up to a level, each book only if its stock is at most {@code onlyIfStockAtMost}
   * when the log decides; so two proposers waste work and put nothing twice.
   *
   * @param level units to reach; absent: the initial stock of each book
   */
  record RestockTo(
      String key,
      long admittedIndex,
      Optional<Integer> level,
      int onlyIfStockAtMost,
      List<BookId> books)
      implements Command {
    public RestockTo {
      Limits.requireKey(key);
      level.ifPresent(units -> Limits.requireRange("level", units, 0, Limits.MAX_STOCK));
      Limits.requireRange("onlyIfStockAtMost", onlyIfStockAtMost, 0, Limits.MAX_STOCK);
      books = List.copyOf(books);
      Limits.requireRange("the number of books", books.size(), 1, Limits.MAX_BOOKS_PER_COMMAND);
    }

    @Override
    public Fingerprint fingerprint() {
      Canonical form =
          new Canonical("restock-to").withNumber(level).with(onlyIfStockAtMost).with(books.size());
      books.forEach(book -> form.with(book.value()));
      return form.fingerprint();
    }
  }

  /**
   * Founds the store: gives it the identity by which databases, order logs and caches of different
   * stores are told apart, and its first books, in one decision. Decided once; later ones change
   * nothing.
   */
  record FoundStore(String key, String storeId, List<NewBook> books) implements Command {
    public FoundStore {
      Limits.requireKey(key);
      Limits.requireKey(storeId);
      books = List.copyOf(books);
      Limits.requireRange("the number of books", books.size(), 0, Limits.MAX_BOOKS_PER_COMMAND);
    }

    public FoundStore(String key, String storeId) {
      this(key, storeId, List.of());
    }

    /** Founding is never too old: nothing can have been dropped before it. */
    @Override
    public long admittedIndex() {
      return Long.MAX_VALUE;
    }

    @Override
    public Fingerprint fingerprint() {
      return new Canonical("found").with(storeId).fingerprint();
    }
  }

  /**
   * Founds the store upon what every replica has already, a restored state, instead of {@link
   * FoundStore}. Decided once; later ones change nothing.
   */
  record RestoreStore(String key, String storeId, Origin origin) implements Command {
    public RestoreStore {
      Limits.requireKey(key);
      Limits.requireKey(storeId);
      Objects.requireNonNull(origin, "origin");
    }

    /** Never too old, like all founding. */
    @Override
    public long admittedIndex() {
      return Long.MAX_VALUE;
    }

    @Override
    public Fingerprint fingerprint() {
      return new Canonical("restore").with(storeId).with(origin.base()).fingerprint();
    }
  }
}
