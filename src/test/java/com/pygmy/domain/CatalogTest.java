package com.pygmy.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.Book.Revision;
import com.pygmy.domain.Outcome.RowStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CatalogTest {
  private static final BookId ONE = new BookId(1);
  private static final BookId TWO = new BookId(2);
  private static final long HORIZON = Catalog.OUTCOME_HORIZON;

  private final ReferenceStore store = new ReferenceStore();
  private long index = 10;

  @BeforeEach
  void twoBooks() {
    assertEquals(
        List.of(RowStatus.ADDED, RowStatus.ADDED),
        statuses(add("setup", false, row(1, "RPCs for Dummies", 5), row(2, "Xen", 3))));
  }

  @Test
  void sellsEveryLineAtThePriceOfNow() {
    Outcome.Sold sold = (Outcome.Sold) buy("a", line(2, 1), line(1, 2), line(2, 2));
    assertEquals(
        List.of(new Order.Sold(ONE, 2, 1_000), new Order.Sold(TWO, 3, 1_000)),
        sold.order().lines());
    assertEquals(1, sold.order().number());
    assertEquals(5_000, sold.order().totalCents());
    assertEquals(3, book(1).stock());
    assertEquals(0, book(2).stock());
  }

  @Test
  void refusesTheWholeBuyAndTellsWhatIsLeft() {
    Outcome outcome = buy("a", line(1, 1), line(2, 4));
    assertEquals(refused(new Outcome.OutOfStock(List.of(new Outcome.Left(TWO, 3)))), outcome);
    assertEquals(5, book(1).stock());
    assertEquals(
        refused(new Outcome.UnknownBooks(List.of(new BookId(9)))),
        buy("b", line(1, 1), line(9, 1)));
    assertEquals(5, book(1).stock());
    assertEquals(0, store.catalog.lastOrderNumber());
  }

  @Test
  void noRefusalOfAChangeReadsLikeOneOfABuy() {
    BookId nine = new BookId(9);
    Outcome missing = refused(new Outcome.NoSuchBooks(List.of(nine)));
    Revision cheaper = price(900);
    assertEquals(
        missing, decide(new Command.ReviseBook("r", index, nine, Optional.empty(), cheaper)));
    List<Line> lines = List.of(line(1, 1), line(9, 1));
    assertEquals(missing, decide(new Command.Restock("m", index, lines)));
    assertEquals(5, book(1).stock());
  }

  @Test
  void aRefusalStaysBoundToItsKeyAfterARestock() {
    Outcome refusal = buy("late", line(2, 4));
    decide(new Command.Restock("more", index, List.of(new Line(TWO, 100))));
    Effect again = apply(place("late", index, line(2, 4)));
    assertEquals(new Decision.Decided(refusal, true), again.decision());
    assertEquals(103, book(2).stock());
  }

  @Test
  void theSameKeyWithAnotherBodyIsAConflict() {
    buy("a", line(1, 1));
    assertEquals(new Decision.KeyConflict(), apply(place("a", index, line(1, 2))).decision());
    assertEquals(
        new Decision.KeyConflict(),
        apply(new Command.Restock("a", index, List.of(new Line(ONE, 1)))).decision());
    Purchase someone = new Purchase(List.of(line(1, 1)), Optional.of("someone"));
    assertEquals(
        new Decision.KeyConflict(), apply(new Command.PlaceOrder("a", index, someone)).decision());
    assertEquals(4, book(1).stock());
  }

  @Test
  void linesMergedOrInAnotherOrderAreTheSameBody() {
    Outcome first = buy("a", line(1, 1), line(2, 1), line(1, 1));
    Effect again = apply(place("a", index, line(1, 2), line(2, 1)));
    assertEquals(new Decision.Decided(first, true), again.decision());
  }

  @Test
  void requestsThatReadAlikeHaveDifferentFingerprints() {
    List<Fingerprint> prints = new ArrayList<>();
    prints.add(place("k", 0, line(1, 1), line(2, 1)).fingerprint());
    for (String customer : List.of("2x1", "2|1", "|2|1", "1:2", "-")) {
      Purchase purchase = new Purchase(List.of(line(1, 1)), Optional.of(customer));
      prints.add(new Command.PlaceOrder("k", 0, purchase).fingerprint());
    }
    prints.add(place("k", 0, line(1, 1)).fingerprint());
    prints.add(addition("x, author=y", "z").fingerprint());
    prints.add(addition("x", "y, author=z").fingerprint());
    prints.add(revision(Optional.of(1L), Optional.empty()).fingerprint());
    prints.add(revision(Optional.empty(), Optional.of(1)).fingerprint());
    prints.add(revision(Optional.empty(), Optional.empty()).fingerprint());
    assertEquals(prints.size(), prints.stream().distinct().count());
  }

  @Test
  void aFingerprintNeverChangesFromVersionToVersion() {
    Purchase purchase = new Purchase(List.of(line(7, 2), line(3, 1)), Optional.of("Ünal"));
    assertEquals(
        new Fingerprint(FINGERPRINT_HIGH, FINGERPRINT_LOW),
        new Command.PlaceOrder("k", 5, purchase).fingerprint());
  }

  /** The first 16 bytes of SHA-256("buy|2|3|1|7|2|4:Ünal") in UTF-8. */
  private static final long FINGERPRINT_HIGH = 0xa49179c89376892bL;

  private static final long FINGERPRINT_LOW = 0x9983a1d2f7eb937bL;

  @Test
  void anOutcomeBindsUpToTheHorizonAndNotBeyond() {
    long decided = index;
    Outcome refusal = buy("a", line(2, 4));
    index = decided + HORIZON;
    assertEquals(
        new Decision.Decided(refusal, true), apply(place("a", index, line(2, 4))).decision());
    index++;
    assertEquals(
        new Decision.Decided(refusal, false), apply(place("a", index, line(2, 4))).decision());
  }

  @Test
  void anAttemptFromBeforeTheHorizonIsTooOld() {
    index = 2 * HORIZON;
    assertEquals(new Decision.KeyTooOld(), apply(place("a", HORIZON - 1, line(1, 1))).decision());
    assertEquals(5, book(1).stock());
    assertInstanceOf(Decision.Decided.class, apply(place("a", HORIZON, line(1, 1))).decision());
    assertEquals(4, book(1).stock());
  }

  @Test
  void aLateFirstAttemptNeverSellsAfterItsRefusalWasDropped() {
    Command lateAttempt = place("a", index, line(2, 4));
    buy("a", line(2, 4));
    decide(new Command.Restock("more", index, List.of(new Line(TWO, 100))));
    index += 3 * HORIZON;
    store.outcomes.remove("a");
    assertEquals(new Decision.KeyTooOld(), apply(lateAttempt).decision());
    assertEquals(103, book(2).stock());
  }

  @Test
  void aSaleBindsItsKeyForEver() {
    Outcome sale = buy("a", line(1, 1));
    index += 10 * HORIZON;
    assertEquals(new Decision.Decided(sale, true), apply(place("a", index, line(1, 1))).decision());
    assertEquals(new Decision.Decided(sale, true), apply(place("a", 0, line(1, 1))).decision());
    assertEquals(4, book(1).stock());
  }

  @Test
  void restockToPutsNothingTheSecondTime() {
    buy("a", line(2, 3));
    assertEquals(
        new Outcome.Restocked(List.of(new Line(TWO, 3))), decide(restockTo("r1", 0, ONE, TWO)));
    assertEquals(new Outcome.Restocked(List.of()), decide(restockTo("r2", 0, ONE, TWO)));
    assertEquals(3, book(2).stock());
  }

  @Test
  void restockToLeavesABookAloneThatHasMoreThanTheThreshold() {
    buy("a", line(1, 1), line(2, 2));
    assertEquals(
        new Outcome.Restocked(List.of(new Line(TWO, 2))), decide(restockTo("r", 1, ONE, TWO)));
    assertEquals(4, book(1).stock());
  }

  @Test
  void restockToFillsLaterWhatItMayNotPutAtOnce() {
    Command fill = new Command.RestockTo("f", index, Optional.of(1_500_000), 10, List.of(ONE, ONE));
    decide(fill);
    assertEquals(5 + Limits.MAX_RESTOCK_QUANTITY, book(1).stock());
  }

  @Test
  void revisesOnlyTheVersionAskedFor() {
    long version = book(1).version();
    Revision cheaper = price(900);
    buy("a", line(1, 1));
    assertEquals(
        refused(new Outcome.VersionMismatch(ONE, version + 1)),
        decide(new Command.ReviseBook("r1", index, ONE, Optional.of(version), cheaper)));
    assertEquals(1_000, book(1).priceCents());
    decide(new Command.ReviseBook("r2", index, ONE, Optional.of(version + 1), cheaper));
    assertEquals(900, book(1).priceCents());
    assertEquals(version + 2, book(1).version());
    assertEquals(4, book(1).stock());
  }

  @Test
  void aRevisionThatChangesNothingKeepsTheVersion() {
    Book before = book(1);
    Effect effect = apply(new Command.ReviseBook("r", index, ONE, Optional.empty(), price(1_000)));
    assertTrue(effect.changed().isEmpty());
    assertEquals(before, book(1));
  }

  @Test
  void anAbsoluteStockIsKeptInTheBooks() {
    buy("a", line(1, 2));
    Revision empty =
        new Revision(
            Optional.empty(), Optional.of(1), Optional.empty(), Optional.empty(), Optional.empty());
    decide(new Command.ReviseBook("r", index, ONE, Optional.empty(), empty));
    assertEquals(1, book(1).stock());
    assertEquals(5, book(1).initialStock());
    assertEquals(-2, book(1).restocked());
    assertEquals(2, book(1).sold());
  }

  @Test
  void aKnownIdIsTheSameBookOrAConflict() {
    buy("a", line(1, 2));
    assertEquals(
        List.of(RowStatus.UNCHANGED, RowStatus.CONFLICT),
        statuses(add("again", false, row(1, "RPCs for Dummies", 77), row(2, "Other", 3))));
    assertEquals(3, book(1).stock());
    assertEquals("Xen", book(2).title());
    assertEquals(List.of(RowStatus.UPDATED), statuses(add("update", true, row(2, "Other", 77))));
    assertEquals("Other", book(2).title());
    assertEquals(3, book(2).stock());
  }

  @Test
  void aRowWithoutIdGetsTheNextFreeOne() {
    NewBook anonymous = new NewBook(Optional.empty(), "New", "A", "t", 1, 1);
    Outcome.BooksAdded added = add("k", false, anonymous, row(7, "Seven", 1), anonymous);
    assertEquals(List.of(3, 7, 8), added.rows().stream().map(row -> row.id().value()).toList());
    assertEquals(List.of(RowStatus.ADDED, RowStatus.ADDED, RowStatus.ADDED), statuses(added));
  }

  @Test
  void theSecondRowOfAnIdMeetsTheFirst() {
    assertEquals(
        List.of(RowStatus.ADDED, RowStatus.UNCHANGED, RowStatus.CONFLICT),
        statuses(add("k", false, row(4, "Four", 1), row(4, "Four", 2), row(4, "For", 1))));
  }

  @Test
  void thereIsNoIdAfterTheLast() {
    NewBook anonymous = new NewBook(Optional.empty(), "New", "A", "t", 1, 1);
    assertEquals(
        List.of(RowStatus.ADDED, RowStatus.CONFLICT),
        statuses(add("k", false, row(Limits.MAX_BOOK_ID, "Last", 1), anonymous)));
    assertEquals(List.of(RowStatus.CONFLICT), statuses(add("k2", true, anonymous)));
    assertEquals("Last", book(Limits.MAX_BOOK_ID).title());
  }

  @Test
  void aFullShelfTakesNoLine() {
    decide(new Command.Restock("r", index, List.of(new Line(TWO, 1_000_000))));
    Revision most =
        new Revision(
            Optional.empty(),
            Optional.of(Limits.MAX_STOCK),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    decide(new Command.ReviseBook("full", index, ONE, Optional.empty(), most));
    assertEquals(
        refused(new Outcome.ShelfFull(List.of(ONE))),
        decide(new Command.Restock("m", index, List.of(new Line(TWO, 1), new Line(ONE, 1)))));
    assertEquals(1_000_003, book(2).stock());
  }

  @Test
  void theFirstFoundingHolds() {
    assertEquals(new Outcome.Founded("one"), decide(new Command.FoundStore("f1", "one")));
    assertEquals(new Outcome.Founded("one"), decide(new Command.FoundStore("f2", "two")));
    assertEquals(Optional.of("one"), store.catalog.storeId());
  }

  private static final Origin ORIGIN = new Origin("base", "parent", 3, 77, 0);

  private static Catalog restored() {
    return new Catalog(new Shelf(), Optional.empty(), Optional.of(ORIGIN), 7, 100);
  }

  private static Decision found(Catalog catalog, Command command) {
    return catalog.apply(78, command, key -> Optional.empty()).decision();
  }

  @Test
  void aRestoredStoreIsFoundedUponItsOriginAndNumbersGoOn() {
    Catalog catalog = restored();
    Command first = new Command.RestoreStore("r1", "one", ORIGIN);
    assertEquals(new Decision.Decided(new Outcome.Founded("one"), false), found(catalog, first));
    assertEquals(Optional.of("one"), catalog.storeId());
    assertEquals(7, catalog.lastOrderNumber());
    Origin other = new Origin("other", "parent", 3, 77, 0);
    Command second = new Command.RestoreStore("r2", "two", other);
    assertEquals(new Decision.Decided(new Outcome.Founded("one"), false), found(catalog, second));
  }

  @Test
  void aStoreThatIsFoundedUponAnotherStateThanOnesOwnIsNotGoneOnWith() {
    Origin other = new Origin("other", "parent", 3, 77, 0);
    List<Command> foreign =
        List.of(
            new Command.RestoreStore("r", "one", other),
            new Command.FoundStore("f", "one", List.of()));
    for (Command command : foreign) {
      Catalog catalog = restored();
      var refusal = assertThrows(ForeignBaseException.class, () -> found(catalog, command));
      assertTrue(refusal.getMessage().contains("move its catalog folder away"));
      assertEquals(Optional.empty(), catalog.storeId());
    }
    Command upon = new Command.RestoreStore("r", "one", ORIGIN);
    assertThrows(ForeignBaseException.class, () -> found(new Catalog(), upon));
  }

  @Test
  void logTimeNeverFalls() {
    store.catalog.advance(100);
    store.catalog.advance(50);
    assertEquals(100, ((Outcome.Sold) buy("a", line(1, 1))).order().at());
  }

  private Outcome buy(String key, Line... lines) {
    return decide(place(key, index, lines));
  }

  private Outcome decide(Command command) {
    Decision.Decided decided = (Decision.Decided) apply(command).decision();
    assertEquals(false, decided.replayed());
    return decided.outcome();
  }

  private Effect apply(Command command) {
    return store.apply(index, command);
  }

  private Outcome.BooksAdded add(String key, boolean update, NewBook... rows) {
    return (Outcome.BooksAdded)
        decide(new Command.AddBooks(key, index, Arrays.asList(rows), update));
  }

  private Book book(int id) {
    return store.catalog.shelf().find(new BookId(id)).orElseThrow();
  }

  private static List<RowStatus> statuses(Outcome.BooksAdded added) {
    return added.rows().stream().map(Outcome.Row::status).toList();
  }

  private static Command.PlaceOrder place(String key, long admitted, Line... lines) {
    Purchase purchase = new Purchase(Arrays.asList(lines), Optional.empty());
    return new Command.PlaceOrder(key, admitted, purchase);
  }

  private Command restockTo(String key, int atMost, BookId... books) {
    return new Command.RestockTo(key, index, Optional.empty(), atMost, Arrays.asList(books));
  }

  private static Command addition(String title, String author) {
    NewBook book = new NewBook(Optional.of(ONE), title, author, "t", 1, 1);
    return new Command.AddBooks("k", 0, List.of(book), false);
  }

  private static Command revision(Optional<Long> price, Optional<Integer> stock) {
    Revision revision =
        new Revision(price, stock, Optional.empty(), Optional.empty(), Optional.empty());
    return new Command.ReviseBook("k", 0, ONE, Optional.empty(), revision);
  }

  private static Revision price(long cents) {
    return new Revision(
        Optional.of(cents), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static NewBook row(int id, String title, int stock) {
    return new NewBook(Optional.of(new BookId(id)), title, "Author", "topic", 1_000, stock);
  }

  private static Line line(int book, int quantity) {
    return new Line(new BookId(book), quantity);
  }

  private static Outcome refused(Outcome.Refusal why) {
    return new Outcome.Refused(why);
  }
}
