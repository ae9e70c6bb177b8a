package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.Ports;
import com.pygmy.replication.Standing;
import com.pygmy.replication.ratis.PeerProtocol.Caller;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import com.pygmy.replication.ratis.Settings.Replica;
import com.pygmy.replication.ratis.TestCluster.Node;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica that comes back at another address with its data goes on. */
class MovedReplicasTest {
  private static final long SEED = Long.getLong("pygmy.seed", 1);

  /** Some looks of the membership, with which nothing must have happened. */
  private static final long QUIET_MILLIS = 3_500;

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
      claim(cluster, ReplicaId.parse(memberNamed(cluster, real.name)), impostor);
      nothingMoves(cluster, impostor);
      cluster.start(real.name);
      TestCluster.join(real.log.ready());
      claim(cluster, ReplicaId.parse(real.log.incarnation()), impostor);
      nothingMoves(cluster, impostor);
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

  private void claim(TestCluster cluster, ReplicaId id, Node impostor) {
    Settings stranger = Settings.of("test", id.name(), cluster.replicas, folder.resolve("none"));
    Replica there =
        impostor.conf.orElseThrow().stream()
            .filter(r -> r.name().equals(id.name()))
            .findFirst()
            .orElseThrow();
    try (PeerCalls calls =
        new PeerCalls(
            "test",
            Optional.empty(),
            new PeerBook(stranger, List::of, List::of),
            System::nanoTime)) {
      for (Replica other : stranger.others()) {
        var unused =
            TestCluster.join(
                calls.askAt(
                    other, new Question.Identify(Optional.of(new Caller(id, there))), 5_000));
      }
    }
  }

  private static void nothingMoves(TestCluster cluster, Node impostor) {
    Set<Replica> before = Set.copyOf(cluster.replicas);
    Set<ReplicaId> members = cluster.leader().log.members();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS);
    while (System.nanoTime() - end < 0) {
      assertEquals(Standing.OUTSIDE, impostor.log.standing());
      for (Node node : cluster.running()) {
        assertEquals(before, node.log.addresses(), node.name);
        assertEquals(members, node.log.members(), node.name);
      }
      pause();
    }
    assertTrue(members.stream().noneMatch(id -> id.toString().equals(impostor.log.incarnation())));
    assertNotEquals(Set.of(), members);
  }
}
