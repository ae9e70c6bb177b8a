package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node's machine is gone without a word, and the node comes back on another, with another IP
 * address and its data; the others run on with their old conf.
 */
@Tag("faults")
class MovedNodeIT {

  private static final long PATIENCE_SECONDS = 120;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void aLeaderThatComesBackUnderAnotherIpIsOneOfThreeAgain() throws Exception {
    try (NodesByHand nodes = NodesByHand.start(folder, List.of("1,One,A,t,100,1000"))) {
      assumeTrue(nodes.network().isPresent(), "SKIPPED: no network namespaces here");
      int moved;
      try (ShopClient client = new ShopClient(nodes.urls())) {
        awaitReady("three are ready", client, nodes);
        assertEquals(1, buy(client, "before"));
        moved = leader(client);
      }
      nodes.move(moved);
      try (ShopClient client = new ShopClient(nodes.urls())) {
        assertEquals(2, buy(client, "meanwhile"));
        awaitReady("three are ready again", client, nodes);
        int other = 1 + moved % NodesByHand.NODES;
        // From here on it takes the one that moved to decide anything.
        nodes.network().orElseThrow().isolate(other);
        assertEquals(3, buy(client, "with the one that moved"));
        nodes.network().orElseThrow().heal(other);
        awaitReady("three are ready in the end", client, nodes);
        for (String url : nodes.urls()) {
          JsonObject last = ShopClient.await(client.get(url, "/orders/3")).body();
          assertEquals(3, last.getLong("number"), url);
        }
      }
    }
  }

  private static long buy(ShopClient client, String key) {
    ShopClient.Answer answer = ShopClient.await(client.buy(0, key.replace(' ', '-'), 1, 1));
    assertEquals(201, answer.status(), answer::toString);
    return answer.body().getLong("number");
  }

  /** Catalog replicas that are level where they are now, as a frontend sees them. */
  private static int ready(ShopClient client, NodesByHand nodes) {
    return (int)
        client.cluster().getJsonArray("nodes", new JsonArray()).stream()
            .map(JsonObject.class::cast)
            .filter(node -> nodes.urls().contains(node.getString("url")))
            .flatMap(node -> node.getJsonArray("replicas").stream())
            .map(JsonObject.class::cast)
            .filter(replica -> replica.getString("service").equals("catalog"))
            .filter(replica -> replica.getBoolean("ready") && replica.getLong("lag") < 10)
            .count();
  }

  private static int leader(ShopClient client) {
    return client.cluster().getJsonArray("nodes").stream()
        .map(JsonObject.class::cast)
        .filter(
            node ->
                node.getJsonArray("replicas").stream()
                    .anyMatch(replica -> "leader".equals(((JsonObject) replica).getString("role"))))
        .mapToInt(node -> Integer.parseInt(node.getString("node").substring(1)))
        .findFirst()
        .orElseThrow();
  }

  private static void awaitReady(String what, ShopClient client, NodesByHand nodes)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (ready(client, nodes) < NodesByHand.NODES) {
      assertTrue(
          System.nanoTime() - end < 0,
          () -> "waited in vain until " + what + ": " + nodes.urls() + client.cluster());
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }
}
