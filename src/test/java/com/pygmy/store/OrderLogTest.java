package com.pygmy.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.BookId;
import com.pygmy.domain.Order;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderLogTest {
  @TempDir Path folder;
  private Path file;
  private Vertx vertx;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    file = folder.resolve("orders.db");
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  @Test
  void keepsPagesOverARestart() throws Exception {
    OrderLog log = await(OrderLog.open(vertx, file));
    assertEquals(0, log.last());
    assertEquals(Optional.empty(), log.storeId());
    await(log.append("shop", orders(1, 100)));
    await(log.append("shop", orders(101, 101)));
    assertEquals(101, log.last());
    await(log.close());

    OrderLog again = await(OrderLog.open(vertx, file));
    assertEquals(101, again.last());
    assertEquals(Optional.of("shop"), again.storeId());
    for (Order order : List.of(order(1), order(50), order(101))) {
      assertEquals(Optional.of(order), await(again.byNumber(order.number())));
      assertEquals(Optional.of(order), await(again.byKey(order.key())));
    }
    assertEquals(Optional.empty(), await(again.byNumber(102)));
    assertEquals(Optional.empty(), await(again.byKey("key-102")));
    await(again.append("shop", orders(102, 103)));
    assertEquals(Optional.of(order(103)), await(again.byNumber(103)));
    await(again.close());
  }

  @Test
  void listsACustomersOrdersPageByPage() throws Exception {
    OrderLog log = await(OrderLog.open(vertx, file));
    await(log.append("shop", orders(1, 40)));
    List<Order> all = orders(1, 40).stream().filter(o -> o.customer().isPresent()).toList();
    assertEquals(20, all.size());
    List<Order> found = new ArrayList<>();
    for (long after = 0; found.size() < all.size(); after = found.get(found.size() - 1).number()) {
      List<Order> page = await(log.byCustomer("çustomer", after, 7));
      assertTrue(!page.isEmpty() && page.size() <= 7);
      found.addAll(page);
    }
    assertEquals(all, found);
    assertEquals(List.of(), await(log.byCustomer("çustomer", 40, 7)));
    assertEquals(List.of(), await(log.byCustomer("nobody", 0, 7)));
    await(log.close());
  }

  @Test
  void refusesGapsRepetitionsAndForeignPagesAndStaysAsItWas() throws Exception {
    OrderLog log = await(OrderLog.open(vertx, file));
    assertFails(OrderLog.GapException.class, log.append("shop", orders(2, 3)));
    await(log.append("shop", orders(1, 10)));
    assertFails(OrderLog.GapException.class, log.append("shop", orders(12, 13)));
    assertFails(OrderLog.GapException.class, log.append("shop", orders(10, 11)));
    assertFails(OrderLog.GapException.class, log.append("shop", orders(1, 10)));
    List<Order> hole = List.of(order(11), order(13));
    assertFails(OrderLog.GapException.class, log.append("shop", hole));
    Throwable foreign =
        assertFails(OrderLog.ForeignStoreException.class, log.append("other", orders(11, 12)));
    assertTrue(foreign.getMessage().contains("other"), foreign.getMessage());
    assertFails(IllegalArgumentException.class, log.append("shop", List.of()));
    Throwable gap = assertFails(OrderLog.GapException.class, log.append("shop", orders(99, 99)));
    assertTrue(gap.getMessage().contains("expected order 11 next, got 99"), gap.getMessage());
    assertEquals(10, log.last());
    await(log.append("shop", orders(11, 12)));
    await(log.close());
    assertTrue(StoreAudit.orders(file).isSound());
    assertEquals(12, StoreAudit.orders(file).lastOrderNumber());
  }

  @Test
  void aPageWhoseLastRowFailsLeavesNothing() throws Exception {
    OrderLog log = await(OrderLog.open(vertx, file));
    await(log.append("shop", orders(1, 5)));
    Order sameKey = new Order(8, "key-2", order(8).lines(), Optional.empty(), 0);
    Future<Void> failing = log.append("shop", List.of(order(6), order(7), sameKey));
    assertThrows(ExecutionException.class, () -> await(failing));
    assertEquals(5, log.last());
    assertEquals(Optional.empty(), await(log.byNumber(6)));
    await(log.append("shop", orders(6, 8)));
    assertEquals(8, log.last());
    await(log.close());
  }

  /** Overlapping appends of the same page: one wins, the others fail, none is applied twice. */
  @Test
  void onlyOneOfTheSameAppendsSucceeds() throws Exception {
    OrderLog log = await(OrderLog.open(vertx, file));
    List<Future<Void>> appends = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      appends.add(log.append("shop", orders(1, 50)));
    }
    assertThrows(ExecutionException.class, () -> await(Future.join(appends)));
    assertEquals(1, appends.stream().filter(Future::succeeded).count());
    assertEquals(50, log.last());
    await(log.close());
    assertTrue(StoreAudit.orders(file).isSound());
  }

  @Test
  void readsWhileItAppendsAndNeverBlocksTheEventLoop() throws Exception {
    OrderLog log = await(OrderLog.open(vertx, file));
    List<Future<?>> reads = new ArrayList<>();
    for (int page = 0; page < 20; page++) {
      Future<Void> append = log.append("shop", orders(page * 500L + 1, page * 500L + 500));
      reads.add(log.byNumber(1));
      reads.add(log.byKey("key-7"));
      await(append);
      assertEquals(Optional.of(order(page * 500L + 500)), await(log.byNumber(page * 500L + 500)));
    }
    await(Future.join(reads));
    assertEquals(10_000, log.last());
    await(log.close());
  }

  @Test
  void refusesADamagedFile() throws Exception {
    OrderLog log = await(OrderLog.open(vertx, file));
    await(log.append("shop", orders(1, 2_000)));
    await(log.close());
    byte[] bytes = Files.readAllBytes(file);
    for (int page = 1; page < bytes.length / 4_096; page += 2) {
      java.util.Arrays.fill(bytes, page * 4_096, page * 4_096 + 100, (byte) 0x77);
    }
    Files.write(file, bytes);
    assertFails(DamagedDatabaseException.class, OrderLog.open(vertx, file));
    assertTrue(Files.exists(CatalogStore.setAside(file, ".damaged")));
    OrderLog fresh = await(OrderLog.open(vertx, file));
    assertEquals(0, fresh.last());
    await(fresh.append("shop", orders(1, 3)));
    await(fresh.close());
  }

  /** What a power loss leaves is a shorter log that can be continued. */
  @Test
  void aLostTailIsAskedForAgain() throws Exception {
    OrderLog log = await(OrderLog.open(vertx, file));
    for (int page = 0; page < 10; page++) {
      await(log.append("shop", orders(page * 10L + 1, page * 10L + 10)));
    }
    Path left = folder.resolve("left.db");
    Path wal = SqliteFile.beside(file, "-wal");
    StoreUnderTest.copy(file, left);
    byte[] all = Files.readAllBytes(wal);
    await(log.close());
    for (int eighth = 0; eighth <= 8; eighth++) {
      Path some = folder.resolve("left" + eighth);
      StoreUnderTest.copy(left, some);
      Files.write(
          SqliteFile.beside(some, "-wal"), java.util.Arrays.copyOf(all, all.length / 8 * eighth));
      OrderLog shorter = await(OrderLog.open(vertx, some));
      long last = shorter.last();
      assertEquals(0, last % 10);
      assertTrue(eighth < 8 || last == 100, "all of the WAL has " + last);
      await(shorter.append("shop", orders(last + 1, 120)));
      await(shorter.close());
      assertTrue(StoreAudit.orders(some).isSound());
      assertEquals(120, StoreAudit.orders(some).lastOrderNumber());
    }
  }

  private static List<Order> orders(long first, long last) {
    return LongStream.rangeClosed(first, last).mapToObj(OrderLogTest::order).toList();
  }

  private static Order order(long number) {
    Order.Sold line = new Order.Sold(new BookId(1 + (int) (number % 9)), 2, 1_999);
    List<Order.Sold> lines =
        number % 3 == 0 ? List.of(line, new Order.Sold(new BookId(77), 1, 0)) : List.of(line);
    Optional<String> customer = number % 2 == 0 ? Optional.of("çustomer") : Optional.empty();
    return new Order(number, "key-" + number, lines, customer, 1_700_000_000_000L + number);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static Throwable assertFails(Class<? extends Throwable> how, Future<?> future) {
    Throwable cause = assertThrows(ExecutionException.class, () -> await(future)).getCause();
    return assertInstanceOf(how, cause);
  }
}
