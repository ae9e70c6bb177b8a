package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.config.Conf;
import com.pygmy.config.NodeConf;
import com.pygmy.launch.PidFile.Running;
import com.pygmy.launch.SupervisedNode.Event;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Starts every node of a conf as a process of its own, waits until they serve, starts those again
 * that die, and stops them in order. Its owner holds the lock of the data folder. If it is killed
 * itself, its nodes go on; the next supervisor adopts those that it would have started the same
 * way, and replaces the others. Follows the {@link Roster}: starts what is added to it, and leaves
 * to itself what is removed from it; whoever removes a node stops it.
 *
 * <p>One thread runs it; {@link #requestStop} may be called by any.
 */
final class Supervisor {

  /** A node that has not joined its cluster so long after its start holds nobody up any more. */
  static final long FOUNDING_MILLIS = 15_000;

  /** So many deaths of one node before all are ready, and the start has failed. */
  static final int MAX_DEATHS_AT_START = 3;

  /** In its pid file: it starts again who dies. */
  static final String RESPAWNS = "respawns";

  private static final long TICK_MILLIS = 100;
  private static final long ROTATE_MILLIS = 1_000;
  private static final int SHOWN_LOG_LINES = 12;
  private static final int SIGNAL_BASE = 128;

  private final Launch launch;
  private final boolean respawn;
  private final LongSupplier nanoClock;
  private final Consumer<String> say;
  private final ClusterProbe probe;
  private final List<SupervisedNode> nodes = new ArrayList<>();
  private final Map<String, Integer> deaths = new HashMap<>();
  private final CountDownLatch stopRequested = new CountDownLatch(1);
  private Roster roster = new Roster(Map.of());
  private Crew crew;
  private long rotatedNanos;

  /** Why the start failed. */
  record Failure(int exitCode, String reason) {}

  /** Supervises nobody yet; {@code say} takes lines for people. */
  Supervisor(Launch launch, boolean respawn, LongSupplier nanoClock, Consumer<String> say) {
    this.launch = launch;
    this.respawn = respawn;
    this.nanoClock = nanoClock;
    this.say = say;
    this.probe = new ClusterProbe(Trust.in(launch.data()));
    this.crew = Crew.of(launch, roster, say);
    followCrew();
    followRoster();
    this.rotatedNanos = nanoClock.getAsLong();
  }

  private void followRoster() {
    Roster now;
    try {
      now = Roster.read(launch.data());
    } catch (IOException unreadable) {
      return; // as it was, until somebody mends it
    }
    if (!now.equals(roster)) {
      roster = now;
      crew = Crew.of(launch, now, say);
      followCrew();
    }
  }

  private void followCrew() {
    List<SupervisedNode> left =
        nodes.stream()
            .filter(
                node -> crew.mates().stream().noneMatch(mate -> mate.node().equals(node.node())))
            .toList();
    left.forEach(SupervisedNode::endUnclaimed);
    nodes.removeAll(left);
    for (Crew.Mate mate : crew.mates()) {
      if (named(mate.node().name()).isEmpty()) {
        nodes.add(new SupervisedNode(mate.launch(), mate.node(), respawn));
      }
    }
  }

  /** What was added while others run is started. */
  private void startNewcomers() {
    List<SupervisedNode> before = List.copyOf(nodes);
    followRoster();
    long now = nanoClock.getAsLong();
    nodes.stream().filter(node -> !before.contains(node)).forEach(node -> node.startSoon(now));
  }

  /** All nodes that are to run now. */
  Conf conf() {
    return crew.conf();
  }

  /**
   * Starts all nodes and waits until they serve. Empty: they do, or somebody asked to stop. If
   * something is known to be in the way, nothing has been started.
   */
  Optional<Failure> start(long waitMillis) throws IOException {
    try {
      var unused = Roster.read(launch.data());
    } catch (IOException damaged) {
      String reason = "it is not known who came and went: " + damaged.getMessage();
      return Optional.of(new Failure(ExitCode.REFUSED, reason));
    }
    adoptOrReplace();
    Optional<Failure> obstacle = Obstacles.before(launch, toStart());
    if (obstacle.isPresent()) {
      return obstacle;
    }
    long now = nanoClock.getAsLong();
    nodes.stream().filter(SupervisedNode::isGivenUp).forEach(node -> node.startSoon(now));
    return awaitReady(waitMillis);
  }

  private Optional<Failure> awaitReady(long waitMillis) {
    long start = nanoClock.getAsLong();
    List<String> missing = missing();
    while (!missing.isEmpty() && !isStopRequested()) {
      Optional<Failure> failure = tick(true);
      if (failure.isPresent()) {
        return failure;
      }
      if (nanoClock.getAsLong() - start > TimeUnit.MILLISECONDS.toNanos(waitMillis)) {
        String reason = "not ready after %d s:%n  %s";
        return Optional.of(
            new Failure(
                ExitCode.UNAVAILABLE,
                reason.formatted(waitMillis / 1000, String.join("\n  ", missing))));
      }
      pause();
      missing = missing();
    }
    return Optional.empty();
  }

  /** Looks after the nodes until somebody asks to stop, or none is left to look after. */
  void watch() {
    while (!isStopRequested() && !nodes.stream().allMatch(SupervisedNode::isGivenUp)) {
      Optional<Failure> never = tick(false);
      never.ifPresent(failure -> say.accept(failure.reason()));
      pause();
    }
  }

  boolean isStopRequested() {
    return stopRequested.getCount() == 0;
  }

  /** Ends {@link #watch} and {@link #awaitReady}; does not wait. */
  void requestStop() {
    stopRequested.countDown();
  }

  /** Stops all nodes in order, each within this time; then it is killed. */
  void stopNodes(long graceMillis) {
    List<Stopping.Target> targets = nodes.stream().flatMap(n -> n.target().stream()).toList();
    if (new Stopping(graceMillis, nanoClock, say).stop(targets).isGone()) {
      nodes.forEach(node -> node.folder().pidFile().clear());
    }
  }

  /** A frontend may still go by what it heard of a node before that died; we know better. */
  private List<String> missing() {
    List<String> missing = new ArrayList<>(new Readiness(conf(), probe::view).missing());
    nodes.stream()
        .filter(node -> !node.hasClaimedItsFolder())
        .forEach(node -> missing.add(node.node().name() + " has not begun"));
    return missing;
  }

  private List<NodeConf> toStart() {
    return nodes.stream().filter(SupervisedNode::isGivenUp).map(SupervisedNode::node).toList();
  }

  /**
   * What runs on this folder was left behind by a supervisor that was killed, or started by hand.
   */
  private void adoptOrReplace() {
    List<Stopping.Target> others = new ArrayList<>();
    for (DataFolder.NodeFolder folder : launch.data().nodes()) {
      Optional<Running> running = folder.pidFile().read().filter(r -> r.proof().isAlive());
      Optional<SupervisedNode> same =
          running.flatMap(r -> named(folder.name()).filter(node -> isSame(node, r)));
      if (same.isPresent()) {
        same.get().adopt(running.get().proof(), nanoClock.getAsLong());
        say.accept(folder.name() + " runs already (pid " + running.get().proof().pid() + "): kept");
      } else if (running.isPresent()) {
        say.accept(
            "%s runs already (pid %d), started otherwise than now: replacing it"
                .formatted(folder.name(), running.get().proof().pid()));
        Running other = running.get();
        others.add(new Stopping.Target(folder.name(), other.roles(), other.proof()));
      }
    }
    if (!others.isEmpty()) {
      var unusedEnd = new Stopping(Stopping.NODE_GRACE_MILLIS, nanoClock, say).stop(others);
    }
  }

  private boolean isSame(SupervisedNode node, Running running) {
    return running.launch().equals(node.fingerprint());
  }

  private Optional<SupervisedNode> named(String name) {
    return nodes.stream().filter(node -> node.node().name().equals(name)).findFirst();
  }

  private Optional<Failure> tick(boolean starting) {
    // First, so that who was removed and then stopped is not started again.
    startNewcomers();
    for (SupervisedNode node : nodes) {
      long now = nanoClock.getAsLong();
      Event event = node.tick(now, () -> mayStartOneMore(nodes, now));
      if (event instanceof Event.Started started && started.again()) {
        say.accept(node.node().name() + " started again (pid " + started.pid() + ")");
      } else if (event instanceof Event.Died died) {
        if (starting && isHopeless(node, died)) {
          return Optional.of(failure(node, died));
        }
        say.accept(obituary(node, died));
      } else if (event instanceof Event.NotStarted not) {
        if (starting) {
          return Optional.of(notStarted(node, not));
        }
        say.accept(
            "%s cannot be started, %s: trying again in %s s"
                .formatted(node.node().name(), not.reason(), not.retryMillis() / 1000.0));
      }
    }
    rotateLogs();
    return Optional.empty();
  }

  /**
   * May one more node start? The first starts alone, and founds the cluster: nodes that are all
   * half started may not agree in time on who of them does. The others then find it founded.
   */
  static boolean mayStartOneMore(List<SupervisedNode> nodes, long nowNanos) {
    return nodes.stream().anyMatch(SupervisedNode::hasJoined)
        || nodes.stream().noneMatch(node -> node.isJoining(nowNanos, FOUNDING_MILLIS));
  }

  private static Failure notStarted(SupervisedNode node, Event.NotStarted not) {
    return new Failure(
        ExitCode.UNAVAILABLE, node.node().name() + " cannot be started: " + not.reason());
  }

  private boolean isHopeless(SupervisedNode node, Event.Died died) {
    int exitCode = died.exitCode().orElse(ExitCode.UNAVAILABLE);
    boolean endsTheSameAgain = exitCode == ExitCode.REFUSED || exitCode == ExitCode.USAGE;
    int count = deaths.merge(node.node().name(), 1, Integer::sum);
    return endsTheSameAgain || !respawn || count >= MAX_DEATHS_AT_START;
  }

  private Failure failure(SupervisedNode node, Event.Died died) {
    List<String> lines = node.lastLines(SHOWN_LOG_LINES);
    String log =
        lines.isEmpty()
            ? "it logged nothing"
            : "the end of " + node.log().file() + ":\n    " + String.join("\n    ", lines);
    int exitCode =
        died.exitCode().orElse(0) == ExitCode.USAGE ? ExitCode.USAGE : ExitCode.UNAVAILABLE;
    return new Failure(
        exitCode, "%s ended while starting, %s; %s".formatted(node.node().name(), how(died), log));
  }

  private static String obituary(SupervisedNode node, Event.Died died) {
    String next =
        died.retryMillis()
            .map(millis -> "starting it again in " + millis / 1000.0 + " s")
            .orElse("left as it is");
    return "%s (pid %d) ended, %s: %s".formatted(node.node().name(), died.pid(), how(died), next);
  }

  private static String how(Event.Died died) {
    OptionalInt code = died.exitCode();
    if (code.isEmpty()) {
      return "nobody knows how";
    }
    return code.getAsInt() > SIGNAL_BASE
        ? "by signal " + (code.getAsInt() - SIGNAL_BASE)
        : "with exit code " + code.getAsInt();
  }

  private void rotateLogs() {
    long now = nanoClock.getAsLong();
    if (now - rotatedNanos < TimeUnit.MILLISECONDS.toNanos(ROTATE_MILLIS)) {
      return;
    }
    rotatedNanos = now;
    List<LogFile> logs = new ArrayList<>(nodes.stream().map(SupervisedNode::log).toList());
    logs.add(new LogFile(launch.data().supervisorLog()));
    for (LogFile log : logs) {
      try {
        log.rotateIfLarge(LogFile.MAX_BYTES);
      } catch (IOException e) {
        say.accept(log.file() + " grows, as it cannot be moved: " + e.getMessage());
        rotatedNanos = now + TimeUnit.MINUTES.toNanos(1);
      }
    }
  }

  private void pause() {
    try {
      if (stopRequested.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      requestStop();
    }
  }
}
