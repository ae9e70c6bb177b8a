package com.pygmy.store;

import static com.pygmy.store.StoreUnderTest.SETTINGS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Order;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreAuditTest {
  @TempDir Path folder;
  private Path catalog;
  private List<Order> sales;

  @BeforeEach
  void sellSomething() throws Exception {
    catalog = folder.resolve("catalog.db");
    try (StoreUnderTest test = new StoreUnderTest(catalog, SETTINGS, 1)) {
      test.feed(150);
      test.awaitWritten();
      StoreAudit.CatalogFindings live = StoreAudit.catalog(catalog);
      assertEquals(List.of(), live.differences());
      assertEquals(test.last(), live.position());
      sales = test.model.sales;
      assertTrue(sales.size() > 100);
    }
  }

  @Test
  void findsNothingInASoundStore() throws Exception {
    StoreAudit.CatalogFindings stopped = StoreAudit.catalog(catalog);
    assertEquals(List.of(), stopped.differences());
    assertTrue(stopped.isSound());
    assertEquals(sales.size(), stopped.lastOrderNumber());
    assertTrue(stopped.storeId().isPresent());
    assertEquals(List.of(), StoreAudit.compareBooks(stopped, StoreAudit.catalog(catalog)));
  }

  @Test
  void changesNothing() throws Exception {
    byte[] before = Files.readAllBytes(catalog);
    StoreAudit.catalog(catalog);
    StoreAudit.digest(catalog, 10);
    org.junit.jupiter.api.Assertions.assertArrayEquals(before, Files.readAllBytes(catalog));
  }

  @Test
  void readsAStoreThatIsWrittenTo() throws Exception {
    try (StoreUnderTest test = new StoreUnderTest(folder.resolve("live.db"), SETTINGS, 2)) {
      for (int i = 0; i < 20; i++) {
        test.feed(10);
        StoreAudit.CatalogFindings findings = StoreAudit.catalog(folder.resolve("live.db"));
        assertEquals(List.of(), findings.differences());
      }
    }
  }

  @Test
  void findsAUnitThatIsNowhere() throws Exception {
    tamper("UPDATE books SET sold = sold + 1, restocked = restocked + 1 WHERE id = 3");
    assertFinding("book 3: stock");
  }

  @Test
  void findsAnOrderThatIsMissing() throws Exception {
    tamper("DELETE FROM sales WHERE number = 7");
    assertFinding("order 8 follows 6");
  }

  @Test
  void findsALineThatWasChanged() throws Exception {
    tamper("UPDATE sales SET lines = '3:999:1' WHERE number = 7");
    assertFinding("book 3: stock");
  }

  @Test
  void findsABookThatIsMissing() throws Exception {
    int book = sales.get(0).lines().get(0).book().value();
    tamper("DELETE FROM books WHERE id = " + book);
    assertFinding("book %d is in orders and not in the catalog".formatted(book));
  }

  @Test
  void findsAKeyWithTwoOutcomes() throws Exception {
    tamper(
        "INSERT INTO outcomes SELECT key, fingerprint, idx, 'unknown-books', '9' FROM sales"
            + " WHERE number = 4");
    assertFinding("1 keys have an order and another outcome");
  }

  @Test
  void findsAKeyWithTwoOrders() throws Exception {
    // Past the constraint: the table is made anew without it.
    tamper("CREATE TABLE loose AS SELECT * FROM sales");
    tamper("DROP TABLE sales");
    tamper("ALTER TABLE loose RENAME TO sales");
    tamper("UPDATE sales SET key = (SELECT key FROM sales WHERE number = 1) WHERE number = 2");
    assertFinding("1 orders have a key that another order has");
  }

  @Test
  void findsDamageOnWhateverPage() throws Exception {
    byte[] sound = Files.readAllBytes(catalog);
    for (int page = 1; page < sound.length / 4_096; page++) {
      byte[] damaged = sound.clone();
      Arrays.fill(damaged, page * 4_096, page * 4_096 + 100, (byte) 0x77);
      Files.write(catalog, damaged);
      try {
        assertTrue(!StoreAudit.catalog(catalog).isSound(), "page " + page);
      } catch (DamagedDatabaseException e) {
        assertTrue(e.getMessage().contains("damaged"));
      }
    }
  }

  @Test
  void refusesAFileThatIsMissingOrOfAnotherKind() throws Exception {
    assertThrows(IOException.class, () -> StoreAudit.catalog(folder.resolve("none")));
    assertThrows(IOException.class, () -> StoreAudit.orders(catalog));
  }

  @Test
  void comparesLogsRowForRow() throws Exception {
    Path one = orderLog("one", sales);
    Path other = orderLog("other", sales.subList(0, 100));
    Order changed = sales.get(42);
    List<Order> wrong = new java.util.ArrayList<>(sales);
    wrong.set(
        42,
        new Order(
            changed.number(),
            changed.key(),
            changed.lines(),
            Optional.of("somebody else"),
            changed.at()));
    Path third = orderLog("third", wrong);
    assertEquals(List.of(), StoreAudit.orders(one).differences());
    assertEquals(sales.size(), StoreAudit.orders(one).lastOrderNumber());
    assertEquals(StoreAudit.digest(catalog, 100), StoreAudit.digest(one, 100));
    assertEquals(StoreAudit.digest(catalog, 100), StoreAudit.digest(other, 100));
    assertEquals(StoreAudit.digest(one, 42), StoreAudit.digest(third, 42));
    assertNotEquals(StoreAudit.digest(one, 43), StoreAudit.digest(third, 43));
    assertThrows(IOException.class, () -> StoreAudit.digest(other, 101));
  }

  @Test
  void findsWhatIsWrongInAnOrderLog() throws Exception {
    Path log = orderLog("log", sales);
    tamper(log, "UPDATE cursor SET last = last + 1");
    tamper(log, "DELETE FROM orders WHERE number = 5");
    assertEquals(
        List.of(
            "order 6 follows 4",
            "the cursor is at %d, the last order is %d".formatted(sales.size() + 1, sales.size())),
        StoreAudit.orders(log).differences());
  }

  @Test
  void comparesTheBooksOfTwoReplicasAtTheSamePosition() throws Exception {
    StoreAudit.CatalogFindings before = StoreAudit.catalog(catalog);
    tamper("UPDATE books SET price_cents = price_cents + 1 WHERE id = 3");
    List<String> differences = StoreAudit.compareBooks(before, StoreAudit.catalog(catalog));
    assertEquals(1, differences.size());
    assertTrue(differences.get(0).startsWith("book 3: "), differences.get(0));
    tamper("UPDATE reached SET idx = idx + 1");
    StoreAudit.CatalogFindings later = StoreAudit.catalog(catalog);
    assertThrows(IllegalArgumentException.class, () -> StoreAudit.compareBooks(before, later));
  }

  private void assertFinding(String beginning) throws Exception {
    List<String> differences = StoreAudit.catalog(catalog).differences();
    assertTrue(differences.stream().anyMatch(d -> d.startsWith(beginning)), differences.toString());
  }

  private Path orderLog(String name, List<Order> orders) throws Exception {
    Path file = folder.resolve(name);
    Vertx vertx = Vertx.vertx();
    try {
      OrderLog log = await(OrderLog.open(vertx, file));
      await(log.append("shop", orders));
      await(log.close());
    } finally {
      await(vertx.close());
    }
    return file;
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private void tamper(String sql) throws Exception {
    tamper(catalog, sql);
  }

  private static void tamper(Path file, String sql) throws Exception {
    try (Connection connection = SqliteFile.open(file, SqliteFile.Access.WRITE)) {
      SqliteFile.execute(connection, sql);
    }
  }
}
