package com.pygmy.store;

import static com.pygmy.store.StoreUnderTest.SETTINGS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Catalog;
import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Effect;
import com.pygmy.domain.Line;
import com.pygmy.domain.Outcome;
import com.pygmy.domain.Purchase;
import com.pygmy.domain.Seeds;
import com.pygmy.replication.Position;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CatalogStoreTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("catalog.db");
  }

  static LongStream seeds() {
    return Seeds.of(3);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void decidesLikeAStoreInMemoryOverRestarts(long seed) throws Exception {
    try (StoreUnderTest test = new StoreUnderTest(file, SETTINGS, seed)) {
      for (int i = 0; i < 6; i++) {
        test.feed(150);
        test.compare(test.store);
        test.reopen();
        assertEquals(test.last(), test.store.restored());
        assertEquals(test.last(), test.store.durable());
        assertEquals(test.last(), test.store.applied());
      }
      test.compare(test.store);
      assertTrue(test.model.sales.size() > 500, "only " + test.model.sales.size() + " sales");
    } catch (AssertionError e) {
      throw new AssertionError(Seeds.replay(seed), e);
    }
  }

  @Test
  void aLaterCommandOfAnEntrySeesTheEarlierOnes() throws Exception {
    try (StoreUnderTest test = stocked(5)) {
      Command buy = buy("k", 1);
      List<Effect> effects = test.feed(new Position(1, 2), List.of(buy, buy, buy("k", 2)));
      assertFalse(((Decision.Decided) effects.get(0).decision()).replayed());
      assertTrue(((Decision.Decided) effects.get(1).decision()).replayed());
      assertEquals(new Decision.KeyConflict(), effects.get(2).decision());
    }
  }

  @Test
  void refusesAnEntryThatIsNotALaterOne() throws Exception {
    try (StoreUnderTest test = stocked(5)) {
      CatalogStore store = test.store;
      Position again = store.applied();
      assertThrows(IllegalStateException.class, () -> store.apply(again, 0, List.of()));
      assertThrows(IllegalStateException.class, () -> store.pass(again));
      store.pass(new Position(3, 9));
      assertEquals(new Position(3, 9), store.applied());
      test.awaitWritten();
      assertEquals(new Position(3, 9), store.written());
      StoreUnderTest.await("durable", () -> store.durable().equals(new Position(3, 9)));
    }
  }

  @Test
  void holdsApplyBackAndAdmitsNothingWhileTheDatabaseIsBehind() throws Exception {
    CatalogStore.Settings patient =
        new CatalogStore.Settings(2_000, 60_000, 2, 50, 50, 12_000, 1 << 16);
    try (StoreUnderTest test = stocked(patient, 1_000_000)) {
      test.awaitWritten();
      CatalogStore store = test.store;
      assertTrue(store.admits());
      CompletableFuture<Void> feeding;
      int entries = 40;
      try (Connection other = lockedByAnother()) {
        feeding =
            CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < entries; i++) {
                    store.apply(new Position(1, 100 + i), 0, buys(i * 100, 100));
                  }
                });
        StoreUnderTest.await("full", () -> !store.admits());
        StoreUnderTest.await("2000 unwritten", () -> store.applied().index() >= 119);
        assertThrows(
            java.util.concurrent.TimeoutException.class,
            () -> feeding.get(100, TimeUnit.MILLISECONDS));
        assertEquals(119, store.applied().index());
        assertEquals(1, store.written().index());
        assertEquals(2_000, store.lastOrderNumber());
        assertTrue(store.outcome("b0").isPresent());
        other.rollback();
      }
      feeding.get(20, TimeUnit.SECONDS);
      test.awaitWritten();
      assertTrue(store.admits());
      assertEquals(entries * 100L, store.lastOrderNumber());
    }
  }

  @Test
  void admitsNothingWhileTheOldestUnwrittenOutcomeIsTooOld() throws Exception {
    CatalogStore.Settings impatient =
        new CatalogStore.Settings(2_000, 100, 2, 50, 50, 12_000, 1 << 16);
    try (StoreUnderTest test = stocked(impatient, 100)) {
      test.awaitWritten();
      try (Connection other = lockedByAnother()) {
        test.store.apply(new Position(1, 5), 0, buys(0, 1));
        StoreUnderTest.await("too old", () -> !test.store.admits());
        other.rollback();
      }
      StoreUnderTest.await("admits again", test.store::admits);
    }
  }

  @Test
  void aFailedWriteIsFatalOnceAndEndsEverything() throws Exception {
    StoreUnderTest test = stocked(1_000);
    test.awaitWritten();
    try (Connection other = SqliteFile.open(file, SqliteFile.Access.WRITE)) {
      SqliteFile.execute(
          other,
          "CREATE TRIGGER full BEFORE INSERT ON sales WHEN new.number > 10"
              + " BEGIN SELECT RAISE(ABORT, 'no space'); END");
    }
    CatalogStore store = test.store;
    store.apply(new Position(1, 5), 0, buys(0, 10));
    test.awaitWritten();
    store.apply(new Position(1, 6), 0, buys(10, 10));
    StoreUnderTest.await("fatal", () -> !test.fatal.isEmpty());
    assertFalse(store.admits());
    assertThrows(
        IllegalStateException.class, () -> store.apply(new Position(1, 7), 0, buys(50, 1)));
    assertThrows(IllegalStateException.class, () -> store.pass(new Position(1, 8)));
    assertTrue(store.whenWritten(6).toCompletableFuture().isCompletedExceptionally());
    assertEquals(new Position(1, 5), store.written());
    store.close();
    assertEquals(1, test.fatal.size());
    try (CatalogStore again = test.open(file)) {
      assertEquals(new Position(1, 5), again.restored());
      assertEquals(10, again.lastOrderNumber());
    }
  }

  @Test
  void dropsOldRefusalsInLogTimeAndNeverSales() throws Exception {
    try (StoreUnderTest test = stocked(5)) {
      List<Command> commands = new ArrayList<>(buys(0, 5));
      commands.addAll(buys(100, 30));
      test.feed(new Position(1, 10), commands);
      long horizon = 10 + Catalog.OUTCOME_HORIZON;
      test.store.pass(new Position(1, horizon));
      test.awaitWritten();
      assertEquals(30, count("outcomes"), "those of entry 10, not that of entry 1");
      assertTrue(test.store.outcome("b100").isPresent());
      test.store.pass(new Position(1, horizon + 1));
      assertTrue(test.store.outcome("b100").isEmpty());
      test.awaitWritten();
      assertEquals(0, count("outcomes"));
      assertEquals(5, count("sales"));
      assertTrue(test.store.outcome("b0").isPresent());
    }
  }

  @Test
  void aSaleTakesTheKeyOfADroppedRefusalAlone() throws Exception {
    try (StoreUnderTest test = stocked(1)) {
      // More than one transaction prunes, so that the one with the sale does not reach key "k".
      test.feed(new Position(1, 10), buys(2, 0, 1_500));
      test.feed(new Position(1, 11), List.of(buy("k", 2)));
      test.awaitWritten();
      long later = 12 + Catalog.OUTCOME_HORIZON;
      Command again =
          new Command.PlaceOrder(
              "k", later, new Purchase(List.of(new Line(new BookId(1), 1)), Optional.empty()));
      List<Effect> effects = test.store.apply(new Position(1, later), 0, List.of(again));
      assertTrue(effects.get(0).recorded().orElseThrow().isSale());
      test.awaitWritten();
      assertEquals(1, count("sales"));
      assertTrue(count("outcomes") > 0);
      assertEquals(0, count("outcomes WHERE key = 'k'"));
      assertTrue(test.store.outcome("k").orElseThrow().outcome() instanceof Outcome.Sold);
    }
  }

  @Test
  void durableWaitsForTheReaderThatHoldsTheCheckpointBack() throws Exception {
    try (StoreUnderTest test = stocked(1_000)) {
      StoreUnderTest.await("durable", () -> test.store.durable().index() == 1);
      test.store.apply(new Position(1, 2), 0, buys(0, 10));
      test.awaitWritten();
      StoreUnderTest.await("durable", () -> test.store.durable().index() == 2);
      try (Connection reader = SqliteFile.open(file, SqliteFile.Access.READ)) {
        reader.setAutoCommit(false);
        assertEquals(10, SqliteFile.number(reader, "SELECT count(*) FROM sales"));
        for (int i = 0; i < 20; i++) {
          test.store.apply(new Position(1, 10 + i), 0, buys(100 + i * 50, 50));
          test.awaitWritten();
        }
        // Checkpoints have been due 20 times over by pages; each is incomplete.
        assertEquals(2, test.store.durable().index());
        assertEquals(10, SqliteFile.number(reader, "SELECT count(*) FROM sales"));
        reader.rollback();
      }
      StoreUnderTest.await("durable", () -> test.store.durable().index() == 29);
    }
  }

  @Test
  void closingFailsNobodyWhoWaitsForWhatIsThere() throws Exception {
    StoreUnderTest test = stocked(5);
    var here = test.store.whenWritten(1).toCompletableFuture();
    var never = test.store.whenWritten(1_000).toCompletableFuture();
    test.close();
    here.get(1, TimeUnit.SECONDS);
    assertTrue(never.isCompletedExceptionally());
    assertThrows(
        IllegalStateException.class, () -> test.store.apply(new Position(1, 9), 0, List.of()));
  }

  @Test
  void refusesADamagedDatabaseWhichCanBeSetAside() throws Exception {
    try (StoreUnderTest test = new StoreUnderTest(file, SETTINGS, 1)) {
      test.feed(200);
    }
    byte[] bytes = Files.readAllBytes(file);
    for (int page = 1; page < bytes.length / 4_096; page += 3) {
      Arrays.fill(bytes, page * 4_096, page * 4_096 + 200, (byte) 0x5a);
    }
    Files.write(file, bytes);
    assertThrows(DamagedDatabaseException.class, this::openAndClose);
    Path aside = CatalogStore.setAside(file, ".damaged");
    assertTrue(Files.exists(aside));
    try (StoreUnderTest fresh = new StoreUnderTest(file, SETTINGS, 1)) {
      assertEquals(Position.START, fresh.store.restored());
    }
  }

  @Test
  void findsDamageOnWhateverPage() throws Exception {
    try (StoreUnderTest test = new StoreUnderTest(file, SETTINGS, 1)) {
      test.feed(150);
    }
    byte[] sound = Files.readAllBytes(file);
    assertTrue(sound.length > 10 * 4_096);
    for (int page = 1; page < sound.length / 4_096; page++) {
      byte[] damaged = sound.clone();
      Arrays.fill(damaged, page * 4_096, page * 4_096 + 100, (byte) 0x5a);
      Files.write(file, damaged);
      assertThrows(DamagedDatabaseException.class, this::openAndClose, "page " + page);
    }
  }

  @Test
  void refusesWhatIsNoCatalog() throws Exception {
    Files.writeString(
        file, "this is no database, but it is long enough to have been one".repeat(99));
    assertThrows(DamagedDatabaseException.class, this::openAndClose);
    Files.delete(file);
    OrderDatabase.prepare(file);
    assertThrows(DamagedDatabaseException.class, this::openAndClose);
  }

  @Test
  void refusesAGapInTheSales() throws Exception {
    try (StoreUnderTest test = stocked(100)) {
      test.feed(new Position(1, 2), buys(0, 10));
    }
    tamper("DELETE FROM sales WHERE number = 5");
    assertThrows(DamagedDatabaseException.class, this::openAndClose);
  }

  @Test
  void refusesTheFormatOfANewerProgramWithoutCallingItDamaged() throws Exception {
    openAndClose();
    tamper("PRAGMA user_version = 3");
    Exception refusal = assertThrows(java.io.IOException.class, this::openAndClose);
    assertFalse(refusal instanceof DamagedDatabaseException);
    assertTrue(refusal.getMessage().contains("format 3"), refusal.getMessage());
  }

  private void openAndClose() throws Exception {
    CatalogStore.open(file, SETTINGS, System::nanoTime, e -> {}).close();
  }

  private void tamper(String sql) throws Exception {
    try (Connection connection = SqliteFile.open(file, SqliteFile.Access.WRITE)) {
      SqliteFile.execute(connection, sql);
    }
  }

  private long count(String what) throws Exception {
    try (Connection connection = SqliteFile.open(file, SqliteFile.Access.READ)) {
      return SqliteFile.number(connection, "SELECT count(*) FROM " + what);
    }
  }

  /** Holds the write lock of the database until it is rolled back. */
  private Connection lockedByAnother() throws Exception {
    Connection other = SqliteFile.open(file, SqliteFile.Access.WRITE);
    other.setAutoCommit(false);
    SqliteFile.execute(other, "UPDATE reached SET at = at");
    return other;
  }

  private StoreUnderTest stocked(int stock) throws Exception {
    return stocked(SETTINGS, stock);
  }

  private StoreUnderTest stocked(CatalogStore.Settings settings, int stock) throws Exception {
    StoreUnderTest test = new StoreUnderTest(file, settings, 1);
    NewBook book = new NewBook(Optional.of(new BookId(1)), "t", "a", "topic", 100, stock);
    Command add = new Command.AddBooks("setup", 0, List.of(book), false);
    test.feed(new Position(1, 1), List.of(add));
    return test;
  }

  private static List<Command> buys(int from, int count) {
    return buys(1, from, count);
  }

  private static List<Command> buys(int quantity, int from, int count) {
    List<Command> buys = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      buys.add(buy("b" + i, quantity));
    }
    return buys;
  }

  private static Command buy(String key, int quantity) {
    Purchase purchase = new Purchase(List.of(new Line(new BookId(1), quantity)), Optional.empty());
    return new Command.PlaceOrder(key, 0, purchase);
  }
}
