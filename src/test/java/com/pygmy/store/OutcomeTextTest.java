package com.pygmy.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Limits;
import com.pygmy.domain.Line;
import com.pygmy.domain.Order;
import com.pygmy.domain.Outcome;
import com.pygmy.domain.Outcome.Left;
import com.pygmy.domain.Outcome.Refused;
import com.pygmy.domain.Outcome.Row;
import com.pygmy.domain.Outcome.RowStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OutcomeTextTest {
  private static final BookId FIRST = new BookId(1);
  private static final BookId LAST = new BookId(Limits.MAX_BOOK_ID);

  static Stream<Outcome> outcomes() {
    Book book = new Book(FIRST, "a:b,c|d\u3000\uD83D\uDCDA", ":", ",", 1, 2, -2, 0, Long.MAX_VALUE);
    return Stream.of(
        new Refused(new Outcome.OutOfStock(List.of(new Left(FIRST, 0), new Left(LAST, 7)))),
        new Refused(new Outcome.UnknownBooks(List.of(LAST, FIRST))),
        new Refused(new Outcome.NoSuchBooks(List.of(LAST, FIRST))),
        new Refused(new Outcome.ShelfFull(List.of(FIRST))),
        new Refused(new Outcome.VersionMismatch(LAST, Long.MAX_VALUE)),
        new Outcome.BooksAdded(
            Stream.of(RowStatus.values()).map(status -> new Row(FIRST, status)).toList()),
        new Outcome.Revised(book),
        new Outcome.Restocked(List.of()),
        new Outcome.Restocked(List.of(new Line(LAST, Limits.MAX_RESTOCK_QUANTITY))),
        new Outcome.Founded("store|:,-1"));
  }

  @ParameterizedTest
  @MethodSource("outcomes")
  void readsWhatItWrote(Outcome outcome) {
    OutcomeText.Text text = OutcomeText.write(outcome);
    assertEquals(outcome, OutcomeText.read(text.kind(), text.payload()));
  }

  /** In these words the outcomes lie in databases. */
  @Test
  void keepsTheWordsThatAreInDatabases() {
    Map<String, Outcome> written =
        Map.of(
            "out-of-stock 1:0,1000000000:7",
            new Refused(new Outcome.OutOfStock(List.of(new Left(FIRST, 0), new Left(LAST, 7)))),
            "unknown-books 1000000000,1",
            new Refused(new Outcome.UnknownBooks(List.of(LAST, FIRST))),
            "no-such-books 1000000000,1",
            new Refused(new Outcome.NoSuchBooks(List.of(LAST, FIRST))),
            "shelf-full 1",
            new Refused(new Outcome.ShelfFull(List.of(FIRST))),
            "version-mismatch 1:7",
            new Refused(new Outcome.VersionMismatch(FIRST, 7)),
            "books-added 1:ADDED",
            new Outcome.BooksAdded(List.of(new Row(FIRST, RowStatus.ADDED))),
            "restocked 1:7",
            new Outcome.Restocked(List.of(new Line(FIRST, 7))),
            "founded store-1",
            new Outcome.Founded("store-1"));
    written.forEach(
        (words, outcome) -> {
          String[] parts = words.split(" ", 2);
          assertEquals(outcome, OutcomeText.read(parts[0], parts[1]));
          assertEquals(new OutcomeText.Text(parts[0], parts[1]), OutcomeText.write(outcome));
        });
  }

  @Test
  void readsTheLinesItWrote() {
    List<Order.Sold> lines =
        List.of(
            new Order.Sold(FIRST, 1, 0),
            new Order.Sold(LAST, Limits.MAX_QUANTITY, Limits.MAX_PRICE_CENTS));
    String text = OutcomeText.writeLines(new Order(1, "k", lines, Optional.empty(), 0));
    assertEquals("1:1:0,1000000000:1000:100000000", text);
    assertEquals(lines, OutcomeText.readLines(text));
  }

  @Test
  void refusesWhatNobodyWrote() {
    Class<IllegalArgumentException> refused = IllegalArgumentException.class;
    assertThrows(refused, () -> OutcomeText.read("something", ""));
    assertThrows(refused, () -> OutcomeText.read("unknown-books", "0"));
    assertThrows(refused, () -> OutcomeText.readLines("1:x:2"));
    assertThrows(refused, () -> OutcomeText.readLines("1:2"));
    assertThrows(refused, () -> OutcomeText.read("revised", "1"));
  }
}
