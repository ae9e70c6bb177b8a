package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.replication.Leadership.Role;
import com.pygmy.replication.Member;
import com.pygmy.replication.Position;
import com.pygmy.replication.ReadPoint;
import com.pygmy.replication.Standing;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import com.pygmy.replication.ratis.Settings.Replica;
import com.pygmy.replication.ratis.TestCluster.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may found a store, and how a replica that lost something comes back. */
class MembershipTest {
  private static final long SEED = Long.getLong("pygmy.seed", 1);

  /** Some looks of the membership, with which nothing must have happened. */
  private static final long QUIET_MILLIS = 2_500;

  @TempDir Path folder;

  private TestCluster cluster(int size) throws Exception {
    return new TestCluster(folder, size, SEED, 5);
  }

  /** Nothing is to happen: there is no condition to await. */
  private static void nobodyServes(TestCluster cluster) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS);
    while (System.nanoTime() - end < 0) {
      for (Node node : cluster.running()) {
        assertFalse(node.log.leadership().leads(), node.name);
        assertTrue(node.log.confirmRead().toCompletableFuture().getNow(null) == null, node.name);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
    for (Node node : cluster.running()) {
      assertTrue(TestCluster.read(node) instanceof ReadPoint.Unavailable, node.name);
    }
  }

  private static void wipe(TestCluster cluster, String name) throws Exception {
    cluster.stop(name);
    SafeFiles.deleteTree(cluster.node(name).folder);
  }

  private static void allHave(TestCluster cluster, List<String> lines) {
    for (Node node : cluster.running()) {
      TestCluster.confirmed(node);
      assertEquals(lines, node.state.lines(), node.name);
    }
  }

  private static Set<String> incarnations(TestCluster cluster) {
    return cluster.running().stream().map(n -> n.log.incarnation()).collect(Collectors.toSet());
  }

  private static void awaitMembers(TestCluster cluster) {
    Set<String> wanted = incarnations(cluster);
    for (Node node : cluster.running()) {
      TestCluster.await(
          "all are members, says " + node.name,
          () ->
              node.log.members().stream()
                  .map(ReplicaId::toString)
                  .collect(Collectors.toSet())
                  .equals(wanted));
    }
  }

  @Test
  void noStoreIsFoundedBeforeEveryReplicaAnswers() throws Exception {
    try (TestCluster cluster = cluster(3)) {
      cluster.start("c1");
      cluster.start("c2");
      nobodyServes(cluster);
      assertEquals(Role.LEARNER, cluster.node("c1").log.leadership().role());
      cluster.start("c3");
      cluster.write("a");
      allHave(cluster, List.of("a"));
    }
  }

  @Test
  void theBootstrapFlagFoundsWithThoseThatAnswerAndTheRestIsAdded() throws Exception {
    try (TestCluster cluster = cluster(3)) {
      cluster.start("c3");
      cluster.start("c2", settings -> settings.withBootstrap(true));
      cluster.write("a");
      cluster.start("c1");
      Replica c1 = cluster.replicas.get(0);
      cluster.change(log -> log.addMember(new Member(c1.name(), c1.host(), c1.port())));
      awaitMembers(cluster);
      cluster.write("b");
      allHave(cluster, List.of("a", "b"));
    }
  }

  @Test
  void twoWipedReplicasFoundNoStoreBesideTheOneThatIsLeft() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady()) {
      cluster.write("a");
      cluster.stopAll();
      wipe(cluster, "c1");
      wipe(cluster, "c2");
      cluster.startAll();
      nobodyServes(cluster);
    }
  }

  @Test
  void aWipedReplicaIsLetInUnderANewIdAndTheOldOneIsGone() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady()) {
      cluster.write("a");
      Node victim = cluster.follower();
      String before = victim.log.incarnation();
      wipe(cluster, victim.name);
      cluster.write("b");
      cluster.start(victim.name);
      assertNotEquals(before, victim.log.incarnation());
      awaitMembers(cluster);
      allHave(cluster, List.of("a", "b"));
      // With it, one of the others is spare.
      cluster.stop(
          cluster.running().stream().filter(n -> n != victim).findAny().orElseThrow().name);
      cluster.write("c");
      allHave(cluster, List.of("a", "b", "c"));
    }
  }

  @Test
  void aReplicaThatLostItsLogButNotItsStateComesBackWithIt() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady()) {
      for (int i = 0; i < 12; i++) {
        cluster.write("line " + i);
      }
      Node victim = cluster.follower();
      TestCluster.confirmed(victim);
      cluster.stop(victim.name);
      SafeFiles.deleteTree(victim.folder.resolve("raft"));
      cluster.start(victim.name);
      awaitMembers(cluster);
      cluster.write("more");
      allHave(cluster, cluster.leader().state.lines());
      assertEquals(0, victim.state.installs, "its state was good");
    }
  }

  @Test
  void aReplicaThatLostItsStateButNotItsLogFetchesACopyAndKeepsItsId() throws Exception {
    try (TestCluster cluster = cluster(3).with(s -> s.withLog(10, 0)).startAll().awaitReady()) {
      purgeAll(cluster);
      Node victim = cluster.follower();
      String before = victim.log.incarnation();
      cluster.stop(victim.name);
      SafeFiles.deleteTree(victim.folder.resolve("state"));
      cluster.write("meanwhile"); // the copy will be ahead of the log
      cluster.start(victim.name);
      cluster.write("more");
      allHave(cluster, cluster.leader().state.lines());
      assertEquals(before, victim.log.incarnation());
      assertEquals(1, victim.state.installs);
    }
  }

  @Test
  void aReplicaTooFarBehindFetchesACopy() throws Exception {
    try (TestCluster cluster = cluster(3).with(s -> s.withLog(10, 0)).startAll().awaitReady()) {
      cluster.write("first");
      Node late = cluster.follower();
      cluster.stop(late.name);
      purgeAll(cluster);
      cluster.start(late.name);
      cluster.write("more");
      allHave(cluster, cluster.leader().state.lines());
      assertEquals(1, late.state.installs);
      // And it goes on from there after a restart.
      cluster.stop(late.name);
      cluster.start(late.name);
      cluster.write("most");
      allHave(cluster, cluster.leader().state.lines());
      assertEquals(0, late.state.installs);
    }
  }

  @Test
  void aReplicaWhoseStateEndsWhereTheLeadersLogBeginsCatchesUp() throws Exception {
    try (TestCluster cluster = cluster(3).with(s -> s.withLog(10, 0)).startAll().awaitReady()) {
      for (int round = 0; round < 3; round++) {
        cluster.write("round " + round);
        // What it ends with begins no segment: the next term does, and the rest is purged.
        Node old = cluster.leader();
        cluster.stop(old.name);
        for (int i = 0; i < 25; i++) {
          cluster.write("meanwhile " + round + " " + i);
        }
        cluster.start(old.name);
        allHave(cluster, cluster.leader().state.lines());
      }
    }
  }

  /** Writes and changes terms until no log begins with its first entry. */
  private static void purgeAll(TestCluster cluster) {
    HashSet<Node> whole = new HashSet<>(cluster.running());
    for (int i = 0; !whole.isEmpty(); i++) {
      for (int j = 0; j < 15; j++) {
        cluster.write("fill " + i + " " + j);
      }
      TestCluster.join(cluster.leader().log.stepDown());
      whole.removeIf(node -> node.log.firstIndex() > 0);
      assertTrue(i < 50, "the logs are not purged");
    }
  }

  private static final List<String> BASE = List.of("sold", "restocked");
  private static final long BASE_INDEX = 41;

  private static void layBase(TestCluster cluster, String name, List<String> lines)
      throws Exception {
    LineState.layBase(
        cluster.node(name).folder.resolve("state"), new Position(1, BASE_INDEX), lines);
  }

  @Test
  void aLogFoundedUponABaseGoesOnAfterIt() throws Exception {
    try (TestCluster cluster = cluster(3)) {
      for (String name : cluster.nodes.keySet()) {
        layBase(cluster, name, BASE);
      }
      cluster.startAll().awaitReady();
      assertTrue(cluster.write("a") > BASE_INDEX);
      allHave(cluster, List.of("sold", "restocked", "a"));
      for (String name : cluster.nodes.keySet()) {
        assertEquals(0, cluster.node(name).state.installs, name);
      }
      cluster.stopAll();
      cluster.startAll().awaitReady();
      cluster.write("b");
      allHave(cluster, List.of("sold", "restocked", "a", "b"));
    }
  }

  @Test
  void aWipedReplicaOfALogUponABaseGetsACopyAndNeverReplaysOntoNothing() throws Exception {
    try (TestCluster cluster = cluster(3)) {
      for (String name : cluster.nodes.keySet()) {
        layBase(cluster, name, BASE);
      }
      cluster.startAll().awaitReady();
      cluster.write("a");
      Node victim = cluster.follower();
      wipe(cluster, victim.name);
      cluster.start(victim.name);
      awaitMembers(cluster);
      cluster.write("b");
      allHave(cluster, List.of("sold", "restocked", "a", "b"));
      // And one that lost its state only.
      Node other = cluster.follower();
      cluster.stop(other.name);
      SafeFiles.deleteTree(other.folder.resolve("state"));
      cluster.start(other.name);
      cluster.write("c");
      allHave(cluster, List.of("sold", "restocked", "a", "b", "c"));
      assertEquals(1, other.state.installs);
    }
  }

  @Test
  void replicasThatWouldBeginFromDifferentBasesFoundNothing() throws Exception {
    try (TestCluster cluster = cluster(3)) {
      layBase(cluster, "c1", BASE);
      layBase(cluster, "c2", BASE);
      cluster.startAll(); // c3 has none
      nobodyServes(cluster);
      cluster.stop("c3");
      layBase(cluster, "c3", List.of("sold"));
      cluster.start("c3");
      nobodyServes(cluster);
      wipe(cluster, "c3");
      layBase(cluster, "c3", BASE);
      cluster.start("c3");
      cluster.write("a");
      allHave(cluster, List.of("sold", "restocked", "a"));
    }
  }

  @Test
  void aStateOfTheLostPastIsNoPrefixThoughTheLogHasItsLastEntryByNumber() throws Exception {
    try (TestCluster cluster = cluster(3)) {
      for (String name : cluster.nodes.keySet()) {
        layBase(cluster, name, BASE);
      }
      cluster.startAll().awaitReady();
      cluster.write("a");
      Node victim = cluster.follower();
      TestCluster.confirmed(victim);
      Position last = victim.state.applied();
      wipe(cluster, victim.name);
      LineState.lay(victim.folder.resolve("state"), last, List.of("lost"));
      cluster.write("b");
      cluster.start(victim.name);
      TestCluster.await("the copy is refused", () -> victim.state.refusals > 1);
      assertFalse(victim.log.ready().toCompletableFuture().isDone(), "it serves the lost past");
      assertEquals(List.of("lost"), victim.state.lines());
    }
  }

  @Test
  void anotherBaseIsNoPrefixThoughTheLogHasItsLastEntryByNumber() throws Exception {
    try (TestCluster cluster = cluster(3)) {
      for (String name : cluster.nodes.keySet()) {
        layBase(cluster, name, BASE);
      }
      cluster.startAll().awaitReady();
      long index = cluster.write("a");
      Node victim = cluster.follower();
      TestCluster.confirmed(victim);
      Position last = victim.state.applied();
      assertTrue(last.index() >= index);
      wipe(cluster, victim.name);
      LineState.layBase(victim.folder.resolve("state"), last, List.of("another", "past"));
      cluster.write("b");
      cluster.start(victim.name);
      allHave(cluster, List.of("sold", "restocked", "a", "b"));
      assertEquals(1, victim.state.installs);
    }
  }

  @Test
  void aFounderWhoseBaseIsAnotherThanWasAgreedDoesNotJoin() throws Exception {
    try (TestCluster cluster = cluster(3)) {
      layBase(cluster, "c3", BASE);
      Node c3 = cluster.start("c3");
      ReplicaId own = ReplicaId.parse(c3.log.incarnation());
      UUID foundation = new UUID(1, 2);
      PeerBook book =
          new PeerBook(
              Settings.of("test", "c1", cluster.replicas, folder.resolve("none")),
              List::of,
              List::of);
      try (PeerCalls calls = new PeerCalls("test", Optional.empty(), book, System::nanoTime)) {
        Replica at = cluster.replicas.get(2);
        for (String base : List.of("", "sold")) {
          Question other = new Question.Join(own, foundation, List.of(own), base);
          assertInstanceOf(Answer.Refused.class, TestCluster.join(calls.askAt(at, other, 5_000)));
        }
        assertEquals(Standing.OUTSIDE, c3.log.standing());
        Question same = new Question.Join(own, foundation, List.of(own), String.join(",", BASE));
        assertEquals(new Answer.Done(), TestCluster.join(calls.askAt(at, same, 5_000)));
      }
      cluster.write("a");
      allHave(cluster, List.of("sold", "restocked", "a"));
    }
  }

  @Test
  void foundersThatLoseTheirBaseBeforeTheirFirstEntryDoNotBeginWithNothing() throws Exception {
    try (TestCluster cluster = cluster(3)) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
      List<Folder> joining = new ArrayList<>();
      for (String name : cluster.nodes.keySet()) {
        Path raft = cluster.node(name).folder.resolve("raft");
        joining.add(Folder.open(raft, name, random, new Position(1, BASE_INDEX)));
      }
      List<ReplicaId> founders = joining.stream().map(folder -> folder.identity().id()).toList();
      for (Folder raft : joining) {
        raft.join(new UUID(1, 2), founders, String.join(",", BASE), BASE_INDEX);
        raft.close();
      }
      layBase(cluster, "c1", BASE); // and the others have lost theirs
      cluster.start("c2");
      cluster.start("c3");
      nobodyServes(cluster);
      cluster.start("c1");
      cluster.write("a");
      allHave(cluster, List.of("sold", "restocked", "a"));
      assertEquals(1, cluster.node("c2").state.installs);
      assertEquals(1, cluster.node("c3").state.installs);
    }
  }

  @Test
  void aLogUponABaseIsBootstrappedAndTheRestIsAddedWhateverItBeginsFrom() throws Exception {
    try (TestCluster cluster = cluster(3)) {
      layBase(cluster, "c2", BASE);
      layBase(cluster, "c3", BASE);
      cluster.start("c3");
      cluster.start("c2", settings -> settings.withBootstrap(true));
      cluster.write("a");
      cluster.start("c1"); // without a base
      Replica c1 = cluster.replicas.get(0);
      cluster.change(log -> log.addMember(new Member(c1.name(), c1.host(), c1.port())));
      awaitMembers(cluster);
      cluster.write("b");
      allHave(cluster, List.of("sold", "restocked", "a", "b"));
    }
  }

  @Test
  void theAddressesOfTheConfCountNotThoseInTheLog() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady()) {
      cluster.write("a");
      Set<String> before = incarnations(cluster);
      cluster.stopAll();
      cluster.moveToOtherPorts();
      cluster.startAll();
      cluster.write("b");
      allHave(cluster, List.of("a", "b"));
      assertEquals(before, incarnations(cluster));
    }
  }
}
