package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two of three nodes are gone, and nobody starts them for a while. */
@Tag("faults")
class MajorityLostIT {

  /** For an answer that waits for nothing. */
  private static final long AT_ONCE_MILLIS = 500;

  private static final int ASKED = 20;

  @TempDir private Path folder;

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  @Test
  void whoIsLeftRefusesAtOnceTellsKnownOrdersAndRecovers() throws Exception {
    try (Shop shop = Shop.ofThree(folder, List.of("1,One,A,t,100,1000"));
        ShopClient client = new ShopClient(shop.urls())) {
      JsonObject order = ShopClient.await(client.buy(0, "before", 1, 1)).body();
      shop.await("all have it", () -> shop.isLevel(client));
      String left = shop.urls().get(0);
      Map<String, Long> pids = new HashMap<>();
      String supervisor = Files.readString(shop.data().resolve("supervisor.pid")).strip();
      signal("STOP", supervisor);
      try {
        for (String node : shop.nodes().subList(1, 3)) {
          pids.put(node, shop.pid(node));
          signal("KILL", Long.toString(shop.pid(node)));
        }
        shop.await("the node that is left knows", () -> get(left + "/books/1").statusCode() == 503);
        refusesAtOnce(left);
        HttpResponse<String> read = get(left + "/orders/" + order.getLong("number"));
        assertEquals(200, read.statusCode(), "an order that it knows");
        assertEquals(order.getLong("number"), new JsonObject(read.body()).getLong("number"));
      } finally {
        signal("CONT", supervisor);
      }
      for (Map.Entry<String, Long> node : pids.entrySet()) {
        shop.await(node.getKey() + " is back", () -> shop.isBack(node.getKey(), node.getValue()));
      }
      shop.await("all are level", () -> shop.isLevel(client));
      assertEquals(201, ShopClient.await(client.buy(0, "after", 1, 1)).status());
      assertEquals(
          2, ShopClient.await(client.get(left, "/orders?key=after")).body().getLong("number"));
    }
  }

  /** Reads and buys: 503 {@code unavailable}, to be tried again later, and without a wait. */
  private void refusesAtOnce(String url) throws Exception {
    for (int i = 0; i < ASKED; i++) {
      long start = System.nanoTime();
      HttpResponse<String> answer = i % 2 == 0 ? get(url + "/books/1") : buy(url, "refused-" + i);
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      assertEquals(503, answer.statusCode(), answer.body());
      assertTrue(answer.body().contains("unavailable"), answer.body());
      assertTrue(answer.headers().firstValue("Retry-After").isPresent(), "it says when to retry");
      assertTrue(millis < AT_ONCE_MILLIS, "answered after " + millis + " ms");
    }
  }

  private HttpResponse<String> get(String uri) {
    return send(HttpRequest.newBuilder(URI.create(uri)).GET());
  }

  private HttpResponse<String> buy(String url, String key) {
    return send(
        HttpRequest.newBuilder(URI.create(url + "/orders"))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString("{\"items\":[{\"book\":1,\"quantity\":1}]}")));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.timeout(Duration.ofSeconds(8)).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static void signal(String signal, String pid) throws Exception {
    assertEquals(0, new ProcessBuilder("kill", "-" + signal, pid).inheritIO().start().waitFor());
  }
}
