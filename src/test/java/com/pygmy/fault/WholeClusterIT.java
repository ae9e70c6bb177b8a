package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the whole shop keeps when all of it, or all of one node's disk, is lost. One shop goes
 * through all cases, in any order; each checks what was bought in the others, too.
 */
class WholeClusterIT {

  private static final int BOOKS = 5;
  private static final int STOCK = 1_000;

  /** Bought at a time, the same number of each book. */
  private static final int PURCHASE = 200;

  @TempDir static Path folder;
  private static Shop shop;
  private static ShopClient client;

  /** All that were ever confirmed. */
  private static final List<JsonObject> CONFIRMED = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    shop = Shop.ofThree(folder, catalogue());
    client = new ShopClient(shop.urls());
  }

  @AfterAll
  static void stop() throws Exception {
    if (shop != null) {
      client.close();
      shop.close();
    }
  }

  @BeforeEach
  void theShopIsWhole() throws Exception {
    shop.await("all nodes are level before the case", () -> shop.isLevel(client));
  }

  @Test
  void everythingConfirmedSurvivesTheKillOfAllNodesAtOnce() throws Exception {
    buy("before-kill");
    Map<String, Long> pids = new HashMap<>();
    for (String node : shop.nodes()) {
      pids.put(node, shop.pid(node));
      shop.signal(node, "KILL");
    }
    for (String node : shop.nodes()) {
      shop.await(node + " is back", () -> shop.isBack(node, pids.get(node)));
    }
    shop.await("all nodes are level", () -> shop.isLevel(client));
    checkOrders();
    buy("after-kill");
    checkOrders();
    checkAudit();
  }

  @Test
  void aReplicaWhoseFolderIsDeletedComesBackComplete() throws Exception {
    buy("before-loss");
    long pid = shop.pid("n2");
    shop.signal("n2", "KILL");
    delete(shop.data().resolve("n2"));
    shop.await("n2 is back", () -> shop.isBack("n2", pid));
    shop.await("n2 is level", () -> shop.isLevel(client));
    buy("after-loss");
    checkOrders();
    checkAudit();
  }

  @Test
  void everythingSurvivesAnOrderlyRestart() throws Exception {
    buy("before-restart");
    shop.down();
    shop.up();
    checkOrders();
    checkAudit();
  }

  private static List<String> catalogue() {
    return IntStream.rangeClosed(1, BOOKS)
        .mapToObj(i -> i + ",B" + i + ",A,topic,500," + STOCK)
        .toList();
  }

  private static void buy(String prefix) {
    List<Future<ShopClient.Answer>> bought =
        IntStream.range(0, PURCHASE)
            .mapToObj(i -> client.buy(i, prefix + "-" + i, 1 + i % BOOKS, 1))
            .toList();
    ShopClient.await(Future.all(bought));
    for (Future<ShopClient.Answer> each : bought) {
      assertEquals(201, each.result().status());
      CONFIRMED.add(each.result().body());
    }
  }

  private static void checkOrders() {
    client.checkReadable(CONFIRMED);
    for (String url : shop.urls()) {
      JsonObject book = ShopClient.await(client.get(url, "/books/1")).body();
      assertEquals(STOCK - CONFIRMED.size() / BOOKS, book.getInteger("stock"), "through " + url);
    }
  }

  private static void checkAudit() throws Exception {
    Shop.Ran audit = Shop.run("audit", "--data", shop.data().toString());
    assertEquals(0, audit.exitCode(), audit.output());
    assertTrue(audit.output().contains("n3"), audit.output());
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
