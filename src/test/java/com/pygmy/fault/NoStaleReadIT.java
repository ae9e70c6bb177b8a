package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.history.BookState;
import com.pygmy.history.Checker;
import com.pygmy.history.History;
import com.pygmy.history.HistoryText;
import com.pygmy.history.Recorder;
import com.pygmy.history.Verdict;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers at all frontends against buys, restocks and new prices on the same few books, while the
 * leader is killed, frozen and thawed, cut off and healed: what they saw is linearizable.
 */
class NoStaleReadIT {

  private static final int BOOKS = 4;
  private static final int STOCK = 5_000;
  private static final int PRICE = 500;
  private static final int CAPACITY = 2_000_000;
  private static final long PATIENCE_SECONDS = 60;
  private static final long SEED = Long.getLong("pygmy.seed", 20_261_120L);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private ShopClient client;

  @Test
  void whatEveryReaderSeesIsLinearizableThroughKillsFreezesAndCuts() throws Exception {
    Map<Integer, BookState> initial = new HashMap<>();
    for (int book = 1; book <= BOOKS; book++) {
      initial.put(book, new BookState(STOCK, PRICE, 1));
    }
    Recorder recorder = new Recorder(initial, System::nanoTime, CAPACITY);
    try (NodesByHand nodes = NodesByHand.start(folder, catalogue());
        ShopClient operator = new ShopClient(nodes.urls());
        BookTraffic traffic = new BookTraffic(nodes.urls(), BOOKS, SEED, recorder)) {
      client = operator;
      await("all nodes serve from their caches", () -> leased() == NodesByHand.NODES);
      Future<Void> clients = traffic.start(6, 6, 2);
      during(traffic, 2_000);
      tell("no fault", traffic);
      freeze(nodes, traffic, leader());
      tell("the leader frozen for 2 s", traffic);
      freeze(nodes, traffic, 1 + leader() % NodesByHand.NODES);
      tell("another node frozen for 2 s", traffic);
      kill(nodes, traffic, leader());
      tell("the leader killed", traffic);
      if (nodes.network().isPresent()) {
        cutOff(nodes.network().get(), traffic, leader());
        tell("the leader cut off for 6 s", traffic);
      }
      traffic.stop();
      ShopClient.await(clients);
      judge(recorder.history(), traffic);
    }
  }

  private void judge(History history, BookTraffic traffic) throws Exception {
    long begun = System.nanoTime();
    Verdict verdict = new Checker(Checker.DEFAULT_STEPS).check(history);
    System.out.printf(
        "NO STALE READ: %d reads, %d writes; checked in %d ms%n%s%n",
        traffic.reads(),
        traffic.writes(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun),
        caches());
    if (!(verdict instanceof Verdict.Ok)) {
      Path kept = Path.of("target", "history-" + System.currentTimeMillis() + ".txt");
      HistoryText.save(history, kept);
      System.out.println("the history is kept in " + kept);
    }
    assertInstanceOf(Verdict.Ok.class, verdict, () -> "seed " + SEED + ": " + verdict);
    assertTrue(localHits() > traffic.reads() / 20, () -> "caches served too little: " + caches());
  }

  private static void tell(String fault, BookTraffic traffic) {
    System.out.printf(
        "NO STALE READ: %s: longest pause of writes %d ms%n",
        fault, traffic.takeLongestPauseMillis());
  }

  private static List<String> catalogue() {
    return IntStream.rangeClosed(1, BOOKS)
        .mapToObj(i -> i + ",Book " + i + ",Author,topic," + PRICE + "," + STOCK)
        .toList();
  }

  private void freeze(NodesByHand nodes, BookTraffic traffic, int node) throws Exception {
    nodes.signal(node, "STOP");
    try {
      during(traffic, 2_000);
    } finally {
      nodes.signal(node, "CONT");
    }
    recover(traffic);
  }

  private void kill(NodesByHand nodes, BookTraffic traffic, int node) throws Exception {
    nodes.signal(node, "KILL");
    recover(traffic);
  }

  /** From the other nodes, not from its clients. */
  private void cutOff(Network network, BookTraffic traffic, int node) throws Exception {
    network.cutFromOthers(node);
    try {
      during(traffic, 6_000);
    } finally {
      network.heal(node);
    }
    recover(traffic);
  }

  private void recover(BookTraffic traffic) throws Exception {
    await("all nodes serve from their caches again", () -> leased() == NodesByHand.NODES);
    during(traffic, 1_000);
  }

  /** Lets the clients go on for a while, and until they were answered anew. */
  private static void during(BookTraffic traffic, long millis) throws Exception {
    long writes = traffic.writes();
    TimeUnit.MILLISECONDS.sleep(millis);
    await("writes go on", () -> traffic.writes() > writes);
  }

  private int leader() {
    for (Object each : client.cluster().getJsonArray("nodes", new JsonArray())) {
      JsonObject node = (JsonObject) each;
      for (Object other : node.getJsonArray("replicas")) {
        if (((JsonObject) other).getString("role").equals("leader")) {
          return Integer.parseInt(node.getString("node").substring(1));
        }
      }
    }
    throw new AssertionError("no leader: " + client.cluster());
  }

  private int leased() {
    return (int) caches().stream().filter(cache -> cache.getBoolean("leased")).count();
  }

  private long localHits() {
    return caches().stream().mapToLong(cache -> cache.getLong("localHits")).sum();
  }

  private List<JsonObject> caches() {
    return client.cluster().getJsonArray("nodes", new JsonArray()).stream()
        .map(node -> ((JsonObject) node).getJsonObject("cache"))
        .filter(cache -> cache != null)
        .toList();
  }

  private static void await(String what, BooleanSupplier holds) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + PATIENCE_SECONDS + " s: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}
