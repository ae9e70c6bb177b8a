package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the whole shop keeps when all of it, or all of one node's disk, is lost. */
class WholeClusterIT {

  private static final int ORDERS = 200;

  @TempDir Path folder;

  @Test
  void everythingConfirmedSurvivesTheKillOfAllNodesAtOnce() throws Exception {
    try (Shop shop = Shop.ofThree(folder, catalogue());
        ShopClient client = new ShopClient(shop.urls())) {
      Map<String, JsonObject> orders = buy(client, "before");
      Map<String, Long> pids = new HashMap<>();
      for (String node : shop.nodes()) {
        pids.put(node, shop.pid(node));
        shop.signal(node, "KILL");
      }
      for (String node : shop.nodes()) {
        shop.await(node + " is back", () -> shop.isBack(node, pids.get(node)));
      }
      shop.await("all nodes are level", () -> shop.isLevel(client));
      checkOrders(shop, client, orders);
      orders.putAll(buy(client, "after"));
      checkOrders(shop, client, orders);
      checkAudit(shop);
    }
  }

  @Test
  void aReplicaWhoseFolderIsDeletedComesBackComplete() throws Exception {
    try (Shop shop = Shop.ofThree(folder, catalogue());
        ShopClient client = new ShopClient(shop.urls())) {
      Map<String, JsonObject> orders = buy(client, "before");
      long pid = shop.pid("n2");
      shop.signal("n2", "KILL");
      delete(shop.data().resolve("n2"));
      shop.await("n2 is back", () -> shop.isBack("n2", pid));
      shop.await("n2 is level", () -> shop.isLevel(client));
      orders.putAll(buy(client, "after"));
      checkOrders(shop, client, orders);
      checkAudit(shop);
    }
  }

  @Test
  void everythingSurvivesAnOrderlyRestart() throws Exception {
    try (Shop shop = Shop.ofThree(folder, catalogue());
        ShopClient client = new ShopClient(shop.urls())) {
      Map<String, JsonObject> orders = buy(client, "before");
      shop.down();
      shop.up();
      checkOrders(shop, client, orders);
      checkAudit(shop);
    }
  }

  private static List<String> catalogue() {
    return IntStream.rangeClosed(1, 5).mapToObj(i -> i + ",B" + i + ",A,topic,500,1000").toList();
  }

  private static Map<String, JsonObject> buy(ShopClient client, String prefix) {
    Map<String, JsonObject> orders = new HashMap<>();
    List<Future<ShopClient.Answer>> bought =
        IntStream.range(0, ORDERS)
            .mapToObj(i -> client.buy(i, prefix + "-" + i, 1 + i % 5, 1))
            .toList();
    ShopClient.await(Future.all(bought));
    for (Future<ShopClient.Answer> each : bought) {
      assertEquals(201, each.result().status());
      orders.put(each.result().body().getString("key"), each.result().body());
    }
    return orders;
  }

  private static void checkOrders(Shop shop, ShopClient client, Map<String, JsonObject> orders) {
    for (String url : shop.urls()) {
      for (JsonObject order : orders.values()) {
        ShopClient.Answer read =
            ShopClient.await(client.get(url, "/orders/" + order.getLong("number")));
        assertEquals(order, read.body(), "through " + url);
      }
      JsonObject book = ShopClient.await(client.get(url, "/books/1")).body();
      assertEquals(1000 - orders.size() / 5, book.getInteger("stock"));
    }
  }

  private static void checkAudit(Shop shop) throws Exception {
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
