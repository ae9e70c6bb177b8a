package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.replication.Member;
import com.pygmy.replication.MembersChange;
import com.pygmy.replication.MembersChange.NoSuchMember;
import com.pygmy.replication.MembersChange.NotLeader;
import com.pygmy.replication.MembersChange.Refused;
import com.pygmy.replication.MembersChange.Unavailable;
import com.pygmy.replication.ReadPoint;
import com.pygmy.replication.Standing;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import com.pygmy.replication.ratis.Settings.Replica;
import com.pygmy.replication.ratis.TestCluster.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas come and go while the group serves. */
class MemberChangesTest {
  private static final long SEED = Long.getLong("pygmy.seed", 1);

  /** Some looks of the membership and some elections, with which nothing must have happened. */
  private static final long QUIET_MILLIS = 2_500;

  @TempDir Path folder;

  private TestCluster cluster(int size) throws Exception {
    return new TestCluster(folder, size, SEED, 5);
  }

  private static MembersChange add(Node leader, Node newcomer) {
    return TestCluster.join(leader.log.addMember(TestCluster.member(newcomer)));
  }

  private static MembersChange remove(Node leader, String name) {
    return TestCluster.join(leader.log.removeMember(name));
  }

  private static List<String> names(List<Member> members) {
    return members.stream().map(Member::name).toList();
  }

  private static void remove(TestCluster cluster, String name) {
    cluster.change(log -> log.removeMember(name));
  }

  private static void allHave(TestCluster cluster, List<String> lines) {
    for (Node node : cluster.running()) {
      TestCluster.confirmed(node);
      assertEquals(lines, node.state.lines(), node.name);
    }
  }

  private static void pause() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
  }

  @Test
  void threeBecomeFiveAndThreeAgain() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady()) {
      cluster.write("a");
      cluster.add(folder, "c4");
      cluster.add(folder, "c5");
      cluster.write("b");
      allHave(cluster, List.of("a", "b"));
      // Three of five: any two may be away.
      cluster.stop("c1");
      cluster.stop("c2");
      cluster.write("c");
      cluster.start("c1");
      cluster.start("c2");
      remove(cluster, "c1");
      remove(cluster, "c2");
      cluster.stop("c1");
      cluster.stop("c2");
      cluster.write("d");
      allHave(cluster, List.of("a", "b", "c", "d"));
    }
  }

  @Test
  void nobodyIsAddedForBeingInAConf() throws Exception {
    try (TestCluster cluster = cluster(3)) {
      Node c4 = cluster.newcomer(folder, "c4");
      cluster.nodes.remove("c4");
      cluster.startAll().awaitReady();
      cluster.write("a");
      for (String name : List.of("c1", "c2", "c3")) {
        cluster.stop(name);
        cluster.node(name).conf = c4.conf;
        cluster.start(name);
      }
      cluster.nodes.put("c4", c4);
      cluster.start("c4");
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS);
      while (System.nanoTime() - end < 0) {
        assertEquals(Standing.OUTSIDE, c4.log.standing());
        pause();
      }
      assertEquals(3, cluster.leader().log.members().size());
    }
  }

  @Test
  void membersWithAnOldConfFindTheAddedOneAfterARestart() throws Exception {
    try (TestCluster cluster = cluster(1).startAll().awaitReady()) {
      cluster.write("a");
      cluster.add(folder, "c2");
      cluster.add(folder, "c3");
      cluster.write("b");
      cluster.stopAll();
      // Two of three, of which one has a conf that names neither of the others.
      cluster.start("c1");
      cluster.start("c2");
      cluster.write("c");
      allHave(cluster, List.of("a", "b", "c"));
      // A wiped one is found there, too, by whoever leads.
      cluster.stop("c3");
      SafeFiles.deleteTree(cluster.node("c3").folder);
      cluster.start("c3");
      TestCluster.join(cluster.node("c3").log.ready());
      cluster.write("d");
      allHave(cluster, List.of("a", "b", "c", "d"));
    }
  }

  @Test
  void aRemovedReplicaKeepsQuietAndComesBackAsAnother() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady()) {
      cluster.write("a");
      Node c4 = cluster.add(folder, "c4");
      String before = c4.log.incarnation();
      remove(cluster, "c4");
      TestCluster.await("c4 knows", () -> c4.log.standing() == Standing.REMOVED);
      assertInstanceOf(ReadPoint.Unavailable.class, TestCluster.read(c4));
      MembersChange tooEarly = add(cluster.leader(), c4);
      assertTrue(
          tooEarly instanceof Refused || tooEarly instanceof Unavailable,
          "it must be started again, " + tooEarly);
      cluster.write("b");
      cluster.stop("c4");
      cluster.start("c4");
      assertNotEquals(before, c4.log.incarnation());
      assertEquals(Standing.OUTSIDE, c4.log.standing());
      cluster.change(log -> log.addMember(TestCluster.member(c4)));
      cluster.write("c");
      allHave(cluster, List.of("a", "b", "c"));
      assertEquals(0, c4.state.installs, "its state was a good beginning");
      assertNull(c4.fatal.peek());
    }
  }

  @Test
  void aReplicaThatWasAwayWhenItWasRemovedFindsOutAndDisturbsNobody() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady()) {
      Node c4 = cluster.add(folder, "c4");
      cluster.stop("c4");
      remove(cluster, "c4");
      cluster.write("a");
      long term = cluster.leader().log.leadership().term();
      cluster.start("c4");
      TestCluster.await("c4 knows", () -> c4.log.standing() == Standing.REMOVED);
      assertEquals(term, cluster.leader().log.leadership().term());
      assertNull(c4.fatal.peek());
    }
  }

  private static boolean isMember(Node leader, String incarnation) {
    return leader.log.members().stream().anyMatch(id -> id.toString().equals(incarnation))
        && leader.log.members().size() == 3;
  }

  @Test
  void anOldFolderOfAMemberThatWasReplacedNeverVotesAgain() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady()) {
      cluster.write("a");
      Node victim = cluster.follower();
      Path old = folder.resolve("old");
      cluster.stop(victim.name);
      Files.move(victim.folder, old);
      cluster.start(victim.name);
      String successor = victim.log.incarnation();
      TestCluster.await("it is a member again", () -> isMember(cluster.leader(), successor));
      cluster.stop(victim.name);
      SafeFiles.deleteTree(victim.folder);
      Files.move(old, victim.folder);
      cluster.start(victim.name);
      TestCluster.await("it knows", () -> victim.log.standing() == Standing.REMOVED);
      assertNull(victim.fatal.peek());
      cluster.stop(victim.name);
      cluster.start(victim.name);
      TestCluster.join(victim.log.ready());
      cluster.write("b");
      allHave(cluster, List.of("a", "b"));
    }
  }

  @Test
  void aMemberThatIsCutOffIsNotTakenForRemoved() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady()) {
      cluster.write("a");
      String alone = cluster.follower().name;
      cluster.stopAll();
      Node node = cluster.start(alone);
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS);
      while (System.nanoTime() - end < 0) {
        assertEquals(Standing.MEMBER, node.log.standing());
        pause();
      }
    }
  }

  @Test
  void anAdditionWhoseLeaderDiesGoesOnWithTheNextOne() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady()) {
      cluster.write("a");
      Node c4 = cluster.newcomer(folder, "c4");
      cluster.start("c4");
      Node leader = cluster.leader();
      var unused = leader.log.addMember(TestCluster.member(c4));
      TestCluster.await("c4 has joined", () -> c4.log.standing() != Standing.OUTSIDE);
      cluster.stop(leader.name);
      cluster.change(log -> log.addMember(TestCluster.member(c4)));
      cluster.write("b");
      allHave(cluster, List.of("a", "b"));
      assertNull(c4.fatal.peek());
    }
  }

  @Test
  void aLeaderThatIsToGoHandsItsLeadershipOn() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady()) {
      cluster.write("a");
      Node leader = cluster.leader();
      assertInstanceOf(NotLeader.class, remove(leader, leader.name));
      remove(cluster, leader.name);
      assertFalse(cluster.leader().name.equals(leader.name));
      TestCluster.await("it knows", () -> leader.log.standing() == Standing.REMOVED);
      cluster.stop(leader.name);
      cluster.write("b");
      allHave(cluster, List.of("a", "b"));
    }
  }

  @Test
  void onlyTheLeaderChangesMembersAndAskingTwiceChangesNothing() throws Exception {
    try (TestCluster cluster = cluster(1).startAll().awaitReady()) {
      Node c1 = cluster.leader();
      Node c2 = cluster.newcomer(folder, "c2");
      assertInstanceOf(Unavailable.class, add(c1, c2), "it does not run");
      cluster.start("c2");
      cluster.change(log -> log.addMember(TestCluster.member(c2)));
      Member same = TestCluster.member(c2);
      MembersChange again = TestCluster.join(cluster.leader().log.addMember(same));
      assertEquals(
          List.of("c1", "c2"), names(assertInstanceOf(MembersChange.Done.class, again).members()));
      Node follower = cluster.follower();
      assertInstanceOf(NotLeader.class, add(follower, c2));
      assertInstanceOf(NotLeader.class, remove(follower, "c2"));
    }
  }

  @Test
  void whatWouldBeWrongIsRefused() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady()) {
      Node leader = cluster.leader();
      assertInstanceOf(NoSuchMember.class, remove(leader, "c9"));
      Member moved = new Member("c1", "127.0.0.1", 1);
      assertInstanceOf(Refused.class, TestCluster.join(leader.log.addMember(moved)));
      int taken = cluster.replicas.get(0).port();
      Member crowded = new Member("c9", "127.0.0.1", taken);
      assertInstanceOf(Refused.class, TestCluster.join(leader.log.addMember(crowded)));
      // Of three, one is away: without another the rest would be one of two.
      String away = cluster.follower().name;
      cluster.stop(away);
      Node left = cluster.leader();
      String other =
          cluster.running().stream().filter(n -> n != left).findFirst().orElseThrow().name;
      assertInstanceOf(Refused.class, remove(left, other));
      // The one that is away may go.
      remove(cluster, away);
      remove(cluster, other);
      cluster.stop(other);
      cluster.write("alone");
      assertInstanceOf(Refused.class, remove(cluster.leader(), left.name), "it is the last");
    }
  }

  @Test
  void aReplicaOfAnotherStoreIsNotLetIn() throws Exception {
    try (TestCluster cluster = cluster(1).startAll().awaitReady();
        TestCluster stranger = new TestCluster(folder.resolve("other"), 1, SEED + 1, 5)) {
      stranger.startAll().awaitReady();
      Member c1 = new Member("c1", "127.0.0.1", stranger.replicas.get(0).port());
      Node leader = cluster.leader();
      assertInstanceOf(Refused.class, TestCluster.join(leader.log.addMember(c1)));
      Member c2 = new Member("c2", "127.0.0.1", stranger.replicas.get(0).port());
      assertInstanceOf(Refused.class, TestCluster.join(leader.log.addMember(c2)), "is named c1");
      assertTrue(cluster.leader().log.members().size() == 1);
    }
  }

  /** What a replica that nobody knows asks of one. */
  private Answer ask(TestCluster cluster, Node node, Question question) {
    Settings stranger = Settings.of("test", "c1", cluster.replicas, folder.resolve("none"));
    PeerBook book = new PeerBook(stranger, List::of, List::of);
    try (PeerCalls calls = new PeerCalls("test", Optional.empty(), book, System::nanoTime)) {
      return TestCluster.join(calls.askAt(stranger.replica(node.name), question, 10_000));
    }
  }

  private static UUID store(Node node) {
    return node.log.foundation();
  }

  @Test
  void aMemberThatIsToldToLeaveAsksAndStays() throws Exception {
    try (TestCluster cluster = cluster(3).startAll().awaitReady()) {
      cluster.write("a");
      Node voter = cluster.follower();
      ReplicaId id = ReplicaId.parse(voter.log.incarnation());
      Replica teller = cluster.replicas.get(0);
      Question leave = new Question.Leave(id, store(voter), teller);
      assertInstanceOf(Answer.Refused.class, ask(cluster, voter, leave));
      assertEquals(Standing.MEMBER, voter.log.standing());
      Question foreign = new Question.Leave(id, new UUID(1, 2), teller);
      assertInstanceOf(Answer.Refused.class, ask(cluster, voter, foreign));
      assertEquals(Standing.MEMBER, voter.log.standing());
      cluster.write("b");
      allHave(cluster, List.of("a", "b"));
    }
  }

  @Test
  void aReplicaWithoutAStoreThatIsToldToLeaveRefuses() throws Exception {
    try (TestCluster cluster = cluster(3)) {
      Node c1 = cluster.start("c1");
      ReplicaId id = ReplicaId.parse(c1.log.incarnation());
      Question leave = new Question.Leave(id, new UUID(1, 2), cluster.replicas.get(1));
      assertInstanceOf(Answer.Refused.class, ask(cluster, c1, leave));
      assertEquals(Standing.OUTSIDE, c1.log.standing());
    }
  }

  @Test
  void nobodyIsDeclaredRemovedByAnotherStore() throws Exception {
    try (TestCluster cluster = cluster(1).startAll().awaitReady()) {
      Node leader = cluster.leader();
      ReplicaId stranger = ReplicaId.parse("c2#00000000000000ff");
      Question foreign = new Question.WasRemoved(stranger, new UUID(1, 2));
      assertInstanceOf(Answer.Refused.class, ask(cluster, leader, foreign));
      Question own = new Question.WasRemoved(stranger, store(leader));
      assertEquals(new Answer.Done(), ask(cluster, leader, own));
    }
  }

  @Test
  void aLeaderThatNoMajorityConfirmsSaysNothingOfTheMembers() throws Exception {
    // So slow in elections that it goes on to believe that it leads.
    try (TestCluster cluster = cluster(3).with(s -> s.withElection(4_000, 20_000))) {
      cluster.startAll().awaitReady();
      Node leader = cluster.leader();
      List<Node> others = cluster.running().stream().filter(n -> n != leader).toList();
      for (Node other : others) {
        cluster.stop(other.name);
      }
      assertTrue(leader.log.leadership().ready(), "it has noticed");
      assertInstanceOf(Unavailable.class, remove(leader, "c9"));
      Replica known = cluster.replicas.get(0);
      Member member = new Member(known.name(), known.host(), known.port());
      assertInstanceOf(Unavailable.class, TestCluster.join(leader.log.addMember(member)));
      assertTrue(leader.log.leadership().ready(), "it has noticed");
    }
  }

  @Test
  void whatAnswersAtAnOldAddressDoesNotReplaceTheMemberThatAnswersAtItsOwn() throws Exception {
    try (TestCluster cluster = cluster(3);
        TestCluster past = new TestCluster(folder.resolve("past"), 0, SEED + 1, 5)) {
      past.replicas.addAll(cluster.replicas);
      Node old = past.newcomer(folder.resolve("past"), "c4");
      cluster.startAll().awaitReady();
      cluster.stopAll();
      cluster.nodes.values().forEach(node -> node.conf = old.conf);
      cluster.startAll().awaitReady();
      Node c4 = cluster.add(folder, "c4");
      past.start("c4");
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS);
      while (System.nanoTime() - end < 0) {
        assertEquals(Standing.OUTSIDE, old.log.standing());
        pause();
      }
      ReplicaId member = ReplicaId.parse(c4.log.incarnation());
      assertTrue(cluster.leader().log.members().contains(member));
    }
  }
}
