package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.Ports;
import com.pygmy.replication.Standing;
import com.pygmy.replication.ratis.PeerProtocol.Caller;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import com.pygmy.replication.ratis.Settings.Replica;
import com.pygmy.replication.ratis.TestCluster.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica that comes back at another address with its data goes on. */
class MovedReplicasTest {
  private static final long SEED = Long.getLong("pygmy.seed", 1);

  /** Some looks of the membership, with which nothing must have happened. */
  private static final long QUIET_MILLIS = 3_500;

  private static final long ASK_MILLIS = 5_000;

  @TempDir Path folder;

  private TestCluster cluster(int size) throws Exception {
    return new TestCluster(folder, size, SEED, 5);
  }

  private static void allHave(TestCluster cluster, List<String> lines) {
    for (Node node : cluster.running()) {
      TestCluster.confirmed(node);
      assertEquals(lines, node.state.lines(), node.name);
    }
  }

  /** Its own conf says so; those of the others do not. */
  private static Replica move(TestCluster cluster, Node node) {
    Replica there = new Replica(node.name, "127.0.0.1", Ports.free());
    node.conf =
        Optional.of(
            cluster.replicas.stream().map(r -> r.name().equals(node.name) ? there : r).toList());
    return there;
  }

  private static void awaitConfigured(TestCluster cluster, Replica... moved) {
    Set<Replica> wanted = new HashSet<>(List.of(moved));
    for (Node node : cluster.running()) {
      TestCluster.await(
          node.name + " has " + wanted + " in its configuration",
          () -> node.log.addresses().containsAll(wanted));
    }
  }

  private static Replica address(List<Replica> replicas, String name) {
    return replicas.stream().filter(r -> r.name().equals(name)).findFirst().orElseThrow();
  }

  private static void pause() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
  }

  @Test
  void aReplicaThatMovedIsFoundByOthersWhoseConfHasItsOldAddress() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady()) {
      cluster.write("a");
      Node moving = cluster.follower();
      String id = moving.log.incarnation();
      cluster.stop(moving.name);
      Replica there = move(cluster, moving);
      cluster.start(moving.name);
      TestCluster.join(moving.log.ready());
      assertEquals(id, moving.log.incarnation());
      awaitConfigured(cluster, there);

      // It counts for a majority, though who starts now knows its address from the group alone.
      List<Node> others = cluster.running().stream().filter(node -> node != moving).toList();
      cluster.stop(others.get(1).name);
      cluster.write("b");
      cluster.start(others.get(1).name);
      cluster.stop(others.get(0).name);
      cluster.write("c");
      allHave(cluster, List.of("a", "b", "c"));
    }
  }

  @Test
  void aLeaderMovesToo() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady()) {
      cluster.write("a");
      Node moving = cluster.leader();
      cluster.stop(moving.name);
      Replica there = move(cluster, moving);
      cluster.write("b");
      cluster.start(moving.name);
      TestCluster.join(moving.log.ready());
      awaitConfigured(cluster, there);
      // And moves back, which is a change again.
      cluster.stop(moving.name);
      moving.conf = Optional.empty();
      cluster.start(moving.name);
      TestCluster.join(moving.log.ready());
      awaitConfigured(cluster, cluster.replicas.toArray(Replica[]::new));
      allHave(cluster, List.of("a", "b"));
    }
  }

  @Test
  void whoAnswersWhereTheConfigurationHasItHasNotMoved() throws Exception {
    try (TestCluster cluster = cluster(1).startAll().awaitReady()) {
      Set<Replica> before = Set.copyOf(cluster.replicas);
      cluster.stopAll();
      Node node = cluster.node("c1");
      Replica here = cluster.replicas.get(0);
      node.conf = Optional.of(List.of(new Replica("c1", "localhost", here.port())));
      cluster.startAll().awaitReady();
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS);
      while (System.nanoTime() - end < 0) {
        assertEquals(before, node.log.addresses());
        pause();
      }
    }
  }

  @Test
  void allMoveAtOnceWithNewConfsEverywhere() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady()) {
      cluster.write("a");
      Set<ReplicaId> before = cluster.leader().log.members();
      cluster.stopAll();
      cluster.moveToOtherPorts();
      cluster.startAll().awaitReady();
      awaitConfigured(cluster, cluster.replicas.toArray(Replica[]::new));
      assertEquals(before, cluster.leader().log.members());
      cluster.write("b");
      allHave(cluster, List.of("a", "b"));
    }
  }

  @Test
  void aSingleReplicaMoves() throws Exception {
    try (TestCluster cluster = cluster(1).startAll().awaitReady()) {
      cluster.write("a");
      cluster.stopAll();
      cluster.moveToOtherPorts();
      cluster.startAll().awaitReady();
      awaitConfigured(cluster, cluster.replicas.get(0));
      cluster.write("b");
      allHave(cluster, List.of("a", "b"));
    }
  }

  @Test
  void aReplicaThatNoConfButItsOwnNamesMoves() throws Exception {
    try (TestCluster cluster = cluster(2).startAll().awaitReady()) {
      Node adder = cluster.leader();
      Node c9 = cluster.add(folder, "c9");
      cluster.write("a");
      cluster.stop("c9");
      Replica there = new Replica("c9", "127.0.0.1", Ports.free());
      c9.conf = Optional.of(List.of(cluster.replicas.get(0), cluster.replicas.get(1), there));
      cluster.start("c9");
      TestCluster.join(c9.log.ready());
      awaitConfigured(cluster, there);
      cluster.write("b");
      // The leader that let it in goes: the one that leads then has heard of it in the log only.
      cluster.stop(adder.name);
      cluster.write("c");
      TestCluster.await(
          "c9 follows",
          () -> {
            if (cluster.leader() == c9) {
              var unused = TestCluster.join(c9.log.stepDown());
            }
            return cluster.leader() != c9;
          });
      cluster.write("d");
      allHave(cluster, List.of("a", "b", "c", "d"));
    }
  }

  @Test
  void whoHasTheNameAndNotTheDataMovesNothing() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady();
        TestCluster stranger = new TestCluster(folder.resolve("other"), 0, SEED + 1, 5)) {
      Node real = cluster.follower();
      cluster.stop(real.name);
      cluster.write("a");
      stranger.replicas.addAll(cluster.replicas);
      Node impostor = stranger.newcomer(folder.resolve("other"), real.name);
      move(stranger, impostor);
      stranger.start(real.name);
      // It claims the very id, too, which is no secret.
      ReplicaId id = ReplicaId.parse(memberNamed(cluster, real.name));
      nothingMoves(cluster, impostor, id);
      cluster.start(real.name);
      TestCluster.join(real.log.ready());
      assertEquals(id.toString(), real.log.incarnation());
      nothingMoves(cluster, impostor, id);
      cluster.write("b");
      allHave(cluster, List.of("a", "b"));
    }
  }

  private static String memberNamed(TestCluster cluster, String name) {
    return cluster.leader().log.members().stream()
        .filter(id -> id.name().equals(name))
        .findFirst()
        .orElseThrow()
        .toString();
  }

  private static void claim(TestCluster cluster, PeerCalls calls, Caller claim) {
    for (Replica other : cluster.replicas) {
      if (!other.name().equals(claim.who().name())) {
        var unused =
            TestCluster.join(
                calls.askAt(other, new Question.Identify(Optional.of(claim)), ASK_MILLIS));
      }
    }
  }

  private static PeerCalls calls(PeerBook book) {
    return new PeerCalls("test", Optional.empty(), book, System::nanoTime);
  }

  private PeerBook book(String name, List<Replica> conf, Supplier<List<Replica>> configured) {
    return new PeerBook(
        Settings.of("test", name, conf, folder.resolve("none")), configured, List::of);
  }

  private void nothingMoves(TestCluster cluster, Node impostor, ReplicaId claimed)
      throws Exception {
    Set<Replica> before = Set.copyOf(cluster.replicas);
    Set<ReplicaId> members = cluster.leader().log.members();
    Caller claim = new Caller(claimed, address(impostor.conf.orElseThrow(), claimed.name()));
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS);
    try (PeerCalls calls = calls(book(claimed.name(), cluster.replicas, List::of))) {
      while (System.nanoTime() - end < 0) {
        // Again and again, since others may say something else meanwhile.
        claim(cluster, calls, claim);
        assertEquals(Standing.OUTSIDE, impostor.log.standing());
        for (Node node : cluster.running()) {
          assertEquals(before, node.log.addresses(), node.name);
          assertEquals(members, node.log.members(), node.name);
        }
        pause();
      }
    }
    assertTrue(members.stream().noneMatch(id -> id.toString().equals(impostor.log.incarnation())));
    assertNotEquals(Set.of(), members);
  }

  @Test
  void whatRunsTwiceIsDialledByNobody() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady();
        TestCluster before = new TestCluster(folder.resolve("before"), 0, SEED + 1, 5)) {
      cluster.write("a");
      Node moved = cluster.follower();
      cluster.stop(moved.name);
      Node left = before.newcomer(folder.resolve("before"), moved.name);
      left.conf = Optional.of(List.copyOf(cluster.replicas));
      copy(moved.folder, left.folder);
      Replica there = move(cluster, moved);
      cluster.start(moved.name);
      TestCluster.join(moved.log.ready());
      awaitConfigured(cluster, there);
      cluster.write("b");

      // What was left at the old address runs again, which the conf of the others still has.
      before.start(moved.name);
      assertEquals(moved.log.incarnation(), left.log.incarnation());
      Node asking = cluster.leader();
      ReplicaId member = ReplicaId.parse(moved.log.incarnation());
      PeerBook book =
          book(asking.name, cluster.replicas, () -> List.copyOf(asking.log.addresses()));
      try (PeerCalls calls = calls(book)) {
        Neighbours neighbours =
            new Neighbours(
                calls,
                book,
                new Caller(
                    ReplicaId.parse(asking.log.incarnation()),
                    address(cluster.replicas, asking.name)),
                name -> Optional.of(member).filter(id -> id.name().equals(name)));
        assertEquals(Optional.of(there), book.find(moved.name), "before anybody was asked");
        assertFalse(neighbours.identify().containsKey(moved.name));
        assertEquals(Optional.empty(), book.find(moved.name));
        before.stopAll();
        assertTrue(neighbours.identify().containsKey(moved.name));
        assertEquals(Optional.of(there), book.find(moved.name));
      }
      allHave(cluster, List.of("a", "b"));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }
}
