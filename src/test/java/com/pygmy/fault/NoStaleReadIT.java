package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.chaos.Ledger;
import com.pygmy.chaos.Load;
import com.pygmy.chaos.Network;
import com.pygmy.chaos.Traffic;
import com.pygmy.history.Checker;
import com.pygmy.history.History;
import com.pygmy.history.HistoryText;
import com.pygmy.history.Recorder;
import com.pygmy.history.Verdict;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers at all frontends against buys, restocks and new prices on the same few books, while the
 * leader is killed, frozen and thawed, cut off and healed: what they saw is linearizable.
 */
@Tag("faults")
class NoStaleReadIT {

  /** Four books, six readers, six buyers, two administrators. */
  private static final Load LOAD = new Load(4, 6, 6, 2, 5_000, 500, 500, 1);

  private static final int CAPACITY = 2_000_000;
  private static final long PATIENCE_SECONDS = 60;
  private static final long SEED = Long.getLong("pygmy.seed", 20_261_120L);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private ShopClient client;
  private Ledger ledger;
  private long told;

  @Test
  void whatEveryReaderSeesIsLinearizableThroughKillsFreezesAndCuts() throws Exception {
    Recorder recorder = new Recorder(LOAD.initial(), System::nanoTime, CAPACITY);
    ledger = new Ledger();
    try (NodesByHand nodes = NodesByHand.start(folder, LOAD.catalogue());
        ShopClient operator = new ShopClient(nodes.urls());
        Traffic traffic =
            new Traffic(nodes.urls(), Shop.TOKEN, LOAD, SEED, recorder, ledger, System::nanoTime)) {
      client = operator;
      await("all nodes serve from their caches", () -> leased() == NodesByHand.NODES);
      told = System.nanoTime();
      Future<Void> clients = traffic.start();
      during(2_000);
      tell("no fault");
      freeze(nodes, leader());
      tell("the leader frozen for 2 s");
      freeze(nodes, 1 + leader() % NodesByHand.NODES);
      tell("another node frozen for 2 s");
      kill(nodes, leader());
      tell("the leader killed");
      if (nodes.network().isPresent()) {
        cutOff(nodes.network().get(), leader());
        tell("the leader cut off for 6 s");
      }
      traffic.stop();
      ShopClient.await(clients);
      judge(recorder.history());
    }
  }

  private void judge(History history) throws Exception {
    long begun = System.nanoTime();
    Verdict verdict = new Checker(Checker.DEFAULT_STEPS).check(history);
    System.out.printf(
        "NO STALE READ: %d reads, %d writes; checked in %d ms%n%s%n",
        ledger.counts().reads(),
        writes(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun),
        caches());
    if (!(verdict instanceof Verdict.Ok)) {
      Path kept = Path.of("target", "history-" + System.currentTimeMillis() + ".txt");
      HistoryText.save(history, kept);
      System.out.println("the history is kept in " + kept);
    }
    assertEquals(List.of(), ledger.violations());
    assertInstanceOf(Verdict.Ok.class, verdict, () -> "seed " + SEED + ": " + verdict);
    assertTrue(
        localHits() > ledger.counts().reads() / 20, () -> "caches served too little: " + caches());
  }

  private void tell(String fault) {
    long now = System.nanoTime();
    System.out.printf(
        "NO STALE READ: %s: longest pause of buys %d ms%n",
        fault, TimeUnit.NANOSECONDS.toMillis(ledger.buys().longest(told, now, now).nanos()));
    told = now;
  }

  private long writes() {
    return ledger.counts().bought() + ledger.counts().changes();
  }

  private void freeze(NodesByHand nodes, int node) throws Exception {
    nodes.signal(node, "STOP");
    try {
      during(2_000);
    } finally {
      nodes.signal(node, "CONT");
    }
    recover();
  }

  private void kill(NodesByHand nodes, int node) throws Exception {
    nodes.signal(node, "KILL");
    // What was heard of it before its death still says that it leads and serves.
    await("another one leads", () -> knownLeader().orElse(node) != node);
    await("it is missed", () -> leased() < NodesByHand.NODES);
    recover();
  }

  /** From the other nodes, not from its clients. */
  private void cutOff(Network network, int node) throws Exception {
    network.cut(List.of(node), Network.Direction.BOTH);
    try {
      during(6_000);
    } finally {
      network.heal(node);
    }
    recover();
  }

  private void recover() throws Exception {
    await("all nodes serve from their caches again", () -> leased() == NodesByHand.NODES);
    during(1_000);
  }

  /** Lets the clients go on for a while, and until they were answered anew. */
  private void during(long millis) throws Exception {
    long writes = writes();
    TimeUnit.MILLISECONDS.sleep(millis);
    await("writes go on", () -> writes() > writes);
  }

  private int leader() throws InterruptedException {
    OptionalInt[] found = {OptionalInt.empty()};
    await(
        "somebody leads",
        () -> {
          found[0] = knownLeader();
          return found[0].isPresent();
        });
    return found[0].getAsInt();
  }

  private OptionalInt knownLeader() {
    return client.cluster().getJsonArray("nodes", new JsonArray()).stream()
        .map(JsonObject.class::cast)
        .filter(
            node ->
                node.getJsonArray("replicas").stream()
                    .anyMatch(replica -> ((JsonObject) replica).getString("role").equals("leader")))
        .mapToInt(node -> Integer.parseInt(node.getString("node").substring(1)))
        .findFirst();
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
