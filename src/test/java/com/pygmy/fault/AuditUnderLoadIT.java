package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The audit of a shop in which eight clients buy all the while, and of which a node is killed and
 * comes back.
 */
class AuditUnderLoadIT {

  private static final int CLIENTS = 8;
  private static final int BOOKS = 20;

  private static final int STOCK = 1_000_000;

  /** Of the last book: most buys of it are refused. */
  private static final int SCARCE = 20;

  private static final int AUDITS = 6;
  private static final int KILLED_BEFORE = 3;
  private static final long SEED = Long.getLong("pygmy.seed", 20_261_120L);
  private static final Pattern COMPARED = Pattern.compile("orders 1 to (\\d+) compared");

  private final AtomicInteger bought = new AtomicInteger();
  private volatile boolean closing;

  @TempDir Path folder;

  @Test
  void theAuditOfAShopThatIsOpenFindsItSound() throws Exception {
    try (Shop shop = Shop.ofThree(folder, catalogue());
        ShopClient client = new ShopClient(shop.urls())) {
      List<Future<Void>> clients =
          IntStream.range(0, CLIENTS).mapToObj(i -> shopOn(client, i, 0)).toList();
      shop.await("the first orders", () -> bought.get() > CLIENTS);
      int compared = 0;
      for (int i = 0; i < AUDITS; i++) {
        if (i == KILLED_BEFORE) {
          shop.signal("n2", "KILL");
        }
        int before = bought.get();
        int last = audited(shop);
        assertTrue(last >= compared && last > 0, compared + ", then " + last);
        compared = last;
        shop.await("they buy on", () -> bought.get() > before);
        assertFalse(clients.stream().anyMatch(Future::failed), clients::toString);
      }
      closing = true;
      ShopClient.await(Future.all(clients));
      shop.await("all nodes are level", () -> shop.isLevel(client));
      shop.down();
      assertEquals(bought.get(), audited(shop));
    }
  }

  /** How many orders it compared: as many as the last of the replicas has, dead ones included. */
  private static int audited(Shop shop) throws Exception {
    Shop.Ran audit = Shop.run("audit", "--wait", "1", "--data", shop.data().toString());
    assertEquals(0, audit.exitCode(), audit::output);
    assertTrue(audit.output().contains("all is sound"), audit::output);
    Matcher compared = COMPARED.matcher(audit.output());
    assertTrue(compared.find(), audit::output);
    return Integer.parseInt(compared.group(1));
  }

  private static List<String> catalogue() {
    return IntStream.rangeClosed(1, BOOKS)
        .mapToObj(i -> i + ",Book,Author,topic,500," + (i < BOOKS ? STOCK : SCARCE))
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
              if (answer.status() != 201 && answer.status() != 409) {
                return Future.failedFuture(key + ": " + answer);
              }
              if (answer.status() == 201) {
                bought.incrementAndGet();
              }
              return shopOn(client, number, turn + 1);
            });
  }
}
