package com.pygmy.store;

import static com.pygmy.store.StoreUnderTest.NO_CHECKPOINTS;
import static com.pygmy.store.StoreUnderTest.SETTINGS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.Book.Revision;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Line;
import com.pygmy.domain.Purchase;
import com.pygmy.domain.Words;
import com.pygmy.replication.Position;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BookSearchTest {

  private static final String FORMAT_1 =
      "DROP TRIGGER books_named; DROP TRIGGER books_renamed; DROP TABLE words;"
          + " PRAGMA user_version = 1";

  @TempDir Path folder;
  private Path file;
  private StoreUnderTest test;

  @BeforeEach
  void stock() throws Exception {
    file = folder.resolve("catalog.db");
    test = new StoreUnderTest(file, SETTINGS, 1);
    add(
        book(1, "Dune", "Frank Herbert"),
        book(2, "The Road to Dune", "Brian Herbert"),
        book(3, "Hundert Jahre Einsamkeit", "Gabriel García Márquez"),
        book(4, "A Life of Herbert", "T. Dune O'Reilly"),
        book(5, "C++ \"or\" not", "Ångström NEAR"),
        book(6, "Dunes of Frank", "Nobody"));
  }

  @AfterEach
  void close() {
    test.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "garcia marquez|3",
        "GARCÍA|3",
        "ma\u0301rquez|3",
        "einsamk|3",
        "herbert road|2",
        "road herb|2",
        "angstrom|5",
        "o'rei|4",
        "reilly|4",
        "c++|5",
        "\"or\"|5",
        "nobody herbert|''"
      })
  void findsByWordsInTitleOrAuthorWhateverTheAccentsTheLastOneByItsBeginning(
      String text, String expected) {
    assertEquals(
        expected, String.join(",", find(text).stream().map(Object::toString).toList()), text);
  }

  @Test
  void onlyTheLastWordMayBeABeginning() {
    assertEquals(List.of(), find("herb road"));
    assertEquals(List.of(2), find("herbert roa"));
  }

  @Test
  void aHitInTheTitleComesBeforeOneInTheAuthor() {
    assertEquals(4, find("herbert").get(0));
    assertEquals(List.of(1, 6, 2, 4), find("dune"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dune OR einsamkeit",
        "dune AND",
        "NOT dune",
        "title : dune",
        "title:einsamkeit",
        "^dune1",
        "NEAR(dune herbert)",
        "dune* x",
        "{title author} : dune",
        "\"dune",
        "dune\" OR \"1",
        "-- dune; drop",
        "(dune",
        "+dune road1"
      })
  void whatIsALanguageElsewhereIsWordsHere(String text) {
    List<Integer> found = find(text);
    assertTrue(found.size() <= 6, text);
    assertFalse(found.contains(3), text + " found " + found);
  }

  @Test
  void lettersThatTheDatabaseDoesNotKnowFindNothing() {
    assertEquals(List.of(), find("\u08be\u08be \u08bf"));
  }

  @Test
  void pagesMissNothingAndRepeatNothingEvenWhenBooksComeBetween() throws Exception {
    NewBook[] many = new NewBook[60];
    for (int i = 0; i < many.length; i++) {
      many[i] = book(100 + i, "Alike " + "word ".repeat(i % 4), "Somebody " + i % 3);
    }
    add(many);
    for (int limit : new int[] {1, 7, 59, 60, 61}) {
      List<Integer> all = new ArrayList<>();
      FoundBooks page = page("alike", 0, limit);
      all.addAll(ids(page));
      while (page.more()) {
        add(book(1_000 + all.size() + limit * 100, "Another", "Who changes all scores"));
        page = page("alike", all.get(all.size() - 1), limit);
        all.addAll(ids(page));
      }
      assertEquals(
          IntStream.range(100, 160).boxed().toList(), all.stream().sorted().toList(), "" + limit);
    }
  }

  @Test
  void aPageCannotGoOnAfterABookThatIsNotFoundAnyMore() {
    assertTrue(page("dune", 3, 10).afterIsLost());
    assertTrue(page("dune", 999, 10).afterIsLost());
    FoundBooks behindTheLast = page("dune", 4, 10);
    assertEquals(List.of(), behindTheLast.books());
    assertFalse(behindTheLast.afterIsLost());
  }

  @Test
  void aRevisedNameIsFoundAndTheFormerOneIsNot() throws Exception {
    apply(revise(1, new Revision(none(), none(), text("Arrakis"), none(), none())));
    assertEquals(List.of(1), find("arrakis"));
    assertEquals(List.of(6, 2, 4), find("dune"));
    apply(revise(1, new Revision(Optional.of(5L), none(), none(), text("Jemand"), none())));
    assertEquals(List.of(1), find("jemand arrakis"));
    assertEquals(5, page("arrakis", 0, 1).books().get(0).priceCents());
    assertSound();
  }

  @Test
  void aSaleTouchesNoWord() throws Exception {
    long before = changes();
    for (int i = 0; i < 50; i++) {
      apply(buy(i));
    }
    assertEquals(before, changes());
    assertSound();
  }

  @Test
  void aSearchWaitsForDescriptionsAndNotForStocks() throws Exception {
    test.awaitWritten();
    try (Connection other = SqliteFile.open(file, SqliteFile.Access.WRITE)) {
      other.setAutoCommit(false); // holds the writer up
      SqliteFile.number(other, "SELECT count(*) FROM books");
      apply(buy(1));
      apply(revise(1, new Revision(none(), Optional.of(3), none(), none(), none())));
      test.store.whenDescribed().toCompletableFuture().get(1, TimeUnit.SECONDS);
      apply(revise(2, new Revision(none(), none(), text("Neu"), none(), none())));
      assertFalse(test.store.whenDescribed().toCompletableFuture().isDone());
      other.rollback();
    }
    assertEquals(List.of(2), find("neu"));
  }

  @Test
  void aDatabaseOfFormat1IsBroughtUpWhenItIsOpened() throws Exception {
    test.awaitWritten();
    test.store.close();
    toFormat1(file);
    assertEquals(List.of(), StoreAudit.catalog(file).differences());
    test.reopen();
    assertEquals(List.of(1, 6, 2, 4), find("dune"));
    apply(revise(3, new Revision(none(), none(), text("Dune drei"), none(), none())));
    assertTrue(find("dune").contains(3));
    assertSound();
  }

  @Test
  void aCopyOfFormat1IsBroughtUpWhenItIsInstalled() throws Exception {
    test.awaitWritten();
    Path copy = folder.resolve("copy.db");
    test.store.exportTo(copy);
    toFormat1(copy);
    try (CatalogStore other = test.open(folder.resolve("other.db"))) {
      assertEquals(test.last(), other.install(copy));
      assertEquals(List.of(1, 6, 2, 4), ids(other.search(Words.of("dune"), 0, 10)));
    }
  }

  @Test
  void aCopyCarriesTheWords() throws Exception {
    test.awaitWritten();
    Path copy = folder.resolve("copy.db");
    test.store.exportTo(copy);
    try (CatalogStore other = test.open(folder.resolve("other.db"))) {
      assertEquals(test.last(), other.install(copy));
      assertEquals(List.of(1, 6, 2, 4), ids(other.search(Words.of("dune"), 0, 10)));
    }
    assertEquals(List.of(), StoreAudit.catalog(folder.resolve("other.db")).differences());
  }

  @Test
  void aCrashBetweenTheFormatsIsMadeGoodByTheNextOpening() throws Exception {
    Path early = folder.resolve("early.db");
    try (StoreUnderTest before = new StoreUnderTest(early, NO_CHECKPOINTS, 1)) {
      before.awaitWritten();
    }
    toFormat1(early);
    try (StoreUnderTest after = new StoreUnderTest(early, NO_CHECKPOINTS, 1)) {
      after.feed(20);
      after.awaitWritten();
    }
    assertEquals(List.of(), StoreAudit.catalog(early).differences());
  }

  @Test
  void theAuditFindsWordsThatAreNotTheBooks() throws Exception {
    test.close();
    tamper(
        file,
        "INSERT INTO words (words, rowid, title, author) VALUES ('delete', 1, 'Dune', 'Frank')");
    assertFound("where the books have 'dune' in the title of book 1, word 1");
    tamper(file, "INSERT INTO words (words) VALUES ('rebuild')");
    assertEquals(List.of(), StoreAudit.catalog(file).differences());
    tamper(file, "INSERT INTO words (rowid, title, author) VALUES (1, 'zzz', '')");
    assertFound("words: 'zzz' in the title of book 1, word 1 where the books have nothing");
  }

  private void assertFound(String beginning) throws Exception {
    List<String> differences = StoreAudit.catalog(file).differences();
    assertTrue(
        differences.stream().anyMatch(difference -> difference.contains(beginning)),
        differences::toString);
  }

  private void assertSound() throws Exception {
    test.awaitWritten();
    assertEquals(List.of(), StoreAudit.catalog(file).differences());
  }

  /** Counts what was ever written to the words. */
  private long changes() throws Exception {
    test.awaitWritten();
    try (Connection connection = SqliteFile.open(file, SqliteFile.Access.READ)) {
      return SqliteFile.number(connection, "SELECT sum(id) + sum(length(block)) FROM words_data");
    }
  }

  private static void toFormat1(Path database) throws Exception {
    tamper(database, FORMAT_1);
  }

  private static void tamper(Path database, String statements) throws Exception {
    try (Connection connection = SqliteFile.open(database, SqliteFile.Access.ALONE)) {
      for (String statement : statements.split("; ", -1)) {
        SqliteFile.execute(connection, statement);
      }
    }
  }

  private void add(NewBook... books) {
    apply(new Command.AddBooks("add-" + test.last().index(), 0, List.of(books), false));
  }

  private void apply(Command command) {
    test.feed(new Position(1, test.last().index() + 1), List.of(command));
  }

  private static Command buy(int i) {
    return new Command.PlaceOrder(
        "buy-" + i, 0, new Purchase(List.of(new Line(new BookId(1), 1)), Optional.empty()));
  }

  private Command revise(int book, Revision revision) {
    return new Command.ReviseBook(
        "revise-" + test.last().index(), 0, new BookId(book), Optional.empty(), revision);
  }

  private static NewBook book(int id, String title, String author) {
    return new NewBook(Optional.of(new BookId(id)), title, author, "topic", 100, 1_000);
  }

  private static <T> Optional<T> none() {
    return Optional.empty();
  }

  private static Optional<String> text(String text) {
    return Optional.of(text);
  }

  private List<Integer> find(String text) {
    return ids(page(text, 0, 20));
  }

  private FoundBooks page(String text, int after, int limit) {
    try {
      test.store.whenDescribed().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return test.store.search(Words.of(text), after, limit);
  }

  private static List<Integer> ids(FoundBooks found) {
    return found.books().stream().map(book -> book.id().value()).toList();
  }
}
