package com.pygmy.launch;

import com.pygmy.config.NodeConf;
import com.pygmy.config.Role;
import com.pygmy.launch.DataFolder.NodeFolder;
import com.pygmy.launch.PidFile.Running;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One node under supervision. Starts it, or adopts one that runs; says when it has died; waits; and
 * starts it again. One thread.
 */
final class SupervisedNode {

  /** What a look at a node found. */
  sealed interface Event {
    /** Nothing new. */
    record Nothing() implements Event {}

    /**
     * It runs.
     *
     * @param again did it run before, under this supervisor?
     */
    record Started(long pid, boolean again) implements Event {}

    /**
     * It ended.
     *
     * @param exitCode unknown of a process that another supervisor started
     * @param retryMillis until it is started again; empty: never
     */
    record Died(long pid, OptionalInt exitCode, Optional<Long> retryMillis) implements Event {}

    /** The machine has no process, no memory or no disk for it; tried again. */
    record NotStarted(String reason, long retryMillis) implements Event {}
  }

  /** Of a JVM that was asked to stop, and did so in order: 128 and SIGTERM. */
  private static final int ORDERLY_EXIT = 143;

  private static final Event NOTHING = new Event.Nothing();

  private final Launch launch;
  private final NodeConf node;
  private final boolean respawn;
  private final LogFile log;
  private final Backoff backoff;
  private final Consumer<ProcessBuilder> dress;

  private Optional<ProcessProof> running = Optional.empty();
  private Optional<Process> child = Optional.empty();
  private boolean ranBefore;
  private long startedNanos;
  private long logOffset;
  private Optional<Long> startAtNanos = Optional.empty();

  SupervisedNode(Launch launch, NodeConf node, boolean respawn) {
    this(launch, node, respawn, new Backoff(), process -> {});
  }

  /**
   * One that is started otherwise than usual.
   *
   * @param dress changes what is about to be started, each time
   */
  SupervisedNode(
      Launch launch,
      NodeConf node,
      boolean respawn,
      Backoff backoff,
      Consumer<ProcessBuilder> dress) {
    this.backoff = backoff;
    this.dress = dress;
    this.launch = launch;
    this.node = node;
    this.respawn = respawn;
    this.log = new LogFile(folder().log());
  }

  /** By what it would be started now. */
  String fingerprint() {
    return launch.fingerprint(node);
  }

  NodeConf node() {
    return node;
  }

  NodeFolder folder() {
    return launch.data().node(node.name());
  }

  LogFile log() {
    return log;
  }

  /** Is it over with this node, without a respawn? */
  boolean isGivenUp() {
    return running.isEmpty() && startAtNanos.isEmpty();
  }

  /** Does it live, and has it said so itself? */
  boolean hasClaimedItsFolder() {
    return claim().isPresent();
  }

  /** Ends what was started a moment ago: until it has said that it runs, nobody else knows. */
  void endUnclaimed() {
    if (!hasClaimedItsFolder()) {
      running.flatMap(ProcessProof::alive).ifPresent(ProcessHandle::destroy);
    }
  }

  /** Does it live, and has it joined its cluster? */
  boolean hasJoined() {
    return claim().filter(Running::joined).isPresent();
  }

  /** Has it been started less than so long ago, and not joined its cluster yet? */
  boolean isJoining(long nowNanos, long patienceMillis) {
    return running.isPresent()
        && nowNanos - startedNanos < TimeUnit.MILLISECONDS.toNanos(patienceMillis)
        && !hasJoined();
  }

  private Optional<Running> claim() {
    return folder().pidFile().read().filter(r -> running.equals(Optional.of(r.proof())));
  }

  Optional<Stopping.Target> target() {
    List<String> roles = node.roles().stream().map(Role::label).toList();
    return running.map(proof -> new Stopping.Target(node.name(), roles, proof));
  }

  /** Watches a process that runs in this node's folder already. */
  void adopt(ProcessProof proof, long nowNanos) {
    running = Optional.of(proof);
    child = Optional.empty();
    startedNanos = nowNanos;
    ranBefore = true;
  }

  /** Has it started by one of the next {@link #tick}s. */
  void startSoon(long nowNanos) {
    startAtNanos = Optional.of(nowNanos);
  }

  /** Starts it now, unless it was started by other hands meanwhile: that one is adopted. */
  private Event start(long nowNanos) throws IOException {
    startAtNanos = Optional.empty();
    boolean again = ranBefore;
    Optional<Running> other = folder().pidFile().read().filter(r -> r.proof().isAlive());
    if (other.isPresent()) {
      adopt(other.get().proof(), nowNanos);
      return new Event.Started(other.get().proof().pid(), again);
    }
    Files.createDirectories(folder().log().getParent());
    log.rotateIfLarge(LogFile.MAX_BYTES);
    logOffset = log.sizeOrZero();
    ProcessBuilder builder =
        new ProcessBuilder(launch.command(node))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder().log().toFile()));
    builder.environment().clear();
    builder.environment().putAll(launch.environment());
    dress.accept(builder);
    Process process = builder.start();
    process.getOutputStream().close();
    child = Optional.of(process);
    running = Optional.of(ProcessProof.of(process.pid()));
    startedNanos = nowNanos;
    ranBefore = true;
    return new Event.Started(process.pid(), again);
  }

  /**
   * Looks after it once.
   *
   * @param mayStart asked when it is time to start it; if not, it is asked again at the next tick
   */
  Event tick(long nowNanos, BooleanSupplier mayStart) {
    if (running.isPresent()) {
      return running.get().isAlive() ? NOTHING : died(running.get(), nowNanos);
    }
    boolean isDue = startAtNanos.isPresent() && nowNanos - startAtNanos.get() >= 0;
    if (isDue && mayStart.getAsBoolean()) {
      try {
        return start(nowNanos);
      } catch (IOException | UncheckedIOException e) {
        return new Event.NotStarted(String.valueOf(e.getMessage()), startAgain(0, nowNanos));
      }
    }
    return NOTHING;
  }

  /** The last lines that it logged in its latest life. */
  List<String> lastLines(int count) {
    try {
      return log.lastLines(count, logOffset);
    } catch (IOException e) {
      return List.of("its log cannot be read: " + e.getMessage());
    }
  }

  private Event died(ProcessProof proof, long nowNanos) {
    OptionalInt exitCode = exitCode();
    running = Optional.empty();
    child = Optional.empty();
    Optional<Long> wait = Optional.empty();
    if (respawn) {
      long lived = TimeUnit.NANOSECONDS.toMillis(nowNanos - startedNanos);
      boolean orderly = exitCode.equals(OptionalInt.of(ORDERLY_EXIT));
      wait = Optional.of(orderly ? startAtOnce(nowNanos) : startAgain(lived, nowNanos));
    }
    return new Event.Died(proof.pid(), exitCode, wait);
  }

  /** Nothing is wrong with a node that was asked to stop. */
  private long startAtOnce(long nowNanos) {
    startSoon(nowNanos);
    return 0;
  }

  private long startAgain(long livedMillis, long nowNanos) {
    long millis = backoff.afterLifeOf(livedMillis);
    startAtNanos = Optional.of(nowNanos + TimeUnit.MILLISECONDS.toNanos(millis));
    return millis;
  }

  private OptionalInt exitCode() {
    if (child.isEmpty()) {
      return OptionalInt.empty();
    }
    try {
      // It is dead to the kernel; the JVM learns of it a moment later.
      boolean known = child.get().waitFor(1, TimeUnit.SECONDS);
      return known ? OptionalInt.of(child.get().exitValue()) : OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }
}
