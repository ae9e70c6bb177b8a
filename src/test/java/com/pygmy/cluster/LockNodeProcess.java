package com.pygmy.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.pygmy.cluster.ClusterSettings.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A node in its own process, for tests of the lock: joins, and does what it is told on its standard
 * input, one line each. Times are those of the machine's monotonic clock, which all processes
 * share.
 *
 * <table>
 * <caption>What it understands</caption>
 * <tr><td>{@code owner L}</td><td>says {@code OWNER L true}, when the entry of lock L is kept
 *     here</td></tr>
 * <tr><td>{@code contend L}</td><td>says {@code HOLDS L nanos} when it is first seen to hold, and
 *     {@code HELD L nanos nanos} when no more: when it was first and last seen to</td></tr>
 * <tr><td>{@code release L}</td><td>says {@code RELEASED L}</td></tr>
 * <tr><td>{@code entry L}</td><td>says {@code ENTRY L entry}</td></tr>
 * <tr><td>{@code members}</td><td>says {@code MEMBERS n}</td></tr>
 * </table>
 */
final class LockNodeProcess {

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;
  private final String owner;
  private final Map<String, Watched> locks = new ConcurrentHashMap<>();

  private LockNodeProcess(Vertx vertx, String owner) {
    this.vertx = vertx;
    this.owner = owner;
    this.hazelcast =
        ((HazelcastClusterManager) ((VertxInternal) vertx).clusterManager()).getHazelcastInstance();
  }

  /** Arguments: cluster name, own index, then the ports of all members, on loopback. */
  public static void main(String[] args) throws Exception {
    List<Endpoint> members =
        Stream.of(args).skip(2).map(p -> new Endpoint("127.0.0.1", Integer.parseInt(p))).toList();
    int self = Integer.parseInt(args[1]);
    LockNodeProcess node =
        new LockNodeProcess(
            TestCluster.await(TestCluster.start(args[0], self, members)), "n" + self);
    Thread watch = new Thread(node::watch, "watch");
    watch.setDaemon(true);
    watch.start();
    say("READY");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      node.obey(line.split(" ", -1));
    }
    System.exit(0);
  }

  private void obey(String[] words) throws Exception {
    switch (words[0]) {
      case "owner" -> say("OWNER " + words[1] + " " + keeps(words[1]));
      case "contend" -> lock(words[1]).contend();
      case "release" -> {
        TestCluster.await(lock(words[1]).release());
        say("RELEASED " + words[1]);
      }
      case "entry" -> say("ENTRY " + words[1] + " " + TestCluster.await(entry(words[1])));
      case "members" -> say("MEMBERS " + hazelcast.getCluster().getMembers().size());
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  private boolean keeps(String lock) {
    return hazelcast.getPartitionService().getPartition(lock).getOwner().localMember();
  }

  private Future<String> entry(String lock) {
    return vertx
        .sharedData()
        .<String, String>getAsyncMap("pygmy.lock")
        .compose(map -> map.get(lock));
  }

  private ClusterLock lock(String name) {
    return locks.computeIfAbsent(
            name, n -> new Watched(n, new ClusterLock(vertx, n, owner, System::nanoTime)))
        .lock;
  }

  private void watch() {
    while (!Thread.interrupted()) {
      locks.values().forEach(Watched::look);
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Looked at by one thread. */
  private static final class Watched {
    final String name;
    final ClusterLock lock;
    OptionalLong since = OptionalLong.empty();
    long until;

    Watched(String name, ClusterLock lock) {
      this.name = name;
      this.lock = lock;
    }

    /** What is said between two looks is true whenever this process was frozen. */
    void look() {
      long before = System.nanoTime();
      boolean holds = lock.holdsNow();
      long after = System.nanoTime();
      if (holds && since.isEmpty()) {
        since = OptionalLong.of(after);
        say("HOLDS " + name + " " + after);
      }
      if (holds) {
        until = before;
      } else if (since.isPresent()) {
        say("HELD " + name + " " + since.getAsLong() + " " + until);
        since = OptionalLong.empty();
      }
    }
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
