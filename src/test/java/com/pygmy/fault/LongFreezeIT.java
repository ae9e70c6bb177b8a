package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node frozen for longer than a minute, which is more than Hazelcast, Ratis and every connection
 * bear: the shop goes on without it, and it is level again soon after the thaw, in a new process if
 * need be.
 */
@Tag("long")
class LongFreezeIT {

  private static final int BOOKS = 5;
  private static final int STOCK = 10_000;
  private static final int ROUND = 50;
  private static final long FROZEN_NANOS = TimeUnit.SECONDS.toNanos(70);
  private static final long LEVEL_MILLIS = 15_000;

  private final List<JsonObject> confirmed = new ArrayList<>();

  @TempDir private Path folder;
  private Shop shop;
  private ShopClient client;

  @BeforeEach
  void start() throws Exception {
    shop =
        Shop.ofThree(
            folder,
            IntStream.rangeClosed(1, BOOKS)
                .mapToObj(i -> i + ",B" + i + ",A,topic,500," + STOCK)
                .toList());
    client = new ShopClient(shop.urls());
    buy("before");
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    shop.close();
  }

  @Test
  void aFrozenLeaderIsLevelSoonAfterTheThaw() throws Exception {
    freeze(shop.leader(client).orElseThrow());
  }

  @Test
  void aFrozenFollowerIsLevelSoonAfterTheThaw() throws Exception {
    String leader = shop.leader(client).orElseThrow();
    freeze(shop.nodes().stream().filter(node -> !node.equals(leader)).findFirst().orElseThrow());
  }

  private void freeze(String node) throws Exception {
    shop.signal(node, "STOP");
    long end = System.nanoTime() + FROZEN_NANOS;
    for (int round = 0; System.nanoTime() - end < 0; round++) {
      buy("meanwhile-" + round);
      TimeUnit.MILLISECONDS.sleep(500); // not to fill the hour with it
    }
    shop.signal(node, "CONT");
    long thawed = System.nanoTime();
    shop.await("all nodes are level", () -> shop.isLevel(client));
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - thawed);
    buy("after");
    client.checkReadable(confirmed);
    Shop.Ran audit = Shop.run("audit", "--data", shop.data().toString());
    assertEquals(0, audit.exitCode(), audit.output());
    assertTrue(millis <= LEVEL_MILLIS, node + " was level after " + millis + " ms");
  }

  private void buy(String prefix) {
    List<Future<ShopClient.Answer>> bought =
        IntStream.range(0, ROUND)
            .mapToObj(i -> client.buy(i, prefix + "-" + i, 1 + i % BOOKS, 1))
            .toList();
    ShopClient.await(Future.all(bought));
    for (Future<ShopClient.Answer> each : bought) {
      assertEquals(201, each.result().status());
      confirmed.add(each.result().body());
    }
  }
}
