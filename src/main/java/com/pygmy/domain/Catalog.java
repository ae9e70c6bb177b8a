package com.pygmy.domain;

import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.Outcome.Left;
import com.pygmy.domain.Outcome.Row;
import com.pygmy.domain.Outcome.RowStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The store's state machine: books, the number of the last order, log time. Deterministic: the same
 * commands at the same indexes leave the same state and give the same decisions on every replica.
 *
 * <p>Outcomes live outside (there are too many for memory) and come in as {@link KnownOutcomes}.
 * Sales bind their keys for ever; other outcomes for {@link #OUTCOME_HORIZON} indexes, after which
 * they may be dropped. An attempt that was admitted before that horizon is answered {@link
 * Decision.KeyTooOld}, for nobody can tell any more whether it had been decided.
 *
 * <p>One thread applies; any thread may read meanwhile, and sees what whole commands left.
 */
public final class Catalog {

  /** Outcomes other than sales bind their key for so many log indexes. */
  public static final long OUTCOME_HORIZON = 1_000_000;

  private final Optional<Origin> origin;
  private volatile Shelf shelf;
  private volatile Optional<String> storeId;
  private volatile long lastOrderNumber;
  private volatile long at;

  /** An empty, unfounded store. */
  public Catalog() {
    this(new Shelf(), Optional.empty(), Optional.empty(), 0, 0);
  }

  /**
   * A store as it was.
   *
   * @param storeId absent: not founded yet
   * @param origin what it began from; absent: from nothing
   */
  public Catalog(
      Shelf shelf,
      Optional<String> storeId,
      Optional<Origin> origin,
      long lastOrderNumber,
      long at) {
    this.origin = origin;
    this.shelf = shelf;
    this.storeId = storeId;
    this.lastOrderNumber = lastOrderNumber;
    this.at = at;
  }

  /** As the last command left it. */
  public Shelf shelf() {
    return shelf;
  }

  public Optional<String> storeId() {
    return storeId;
  }

  /** What this store began from; absent: from nothing. */
  public Optional<Origin> origin() {
    return origin;
  }

  public long lastOrderNumber() {
    return lastOrderNumber;
  }

  /** Log time: that of the last entry, milliseconds since the epoch, never falling. */
  public long at() {
    return at;
  }

  /** Moves log time on, to the time that an entry's leader wrote into it. */
  public void advance(long entryAt) {
    at = Math.max(at, entryAt);
  }

  /**
   * Decides one command of the entry at {@code index}.
   *
   * @throws ForeignBaseException if it founds a store that is not this one's
   */
  public Effect apply(long index, Command command, KnownOutcomes known) {
    Optional<Recorded> earlier = known.find(command.key()).filter(r -> r.binds(index));
    if (earlier.isPresent()) {
      Recorded recorded = earlier.get();
      return Effect.none(
          recorded.fingerprint().equals(command.fingerprint())
              ? new Decision.Decided(recorded.outcome(), true)
              : new Decision.KeyConflict());
    }
    if (command.admittedIndex() < index - OUTCOME_HORIZON) {
      return Effect.none(new Decision.KeyTooOld());
    }
    List<Book> changed = new ArrayList<>();
    Outcome outcome = decide(command, changed);
    shelf = shelf.with(changed);
    return new Effect(
        new Decision.Decided(outcome, false),
        Optional.of(new Recorded(command.fingerprint(), index, outcome)),
        List.copyOf(changed));
  }

  private Outcome decide(Command command, List<Book> changed) {
    if (command instanceof Command.PlaceOrder buy) {
      return placeOrder(buy, changed);
    } else if (command instanceof Command.AddBooks add) {
      return addBooks(add.books(), add.update(), changed);
    } else if (command instanceof Command.ReviseBook revise) {
      return reviseBook(revise, changed);
    } else if (command instanceof Command.Restock restock) {
      return restock(restock, changed);
    } else if (command instanceof Command.RestockTo restockTo) {
      return restockTo(restockTo, changed);
    } else if (command instanceof Command.FoundStore found) {
      return founded(found.storeId(), Optional.empty(), found.books(), changed);
    } else {
      Command.RestoreStore restore = (Command.RestoreStore) command;
      return founded(restore.storeId(), Optional.of(restore.origin()), List.of(), changed);
    }
  }

  private Outcome placeOrder(Command.PlaceOrder buy, List<Book> changed) {
    List<Line> lines = buy.purchase().lines();
    List<BookId> unknown = unknownAmong(lines);
    if (!unknown.isEmpty()) {
      return new Outcome.Refused(new Outcome.UnknownBooks(unknown));
    }
    List<Left> missing = new ArrayList<>();
    List<Order.Sold> sold = new ArrayList<>();
    for (Line line : lines) {
      Book book = shelf.require(line.book());
      if (book.stock() < line.quantity()) {
        missing.add(new Left(book.id(), book.stock()));
      } else {
        sold.add(new Order.Sold(book.id(), line.quantity(), book.priceCents()));
        changed.add(book.sell(line.quantity()));
      }
    }
    if (!missing.isEmpty()) {
      changed.clear();
      return new Outcome.Refused(new Outcome.OutOfStock(missing));
    }
    long number = lastOrderNumber + 1;
    lastOrderNumber = number;
    return new Outcome.Sold(new Order(number, buy.key(), sold, buy.purchase().customer(), at));
  }

  private Outcome addBooks(List<NewBook> books, boolean update, List<Book> changed) {
    Map<BookId, Book> after = new LinkedHashMap<>();
    List<Row> rows = new ArrayList<>();
    int next = shelf.lastId() + 1;
    for (NewBook row : books) {
      if (row.id().isEmpty() && next > Limits.MAX_BOOK_ID) {
        rows.add(new Row(new BookId(Limits.MAX_BOOK_ID), RowStatus.CONFLICT));
        continue;
      }
      BookId id = row.id().orElse(new BookId(Math.min(next, Limits.MAX_BOOK_ID)));
      next = Math.max(next, id.value() + 1);
      Book before = after.containsKey(id) ? after.get(id) : shelf.find(id).orElse(null);
      if (before == null) {
        after.put(id, Book.first(id, row));
        rows.add(new Row(id, RowStatus.ADDED));
      } else if (before.describedLike(row)) {
        rows.add(new Row(id, RowStatus.UNCHANGED));
      } else if (update) {
        after.put(id, before.revise(row.description()));
        rows.add(new Row(id, RowStatus.UPDATED));
      } else {
        rows.add(new Row(id, RowStatus.CONFLICT));
      }
    }
    changed.addAll(after.values());
    return new Outcome.BooksAdded(rows);
  }

  private Outcome reviseBook(Command.ReviseBook revise, List<Book> changed) {
    Optional<Book> found = shelf.find(revise.book());
    if (found.isEmpty()) {
      return new Outcome.Refused(new Outcome.NoSuchBooks(List.of(revise.book())));
    }
    Book book = found.get();
    if (revise.ifVersion().isPresent() && revise.ifVersion().get() != book.version()) {
      return new Outcome.Refused(new Outcome.VersionMismatch(book.id(), book.version()));
    }
    Book revised = book.revise(revise.revision());
    if (!revised.equals(book)) {
      changed.add(revised);
    }
    return new Outcome.Revised(revised);
  }

  private Outcome restock(Command.Restock restock, List<Book> changed) {
    List<BookId> unknown = unknownAmong(restock.lines());
    if (!unknown.isEmpty()) {
      return new Outcome.Refused(new Outcome.NoSuchBooks(unknown));
    }
    Map<BookId, Long> quantities = new LinkedHashMap<>();
    restock.lines().forEach(l -> quantities.merge(l.book(), (long) l.quantity(), Long::sum));
    List<BookId> full =
        quantities.entrySet().stream()
            .filter(e -> shelf.require(e.getKey()).stock() + e.getValue() > Limits.MAX_STOCK)
            .map(Map.Entry::getKey)
            .toList();
    if (!full.isEmpty()) {
      return new Outcome.Refused(new Outcome.ShelfFull(full));
    }
    quantities.forEach((id, quantity) -> changed.add(shelf.require(id).restock(quantity)));
    return new Outcome.Restocked(restock.lines());
  }

  private Outcome restockTo(Command.RestockTo restockTo, List<Book> changed) {
    List<Line> put = new ArrayList<>();
    for (BookId id : restockTo.books().stream().distinct().toList()) {
      Book book = shelf.find(id).orElse(null);
      if (book == null || book.stock() > restockTo.onlyIfStockAtMost()) {
        continue;
      }
      int missing =
          Math.min(
              restockTo.level().orElse(book.initialStock()) - book.stock(),
              Limits.MAX_RESTOCK_QUANTITY);
      if (missing > 0) {
        changed.add(book.restock(missing));
        put.add(new Line(id, missing));
      }
    }
    return new Outcome.Restocked(put);
  }

  private Outcome founded(
      String id, Optional<Origin> upon, List<NewBook> books, List<Book> changed) {
    if (storeId.isEmpty()) {
      if (!origin.equals(upon)) {
        throw new ForeignBaseException(origin, upon);
      }
      storeId = Optional.of(id);
      addBooks(books, false, changed);
    }
    return new Outcome.Founded(storeId.get());
  }

  private List<BookId> unknownAmong(List<Line> lines) {
    return lines.stream().map(Line::book).distinct().filter(id -> !shelf.has(id)).toList();
  }
}
