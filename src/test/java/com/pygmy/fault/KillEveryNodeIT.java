package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 10,000 orders from 32 clients while each node in turn is killed with {@code kill -9}. */
@Tag("faults")
class KillEveryNodeIT {

  private static final int ORDERS = 10_000;
  private static final int CLIENTS = 32;
  private static final int BOOKS = 20;
  private static final int STOCK = 100_000;
  private static final long SEED = Long.getLong("pygmy.seed", 20_261_120L);

  private final AtomicInteger next = new AtomicInteger();
  private final Map<String, JsonObject> confirmed = new ConcurrentHashMap<>();

  @TempDir Path folder;

  @Test
  void confirmedOrdersSurviveTheKillOfEveryNode() throws Exception {
    try (Shop shop = Shop.ofThree(folder, catalogue());
        ShopClient client = new ShopClient(shop.urls())) {
      List<Future<Void>> clients =
          IntStream.range(0, CLIENTS)
              .mapToObj(i -> shopOn(client, i, new Random(SEED + i)))
              .toList();
      List<String> nodes = shop.nodes();
      for (int i = 0; i < nodes.size(); i++) {
        int due = (i + 1) * ORDERS / (nodes.size() + 2);
        shop.await(due + " orders", () -> confirmed.size() >= due || anyFailed(clients));
        shop.killAndAwait(nodes.get(i), client);
      }
      ShopClient.await(Future.all(clients));
      shop.await("all nodes are level", () -> shop.isLevel(client));

      assertEquals(ORDERS, confirmed.size(), "seed " + SEED);
      checkNumbers();
      checkStock(client, shop.urls().get(0));
      client.checkReadable(confirmed.values());
      shop.down();
      Shop.Ran audit = Shop.run("audit", "--data", shop.data().toString());
      assertEquals(0, audit.exitCode(), audit.output());
    }
  }

  private static boolean anyFailed(List<Future<Void>> clients) {
    return clients.stream().anyMatch(Future::failed);
  }

  private static List<String> catalogue() {
    return IntStream.rangeClosed(1, BOOKS)
        .mapToObj(i -> i + ",Book " + i + ",Author,topic," + (100 + i) + "," + STOCK)
        .toList();
  }

  /** One client: order after order until all are placed. */
  private Future<Void> shopOn(ShopClient client, int number, Random random) {
    int order = next.getAndIncrement();
    if (order >= ORDERS) {
      return Future.succeededFuture();
    }
    String key = "order-" + order;
    int book = 1 + random.nextInt(BOOKS);
    int quantity = 1 + random.nextInt(3);
    int dice = random.nextInt(10);
    Future<ShopClient.Answer> bought = client.buy(number, key, book, quantity);
    if (dice == 0) {
      bought = bought.compose(first -> again(client, number + 1, key, book, quantity, first));
    } else if (dice == 1) {
      Future<ShopClient.Answer> first = bought;
      Future<ShopClient.Answer> other = client.buy(number + 1, key, book, quantity);
      bought = Future.all(first, other).compose(both -> same(first.result(), other.result()));
    }
    return bought.compose(
        answer -> {
          if (answer.status() != 201) {
            return Future.failedFuture(key + ": " + answer);
          }
          confirmed.put(key, answer.body());
          return shopOn(client, number, random);
        });
  }

  private static Future<ShopClient.Answer> again(
      ShopClient client, int turn, String key, int book, int quantity, ShopClient.Answer first) {
    return client.buy(turn, key, book, quantity).compose(second -> same(first, second));
  }

  private static Future<ShopClient.Answer> same(ShopClient.Answer one, ShopClient.Answer other) {
    return one.body().equals(other.body())
        ? Future.succeededFuture(one)
        : Future.failedFuture("one key, two answers: " + one + ", " + other);
  }

  private void checkNumbers() {
    Set<Long> numbers = new HashSet<>();
    confirmed.values().forEach(order -> numbers.add(order.getLong("number")));
    assertEquals(ORDERS, numbers.size(), "order numbers are unique");
    assertEquals(
        ORDERS, numbers.stream().mapToLong(n -> n).max().orElseThrow(), "and without a gap");
  }

  private void checkStock(ShopClient client, String url) {
    Map<Integer, Integer> sold = new HashMap<>();
    for (JsonObject order : confirmed.values()) {
      JsonObject line = order.getJsonArray("items").getJsonObject(0);
      sold.merge(line.getInteger("book"), line.getInteger("quantity"), Integer::sum);
    }
    for (int book = 1; book <= BOOKS; book++) {
      JsonObject now = ShopClient.await(client.get(url, "/books/" + book)).body();
      assertEquals(STOCK - sold.getOrDefault(book, 0), now.getInteger("stock"), "book " + book);
    }
  }
}
