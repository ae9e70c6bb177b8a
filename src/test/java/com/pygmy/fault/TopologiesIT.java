package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The other shapes that are shipped, as the processes that a user starts. */
class TopologiesIT {

  private static final int STOCK = 50;
  private static final List<String> CATALOGUE =
      List.of("1,First,A,shapes,500," + STOCK, "2,Second,B,shapes,700," + STOCK);

  /** A frontend tries for so long before it answers that the outcome is unknown. */
  private static final long BUY_MILLIS = 5_000;

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir Path folder;

  @Test
  void rolesInProcessesOfTheirOwnSellOnWhenTheLeadingCatalogIsKilled() throws Exception {
    try (Shop shop = Shop.like("separate.json", folder, CATALOGUE);
        ShopClient client = new ShopClient(shop.urls())) {
      assertEquals(8, shop.nodes().size());
      List<JsonObject> orders = new ArrayList<>(List.of(tour(shop, client)));
      shop.await("all say that they are ready", () -> unready(shop).isEmpty());

      String leader = shop.leader(client).orElseThrow();
      long pid = shop.pid(leader);
      shop.signal(leader, "KILL");
      orders.addAll(buyWithin(BUY_MILLIS, shop, client));
      shop.await(
          "another one leads",
          () -> shop.leader(client).filter(l -> !l.equals(leader)).isPresent());
      String counted = watched(shop, shop.leader(client).orElseThrow(), "/metrics").body();
      assertTrue(counted.contains("pygmy_failover_seconds_count{part=\"total\"} 1"), counted);

      shop.await(leader + " is back", () -> shop.isBack(leader, pid));
      shop.await("all are level", () -> shop.isLevel(client));
      shop.await("all say so", () -> unready(shop).isEmpty());
      checkOrders(orders, shop, client);
      checkThatDownLeavesNothing(shop);
      Shop.Ran audit = Shop.run("audit", "--data", shop.data().toString());
      assertEquals(0, audit.exitCode(), audit.output());
    }
  }

  @Test
  void everythingInOneProcessKeepsWhatItConfirmedWhenItIsKilled() throws Exception {
    try (Shop shop = Shop.like("embedded.json", folder, CATALOGUE);
        ShopClient client = new ShopClient(shop.urls())) {
      assertEquals(1, shop.nodes().size());
      List<JsonObject> orders = new ArrayList<>(buyWithin(BUY_MILLIS, shop, client));
      shop.killAndAwait(shop.nodes().get(0), client);
      orders.add(tour(shop, client));
      checkOrders(orders, shop, client);
      checkThatMetricsAreDocumented(shop.urls().get(0));
      checkThatDownLeavesNothing(shop);
    }
  }

  /**
   * All, and no other. Of a lost replica nobody here can tell: its counter comes with the first.
   * And these nodes show no certificates.
   */
  private static void checkThatMetricsAreDocumented(String url) throws Exception {
    assertEquals(404, HTTP.send(get(url + "/books/99"), BodyHandlers.discarding()).statusCode());
    Set<String> told =
        new TreeSet<>(
            Set.of("pygmy_replica_lost_total", "pygmy_certificate_expiry_timestamp_seconds"));
    told.addAll(
        matches(
            "^# TYPE (pygmy_\\w+)",
            HTTP.send(get(url + "/metrics"), BodyHandlers.ofString()).body()));
    told.removeIf(name -> name.endsWith("_seconds_max"));
    String document = Files.readString(Path.of("docs", "operations.md"));
    assertEquals(told, new TreeSet<>(matches("^\\| `(pygmy_\\w+)` \\|", document)));
  }

  /** Which of the nodes without a frontend are not ready by their own word, or say none. */
  private static List<String> unready(Shop shop) {
    return shop.nodes().stream()
        .filter(node -> !node.startsWith("f"))
        .filter(node -> !isReady(shop, node))
        .toList();
  }

  private static boolean isReady(Shop shop, String node) {
    try {
      return watched(shop, node, "/health/ready").statusCode() == 200;
    } catch (IOException gone) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static HttpResponse<String> watched(Shop shop, String node, String path)
      throws IOException, InterruptedException {
    String url = "http://127.0.0.1:" + shop.port(node, "management") + path;
    return HTTP.send(get(url), BodyHandlers.ofString());
  }

  private static HttpRequest get(String url) {
    return HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build();
  }

  private static List<String> matches(String pattern, String text) {
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  /** Search, lookup, buy and order by the command line; the order. */
  private static JsonObject tour(Shop shop, ShopClient client) throws Exception {
    assertTrue(run(shop, "search", "shapes").contains("Second"));
    assertTrue(run(shop, "lookup", "2").contains("Second"));
    run(shop, "buy", "2", "--key", "tour");
    String url = shop.urls().get(0);
    JsonObject order = ShopClient.await(client.get(url, "/orders?key=tour")).body();
    long number = order.getLong("number");
    assertTrue(run(shop, "order", Long.toString(number)).contains("order " + number));
    return order;
  }

  private static String run(Shop shop, String... command) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("--url", String.join(",", shop.urls())));
    Shop.Ran ran = Shop.run(arguments.toArray(String[]::new));
    assertEquals(0, ran.exitCode(), ran.output());
    return ran.output();
  }

  /** Buys through every frontend at once. */
  private static List<JsonObject> buyWithin(long millis, Shop shop, ShopClient client) {
    long start = System.nanoTime();
    List<Future<ShopClient.Answer>> bought = new ArrayList<>();
    for (int i = 0; i < shop.urls().size(); i++) {
      bought.add(client.buy(i, "through-" + i, 1, 1));
    }
    ShopClient.await(Future.all(bought));
    long taken = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(taken < millis, "it took " + taken + " ms");
    return bought.stream().map(answer -> answer.result().body()).toList();
  }

  private static void checkOrders(List<JsonObject> orders, Shop shop, ShopClient client) {
    for (String url : shop.urls()) {
      int stock = 0;
      for (int book = 1; book <= CATALOGUE.size(); book++) {
        stock += ShopClient.await(client.get(url, "/books/" + book)).body().getInteger("stock");
      }
      assertEquals(CATALOGUE.size() * STOCK - orders.size(), stock, "through " + url);
      for (JsonObject order : orders) {
        String path = "/orders/" + order.getLong("number");
        assertEquals(order, ShopClient.await(client.get(url, path)).body(), "through " + url);
      }
    }
  }

  private static void checkThatDownLeavesNothing(Shop shop) throws Exception {
    List<ProcessHandle> processes = shop.processes();
    assertEquals(shop.nodes().size() + 1, processes.size());
    shop.down();
    assertEquals(List.of(), processes.stream().filter(TopologiesIT::runs).toList());
    assertTrue(shop.portsAreFree());
  }

  /** A zombie, which nobody may be there to reap, has no command. */
  private static boolean runs(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }
}
