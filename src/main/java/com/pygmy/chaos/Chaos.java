package com.pygmy.chaos;

import com.pygmy.chaos.Breaker.Broken;
import com.pygmy.history.History;
import com.pygmy.history.Recorder;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One run against a shop that is ready: clients, faults one after the other, each after the shop
 * has got over the last, and the verdict. Blocks its thread.
 */
public final class Chaos {

  /** For the shop to get over a fault; longer is a violation. */
  static final long RECOVERY_MILLIS = 60_000;

  /** For the last requests to come to an outcome. */
  private static final long OUTCOME_SECONDS = 60;

  private static final long POLL_MILLIS = 50;
  private static final int CAPACITY = 4_000_000;

  private final Topology topology;
  private final Breaker breaker;
  private final String token;
  private final Options options;
  private final LongSupplier nanos;
  private final Consumer<String> say;
  private final List<Injected> faults = new ArrayList<>();
  private final List<String> troubles = new ArrayList<>();

  /**
   * What is to be done.
   *
   * @param millis from when the shop is warm until nothing new begins
   * @param everyMillis from one fault to the next, at least
   */
  public record Options(
      long seed, long millis, long everyMillis, List<FaultKind> kinds, Load load) {

    public Options {
      kinds = List.copyOf(kinds);
    }
  }

  /**
   * Does nothing yet.
   *
   * @param token of the administrator
   * @param say takes lines for people
   */
  public Chaos(
      Topology topology,
      Breaker breaker,
      String token,
      Options options,
      LongSupplier nanos,
      Consumer<String> say) {
    this.topology = topology;
    this.breaker = breaker;
    this.token = token;
    this.options = options;
    this.nanos = nanos;
    this.say = say;
  }

  /**
   * Runs it.
   *
   * @throws IOException if a fault could not be made or taken back, or the shop not be inspected;
   *     that says nothing about the shop
   */
  public Findings run() throws IOException, InterruptedException {
    Ledger ledger = new Ledger();
    Load load = options.load();
    Recorder recorder = new Recorder(load.initial(), nanos, CAPACITY);
    List<String> urls = List.copyOf(topology.urls().values());
    try (Traffic traffic =
        new Traffic(urls, token, load, options.seed(), recorder, ledger, nanos)) {
      Future<Void> clients = traffic.start();
      if (!traffic.awaitWarm(RECOVERY_MILLIS)) {
        troubles.add("the shop was not warm in " + RECOVERY_MILLIS / 1_000 + " s");
      }
      long begun = nanos.getAsLong();
      breakOneAfterTheOther(begun, clients);
      long ended = nanos.getAsLong();
      traffic.stop();
      awaitOutcomes(clients, traffic);
      if (troubles.isEmpty()) {
        String unusedLast = awaitLevel("the end of all faults");
      }
      Evidence evidence = evidence(load, recorder.history(), ledger, urls);
      topology
          .endedByThemselves()
          .forEach(ending -> say.accept("a node ended by itself and was started again: " + ending));
      say.accept("checking " + evidence.history().operations().size() + " operations");
      return new Findings(
          evidence, Judge.judge(evidence), begun, ended, traffic.heldUp(begun, ended));
    }
  }

  private void breakOneAfterTheOther(long begun, Future<Void> clients)
      throws IOException, InterruptedException {
    Schedule schedule = new Schedule(options.seed(), options.kinds());
    long end = begun + TimeUnit.MILLISECONDS.toNanos(options.millis());
    long next = begun;
    while (next - end < 0 && troubles.isEmpty() && !clients.isComplete()) {
      sleepUntil(next);
      Injected injected = inject(schedule.next(), begun);
      faults.add(injected);
      long earliest = injected.begun() + TimeUnit.MILLISECONDS.toNanos(options.everyMillis());
      next = Math.max(earliest, nanos.getAsLong());
    }
    if (troubles.isEmpty() && !clients.isComplete()) {
      sleepUntil(end);
    }
  }

  private Injected inject(Fault fault, long origin) throws IOException, InterruptedException {
    List<String> nodes = breaker.targets(fault);
    long begun = nanos.getAsLong();
    Broken broken = breaker.begin(fault, nodes);
    try {
      if (fault.kind() == FaultKind.CLOCK) {
        String unusedLast = awaitLevel(name(fault, nodes)); // with the wrong time
      }
      TimeUnit.MILLISECONDS.sleep(fault.holdMillis());
    } finally {
      broken.undo().run();
    }
    long over = nanos.getAsLong();
    String last = awaitLevel(name(fault, nodes));
    long level = nanos.getAsLong();
    say.accept(
        "%6.1f s  %s %s%s: level after %.1f s%s"
            .formatted(
                (begun - origin) / 1e9,
                fault.kind().label(),
                String.join(",", nodes),
                broken.detail().isEmpty() ? "" : " (" + broken.detail() + ")",
                (level - over) / 1e9,
                last.isEmpty() ? "" : "; last: " + last));
    return new Injected(fault, nodes, broken.detail(), begun, over, level);
  }

  private static String name(Fault fault, List<String> nodes) {
    return "fault %d, %s of %s"
        .formatted(fault.number(), fault.kind().label(), String.join(",", nodes));
  }

  /**
   * Until the killed ones run again, and then until all have what there was at that moment.
   *
   * @return what was waited for last
   */
  private String awaitLevel(String what) throws InterruptedException {
    long deadline = nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(RECOVERY_MILLIS);
    Map<String, Long> furthest = Map.of();
    String last = "";
    while (true) {
      List<String> unlevel = topology.unlevel(furthest);
      if (unlevel.isEmpty() && !furthest.isEmpty()) {
        return last;
      } else if (unlevel.isEmpty()) {
        furthest = topology.furthest();
        continue;
      }
      if (nanos.getAsLong() - deadline > 0) {
        troubles.add(
            "%s: not got over in %d s: %s"
                .formatted(
                    what,
                    TimeUnit.MILLISECONDS.toSeconds(RECOVERY_MILLIS),
                    String.join("; ", unlevel)));
        return last;
      }
      last = unlevel.get(0);
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private void awaitOutcomes(Future<Void> clients, Traffic traffic) throws InterruptedException {
    try {
      clients.await(OUTCOME_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      traffic.giveUp();
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (RuntimeException e) {
      troubles.add("a client broke down: " + e);
    }
  }

  private Evidence evidence(Load load, History history, Ledger ledger, List<String> urls)
      throws IOException, InterruptedException {
    List<Inventory> inventories = new ArrayList<>();
    List<String> audit = List.of();
    if (troubles.isEmpty()) {
      Vertx vertx = Vertx.vertx();
      try {
        for (String url : urls) {
          inventories.add(Inventory.take(vertx, url, token, load.books()));
        }
      } finally {
        vertx.close().await();
      }
      audit = topology.audit();
    }
    Map<String, String> nodesByUrl = new HashMap<>();
    topology.urls().forEach((node, url) -> nodesByUrl.put(url, node));
    return new Evidence(load, history, ledger, inventories, faults, nodesByUrl, troubles, audit);
  }

  private void sleepUntil(long moment) throws InterruptedException {
    long left = moment - nanos.getAsLong();
    if (left > 0) {
      TimeUnit.NANOSECONDS.sleep(left);
    }
  }
}
