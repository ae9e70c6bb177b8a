package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shop is backed up while eight clients buy, is lost, and goes on from the back-up. */
class BackupIT {

  private static final int CLIENTS = 8;
  private static final int BOOKS = 20;
  private static final int SOME_ORDERS = 200;
  private static final long SEED = Long.getLong("pygmy.seed", 20_261_120L);
  private static final Pattern ORDERS = Pattern.compile("(?m)^orders: +(\\d+)$");

  /** What was confirmed, by key. */
  private final Map<String, JsonObject> confirmed = new ConcurrentHashMap<>();

  private volatile boolean closing;

  @TempDir Path folder;

  @Test
  void aShopGoesOnFromABackUpThatWasTakenWhileItWasOpen() throws Exception {
    Path backup = folder.resolve("store.db");
    Path lostData;
    long lastBackedUp;
    List<String> before;
    try (Shop shop = Shop.ofThree(folder, catalogue());
        ShopClient client = new ShopClient(shop.urls())) {
      List<Future<Void>> clients =
          IntStream.range(0, CLIENTS).mapToObj(i -> shopOn(client, i, 0)).toList();
      shop.await("the first orders", () -> confirmed.size() > SOME_ORDERS);
      before = List.copyOf(confirmed.keySet());
      lastBackedUp = backedUp(shop, backup);
      int then = confirmed.size();
      shop.await("they buy on", () -> confirmed.size() > then + SOME_ORDERS);
      closing = true;
      ShopClient.await(Future.all(clients));
      assertFalse(clients.stream().anyMatch(Future::failed), clients::toString);
      shop.await("all nodes are level", () -> shop.isLevel(client));
      shop.killAll();
      lostData = shop.data();
      try (Shop restored = shop.restored(backup, folder.resolve("restored"))) {
        restored.await("all nodes are level", () -> restored.isLevel(client));
        whatWasConfirmedBeforeIsThere(client, before, lastBackedUp);
        keysGiveTheirOrdersAndNumbersGoOn(client, lastBackedUp);
        Shop.Ran audit = Shop.run("audit", "--data", restored.data().toString());
        assertTrue(audit.output().contains("all is sound"), audit::output);
        anOrderLogOfTheLostShopIsRefused(restored, client, lostData);
        restored.killAll();
      }
    }
  }

  private static long backedUp(Shop shop, Path file) throws Exception {
    Shop.Ran backup =
        Shop.run(
            "backup",
            file.toString(),
            "--token",
            Shop.TOKEN,
            "--url",
            String.join(",", shop.urls()));
    assertEquals(0, backup.exitCode(), backup::output);
    Matcher orders = ORDERS.matcher(backup.output());
    assertTrue(orders.find(), backup::output);
    return Long.parseLong(orders.group(1));
  }

  private void whatWasConfirmedBeforeIsThere(ShopClient client, List<String> before, long last) {
    List<JsonObject> orders = new ArrayList<>();
    for (String key : before) {
      JsonObject order = confirmed.get(key);
      assertTrue(order.getLong("number") <= last, () -> order + ", but the last is " + last);
      orders.add(order);
    }
    client.checkReadable(orders);
  }

  /** Of all that was bought: what the back-up has is replayed, the rest is bought anew. */
  private void keysGiveTheirOrdersAndNumbersGoOn(ShopClient client, long last) {
    JsonObject old =
        confirmed.values().stream()
            .filter(order -> order.getLong("number") == last)
            .findFirst()
            .orElseThrow();
    JsonObject lost =
        confirmed.values().stream()
            .filter(order -> order.getLong("number") == last + 1)
            .findFirst()
            .orElseThrow();
    ShopClient.Answer again = buyAgain(client, old);
    assertTrue(again.replayed());
    assertEquals(old, again.body());
    ShopClient.Answer anew = buyAgain(client, lost);
    assertFalse(anew.replayed());
    assertEquals(last + 1, anew.body().getLong("number"));
  }

  private static ShopClient.Answer buyAgain(ShopClient client, JsonObject order) {
    JsonObject line = order.getJsonArray("items").getJsonObject(0);
    return ShopClient.await(
        client.buy(
            0, order.getString("key"), line.getInteger("book"), line.getInteger("quantity")));
  }

  private static void anOrderLogOfTheLostShopIsRefused(Shop shop, ShopClient client, Path lostData)
      throws Exception {
    shop.signalSupervisor("STOP");
    try {
      Path status = Path.of("/proc", Long.toString(shop.pid("n3")), "status");
      ProcessHandle.of(shop.pid("n3")).ifPresent(ProcessHandle::destroyForcibly);
      // Its parent does not run, so it stays a zombie.
      shop.await("n3 is dead", () -> read(status).contains("State:\tZ"));
      for (String file : List.of("orders.db", "orders.db-wal", "orders.db-shm")) {
        Path mine = shop.data().resolve("n3/order").resolve(file);
        Path foreign = lostData.resolve("n3/order").resolve(file);
        Files.deleteIfExists(mine);
        if (Files.exists(foreign)) {
          Files.copy(foreign, mine);
        }
      }
    } finally {
      shop.signalSupervisor("CONT");
    }
    shop.await(
        "the order log is refused",
        () ->
            orderDetail(client, "n3").contains("was restored from a back-up of this order log's"));
    assertTrue(orderDetail(client, "n3").contains("move its order folder away"));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String orderDetail(ShopClient client, String node) {
    return client.cluster().getJsonArray("nodes", new JsonArray()).stream()
        .flatMap(each -> ((JsonObject) each).getJsonArray("replicas").stream())
        .map(JsonObject.class::cast)
        .filter(r -> r.getString("replica").equals(node) && r.getString("service").equals("order"))
        .map(replica -> replica.getString("detail", ""))
        .findFirst()
        .orElse("");
  }

  private static List<String> catalogue() {
    return IntStream.rangeClosed(1, BOOKS)
        .mapToObj(i -> i + ",Book,Author,topic,500,1000000")
        .toList();
  }

  private Future<Void> shopOn(ShopClient client, int number, int turn) {
    if (closing) {
      return Future.succeededFuture();
    }
    Random random = new Random(SEED + number * 1_000_003L + turn);
    String key = "client-" + number + "-" + turn;
    return client
        .buy(number + turn, key, 1 + random.nextInt(BOOKS), 1 + random.nextInt(3))
        .compose(
            answer -> {
              if (answer.status() != 201) {
                return Future.failedFuture(key + ": " + answer);
              }
              confirmed.put(key, answer.body());
              return shopOn(client, number, turn + 1);
            });
  }
}
