package com.pygmy.replication.ratis;

import com.pygmy.Ports;
import com.pygmy.replication.Leadership;
import com.pygmy.replication.Member;
import com.pygmy.replication.MembersChange;
import com.pygmy.replication.Proposal;
import com.pygmy.replication.ReadPoint;
import com.pygmy.replication.ratis.Settings.Replica;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Replicas in this JVM, each with its folder, on free ports of the loopback. */
final class TestCluster implements AutoCloseable {
  static final long PATIENCE_SECONDS = 60;

  /** One replica. */
  static final class Node {
    final String name;
    final Path folder;
    LineState state;
    RatisLog<Long> log;

    /** Of its own: what was let in knows all, what was there before does not know it. */
    Optional<List<Replica>> conf = Optional.empty();

    final BlockingQueue<Throwable> fatal = new LinkedBlockingQueue<>();

    Node(String name, Path folder) {
      this.name = name;
      this.folder = folder;
    }

    boolean runs() {
      return log != null;
    }
  }

  final List<Replica> replicas = new ArrayList<>();
  final Map<String, Node> nodes = new TreeMap<>();
  private final RandomGenerator random;
  private final int syncEvery;
  private UnaryOperator<Settings> change = settings -> settings;

  TestCluster(Path root, int size, long seed, int syncEvery) {
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    this.syncEvery = syncEvery;
    for (int i = 1; i <= size; i++) {
      String name = "c" + i;
      replicas.add(new Replica(name, "127.0.0.1", Ports.free()));
      nodes.put(name, new Node(name, root.resolve(name)));
    }
  }

  TestCluster with(UnaryOperator<Settings> settings) {
    change = settings;
    return this;
  }

  /** A replica that is in no conf but its own. */
  Node newcomer(Path root, String name) {
    Node node = new Node(name, root.resolve(name));
    List<Replica> all = new ArrayList<>(replicas);
    all.add(new Replica(name, "127.0.0.1", Ports.free()));
    node.conf = Optional.of(List.copyOf(all));
    nodes.put(name, node);
    return node;
  }

  /** As its own conf says it. */
  static Member member(Node node) {
    Replica own = node.conf.orElseThrow().get(node.conf.orElseThrow().size() - 1);
    return new Member(own.name(), own.host(), own.port());
  }

  /** Starts a newcomer and has it let in. */
  Node add(Path root, String name) throws IOException {
    Node node = newcomer(root, name);
    start(name);
    change(log -> log.addMember(member(node)));
    join(node.log.ready());
    return node;
  }

  /** Asks the leader of the moment until the change is made. */
  List<Member> change(Function<RatisLog<Long>, CompletionStage<MembersChange>> ask) {
    return awaitValue(
        "a change of members",
        () -> {
          MembersChange outcome = join(ask.apply(leader().log));
          return outcome instanceof MembersChange.Done done ? done.members() : null;
        });
  }

  /** While all are stopped. */
  void moveToOtherPorts() {
    for (int i = 0; i < replicas.size(); i++) {
      replicas.set(i, new Replica(replicas.get(i).name(), "127.0.0.1", Ports.free()));
    }
  }

  TestCluster startAll() throws IOException {
    for (String name : nodes.keySet()) {
      start(name);
    }
    return this;
  }

  /** Before that, a new store is not whole: Ratis counts no vote of an empty log. */
  TestCluster awaitReady() {
    running().forEach(node -> join(node.log.ready()));
    return this;
  }

  Node node(String name) {
    return nodes.get(name);
  }

  Node start(String name) throws IOException {
    return start(name, settings -> settings);
  }

  Node start(String name, UnaryOperator<Settings> more) throws IOException {
    Node node = nodes.get(name);
    node.state = new LineState(node.folder.resolve("state"), syncEvery);
    Settings settings =
        more.apply(
            change.apply(
                Settings.of(
                    "test", name, node.conf.orElse(replicas), node.folder.resolve("raft"))));
    try {
      node.log =
          RatisLog.start(
              settings,
              node.state,
              new Outside(System::nanoTime, System::currentTimeMillis, random, node.fatal::add));
    } catch (IOException | RuntimeException failed) {
      node.state.close();
      throw failed;
    }
    return node;
  }

  void stop(String name) throws IOException {
    Node node = nodes.get(name);
    if (node.runs()) {
      node.log.close();
      node.log = null;
      node.state.close();
    }
  }

  List<Node> running() {
    return nodes.values().stream().filter(Node::runs).toList();
  }

  Node leader() {
    return awaitValue(
        "a ready leader",
        () ->
            running().stream()
                .filter(n -> n.log.leadership().ready())
                .max((a, b) -> Long.compare(a.log.leadership().term(), b.log.leadership().term()))
                .orElse(null));
  }

  Node follower() {
    Node leader = leader();
    return running().stream().filter(n -> n != leader).findFirst().orElseThrow();
  }

  /** Proposes until it is decided; counts on the test that a second try does no harm. */
  long write(String line) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    Proposal<Long> last = null;
    while (System.nanoTime() - deadline < 0) {
      last = propose(leader(), line);
      if (last instanceof Proposal.Committed<Long> committed) {
        return committed.index();
      }
    }
    throw new AssertionError("not decided: " + line + ": " + last);
  }

  static Proposal<Long> propose(Node node, String line) {
    Leadership now = node.log.leadership();
    return join(node.log.propose(now.term(), bytes(line)));
  }

  static <R> Proposal.Committed<R> committed(Proposal<R> outcome) {
    if (outcome instanceof Proposal.Committed<R> committed) {
      return committed;
    }
    throw new AssertionError("not committed: " + outcome);
  }

  static byte[] bytes(String line) {
    return line.getBytes(StandardCharsets.UTF_8);
  }

  static <T> T join(java.util.concurrent.CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  static ReadPoint read(Node node) {
    return join(node.log.confirmRead());
  }

  /** A read point, however long it takes. */
  static ReadPoint.Confirmed confirmed(Node node) {
    return awaitValue(
        "a confirmed read at " + node.name,
        () -> read(node) instanceof ReadPoint.Confirmed point ? point : null);
  }

  static void await(String what, BooleanSupplier condition) {
    Boolean reached = awaitValue(what, () -> condition.getAsBoolean() ? true : null);
    if (!reached) {
      throw new AssertionError(what);
    }
  }

  static <T> T awaitValue(String what, java.util.function.Supplier<T> value) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() - deadline < 0) {
      T found = value.get();
      if (found != null) {
        return found;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    throw new AssertionError("waited in vain for " + what);
  }

  /** All at once: Ratis takes seconds to close. */
  void stopAll() throws IOException {
    List<Node> running = running();
    running.parallelStream().forEach(node -> node.log.close());
    for (Node node : running) {
      node.log = null;
      node.state.close();
    }
  }

  @Override
  public void close() throws IOException {
    stopAll();
  }
}
