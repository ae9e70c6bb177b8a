package com.pygmy.store;

import static com.pygmy.store.StoreUnderTest.SETTINGS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Effect;
import com.pygmy.domain.ForeignBaseException;
import com.pygmy.domain.Line;
import com.pygmy.domain.Order;
import com.pygmy.domain.Origin;
import com.pygmy.domain.Outcome;
import com.pygmy.domain.Purchase;
import com.pygmy.replication.Position;
import com.pygmy.store.StoreAudit.CatalogFindings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Back-ups as files, and what a restored store begins from. */
class CatalogBaseTest {
  private static final long SEED = Long.getLong("pygmy.seed", 1);
  private static final int ENTRIES = 300;

  @TempDir Path folder;
  private Path backup;
  private Path base;
  private StoreUnderTest parent;

  @BeforeEach
  void backUp() throws Exception {
    backup = folder.resolve("backup.db");
    base = folder.resolve("base.db");
    parent = new StoreUnderTest(folder.resolve("parent.db"), SETTINGS, SEED);
    parent.feed(new Position(1, 0), List.of(new Command.FoundStore("found-store", "parent")));
    parent.feed(ENTRIES);
    parent.awaitWritten();
    parent.store.exportTo(backup);
  }

  @AfterEach
  void close() {
    parent.close();
  }

  @Test
  void aBackUpIsCheckedAndNotChanged() throws Exception {
    byte[] before = Files.readAllBytes(backup);
    CatalogFindings found = CatalogBase.check(backup);
    assertEquals(Optional.of("parent"), found.storeId());
    assertEquals(parent.last(), found.position());
    assertEquals(parent.model.sales.size(), found.lastOrderNumber());
    CatalogBase.make(backup, base);
    assertArrayEquals(before, Files.readAllBytes(backup));
  }

  @Test
  void theSameBackUpMakesTheSameBytesAndAnotherOneAnotherName() throws Exception {
    Origin origin = CatalogBase.make(backup, base);
    Path again = folder.resolve("again.db");
    assertEquals(origin, CatalogBase.make(backup, again));
    assertArrayEquals(Files.readAllBytes(base), Files.readAllBytes(again));
    parent.feed(1);
    parent.awaitWritten();
    Path later = folder.resolve("later.db");
    parent.store.exportTo(later);
    assertNotEquals(origin.base(), CatalogBase.make(later, folder.resolve("l.db")).base());
  }

  @Test
  void aBaseHasEverythingButTheStore() throws Exception {
    Origin origin = CatalogBase.make(backup, base);
    Position last = parent.last();
    assertEquals("parent", origin.parentStoreId());
    assertEquals(last, new Position(origin.parentTerm(), origin.parentIndex()));
    assertEquals(parent.model.sales.size(), origin.parentOrders());
    try (CatalogStore store = parent.open(base)) {
      assertEquals(Optional.empty(), store.catalog().storeId());
      assertEquals(Optional.of(origin), store.catalog().origin());
      assertEquals(Optional.of(origin.base()), store.base());
      assertEquals(new Position(1, last.index()), store.restored());
      assertEquals(Optional.empty(), store.outcome("found-store"));
      found(store, origin);
      // The rest is as the parent has it, and it decides what comes next in the same way.
      parent.model.outcomes.remove("found-store");
      assertEquals(parent.model.books(), store.catalog().shelf().page(0, 1_000));
      assertEquals(parent.model.sales, StoreUnderTest.allSales(store));
      for (var known : parent.model.outcomes.entrySet()) {
        if (!(known.getValue().outcome() instanceof Outcome.Founded)) {
          assertEquals(Optional.of(known.getValue()), store.outcome(known.getKey()));
        }
      }
    }
  }

  private static List<Effect> found(CatalogStore store, Origin origin) {
    Command restore = new Command.RestoreStore("restore-store", "child", origin);
    Position next = new Position(1, store.applied().index() + 1);
    return store.apply(next, 0, List.of(restore));
  }

  @Test
  void anOldKeyGivesItsOldOrderAndNumbersGoOn() throws Exception {
    Origin origin = CatalogBase.make(backup, base);
    Order old = parent.model.sales.get(parent.model.sales.size() / 2);
    try (CatalogStore store = parent.open(base)) {
      found(store, origin);
      long index = store.applied().index() + 1;
      Decision again = buy(store, index, old);
      assertEquals(new Decision.Decided(new Outcome.Sold(old), true), again);
      Order wanted = stocked(store, old);
      Decision anew = buy(store, index + 1, wanted);
      Outcome.Sold sold = (Outcome.Sold) ((Decision.Decided) anew).outcome();
      assertEquals(origin.parentOrders() + 1, sold.order().number());
    }
    try (CatalogStore store = parent.open(base)) {
      assertEquals(Optional.of("child"), store.catalog().storeId());
      assertEquals(Optional.of(origin), store.catalog().origin());
      assertEquals(Optional.empty(), store.base());
      assertEquals(origin.parentOrders() + 1, store.lastOrderNumber());
    }
    assertTrue(StoreAudit.catalog(base).isSound());
  }

  /** One unit of a book that is there, under a new key. */
  private static Order stocked(CatalogStore store, Order like) {
    var book =
        store.catalog().shelf().page(0, 1_000).stream()
            .filter(b -> b.stock() > 0)
            .findFirst()
            .orElseThrow();
    return new Order(
        like.number(),
        "a-new-key",
        List.of(new Order.Sold(book.id(), 1, book.priceCents())),
        Optional.empty(),
        0);
  }

  private static Decision buy(CatalogStore store, long index, Order order) {
    List<Line> lines = order.lines().stream().map(l -> new Line(l.book(), l.quantity())).toList();
    Command buy =
        new Command.PlaceOrder(order.key(), index - 1, new Purchase(lines, order.customer()));
    return store.apply(new Position(1, index), 0, List.of(buy)).get(0).decision();
  }

  @Test
  void aReplicaWithAnotherBaseThanTheLogsGoesOnWithNothing() throws Exception {
    Origin origin = CatalogBase.make(backup, base);
    Origin other = new Origin("other", "parent", 1, origin.parentIndex(), 1);
    CatalogStore store = parent.open(base);
    assertThrows(ForeignBaseException.class, () -> found(store, other));
    assertThrows(IllegalStateException.class, () -> found(store, origin));
    store.close();
    assertEquals(Optional.empty(), StoreAudit.catalog(base).storeId());
    parent.fatal.clear();
  }

  @Test
  void aBaseThatWasChangedIsNotOpened() throws Exception {
    CatalogBase.make(backup, base);
    parent.open(base).close(); // which may change its bytes
    try (var connection = SqliteFile.open(base, SqliteFile.Access.WRITE)) {
      SqliteFile.execute(connection, "UPDATE outcomes SET idx = idx - 1");
    }
    IOException refusal = assertThrows(IOException.class, () -> parent.open(base));
    assertFalse(refusal instanceof DamagedDatabaseException);
    assertTrue(refusal.getMessage().contains("restore it again"), refusal.getMessage());
  }

  @Test
  void aRestoredStoreIsBackedUpAndRestoredAgain() throws Exception {
    Origin first = CatalogBase.make(backup, base);
    Path second = folder.resolve("second.db");
    try (CatalogStore store = parent.open(base)) {
      found(store, first);
      store.whenWritten(store.applied().index()).toCompletableFuture().join();
      store.exportTo(second);
    }
    CatalogBase.check(second);
    Path child = folder.resolve("child.db");
    Origin origin = CatalogBase.make(second, child);
    assertEquals("child", origin.parentStoreId());
    try (CatalogStore store = parent.open(child)) {
      Effect founded = found(store, origin).get(0);
      assertFalse(((Decision.Decided) founded.decision()).replayed());
    }
  }

  @Test
  void whatIsNoBackUpIsRefused() throws Exception {
    assertRefused(folder.resolve("missing.db"), "no file");
    Path text = Files.writeString(folder.resolve("text"), "no database at all".repeat(1_000));
    assertRefused(text, "no SQLite database");
    assertRefused(Files.writeString(folder.resolve("empty"), ""), "no SQLite database");
    Path orders = folder.resolve("orders.db");
    OrderDatabase.prepare(orders);
    assertRefused(orders, "not a back-up");
    Path live = folder.resolve("live.db");
    parent.awaitWritten();
    StoreUnderTest.copy(folder.resolve("parent.db"), live);
    assertRefused(live, "not a back-up");
    byte[] whole = Files.readAllBytes(backup);
    Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, whole.length / 2));
    assertRefused(cut, "");
    byte[] torn = whole.clone();
    Arrays.fill(torn, 8_192, 8_292, (byte) 0x5a);
    assertRefused(Files.write(folder.resolve("torn"), torn), "");
    try (var connection = SqliteFile.open(backup, SqliteFile.Access.ALONE)) {
      SqliteFile.execute(connection, "UPDATE books SET sold = sold + 1 WHERE id = 1");
    }
    assertRefused(backup, "are in orders");
  }

  private static void assertRefused(Path file, String why) {
    IOException refusal = assertThrows(IOException.class, () -> CatalogBase.check(file));
    assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
  }
}
