package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.replication.Leadership;
import com.pygmy.replication.Proposal;
import com.pygmy.replication.ReadPoint;
import com.pygmy.replication.Takeover;
import com.pygmy.replication.ratis.TestCluster.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatisLogTest {
  private static final long SEED = Long.getLong("pygmy.seed", 1);
  private static final int SLOW_MILLIS = 3_000;
  @TempDir Path folder;

  @Test
  void aListenerThatFailsKeepsNobodyFromHearingWhoLeads() throws Exception {
    try (TestCluster cluster = new TestCluster(folder, 1, SEED, 5)) {
      cluster.start("c1");
      RatisLog<Long> log = cluster.node("c1").log;
      AtomicInteger heard = new AtomicInteger();
      log.onTakeover(
          takeover -> {
            heard.incrementAndGet();
            throw new IllegalStateException("a listener");
          });
      log.onTakeover(takeover -> heard.incrementAndGet());
      TestCluster.await("both hear of the take-over", () -> heard.get() == 2);
      AtomicReference<Leadership> last = new AtomicReference<>();
      log.onLeadership(last::set);
      TestCluster.await("it leads", () -> last.get() != null && last.get().ready());
    }
  }

  /** Ratis by itself stands after the shortest time-out at the earliest. */
  @Test
  void aLeaderWhosePortRefusesIsSucceededBeforeAnyElectionTimeOut() throws Exception {
    try (TestCluster cluster =
        new TestCluster(folder, 3, SEED, 10)
            .with(settings -> settings.withElection(SLOW_MILLIS, SLOW_MILLIS + 100))
            .startAll()
            .awaitReady()) {
      long index = cluster.write("before");
      Node dead = cluster.leader();
      Queue<Takeover> heard = new ConcurrentLinkedQueue<>();
      for (Node other : cluster.running()) {
        if (!other.name.equals(dead.name)) {
          assertTrue(TestCluster.confirmed(other).index() >= index);
          other.log.onTakeover(heard::add);
        }
      }
      cluster.stop(dead.name);
      assertTrue(cluster.write("after") > index);
      Takeover takeover = heard.remove();
      long silent = TimeUnit.NANOSECONDS.toMillis(takeover.silenceNanos());
      assertTrue(silent < SLOW_MILLIS, "stood after " + silent + " ms");
    }
  }

  /** Ratis by itself tells of the last commit by a heartbeat, half a time-out later. */
  @Test
  void followersHearOfACommitBeforeAHeartbeatIsDue() throws Exception {
    try (TestCluster cluster =
        new TestCluster(folder, 3, SEED, 10)
            .with(settings -> settings.withElection(SLOW_MILLIS, SLOW_MILLIS + 100))
            .startAll()
            .awaitReady()) {
      List<Long> waits = new ArrayList<>();
      for (int i = 1; i <= 20; i++) {
        cluster.write("line " + i);
        long decided = System.nanoTime();
        int lines = i;
        TestCluster.await(
            "all have it", () -> cluster.running().stream().allMatch(n -> n.state.size() == lines));
        waits.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - decided));
      }
      long median = waits.stream().sorted().skip(10).findFirst().orElseThrow();
      assertTrue(median < SLOW_MILLIS / 4, "after " + waits + " ms");
    }
  }

  @Test
  void aSingleReplicaFoundsItselfAndDecides() throws Exception {
    try (TestCluster cluster = new TestCluster(folder, 1, SEED, 10).startAll()) {
      long first = cluster.write("a");
      long second = cluster.write("b");
      assertTrue(second > first);
      assertEquals(List.of("a", "b"), cluster.leader().state.lines());
      ReadPoint.Confirmed point = TestCluster.confirmed(cluster.leader());
      assertTrue(point.index() >= second);
      TestCluster.join(cluster.leader().log.ready());
    }
  }

  @Test
  void threeReplicasApplyTheSameAndReadItEverywhere() throws Exception {
    try (TestCluster cluster = new TestCluster(folder, 3, SEED, 10).startAll()) {
      for (int i = 0; i < 20; i++) {
        long index = cluster.write("line " + i);
        for (Node node : cluster.running()) {
          ReadPoint.Confirmed point = TestCluster.confirmed(node);
          assertTrue(point.index() >= index, node.name + " at " + point + " < " + index);
          assertEquals(i + 1, node.state.size(), node.name);
        }
      }
    }
  }

  @Test
  void gathersCommandsOfManyCallersIntoFewEntries() throws Exception {
    try (TestCluster cluster = new TestCluster(folder, 3, SEED, 100).startAll()) {
      Node leader = cluster.leader();
      long term = leader.log.leadership().term();
      List<CompletionStage<Proposal<Long>>> answers = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        answers.add(leader.log.propose(term, TestCluster.bytes("c" + i)));
      }
      HashSet<Long> entries = new HashSet<>();
      long last = 0;
      for (CompletionStage<Proposal<Long>> answer : answers) {
        Proposal.Committed<Long> committed = TestCluster.committed(TestCluster.join(answer));
        entries.add(committed.index());
        assertEquals(last + 1, committed.result());
        last = committed.result();
      }
      assertTrue(entries.size() < 100, entries.size() + " entries");
    }
  }

  @Test
  void refusesTheWrongTermAndTheWrongReplica() throws Exception {
    try (TestCluster cluster = new TestCluster(folder, 3, SEED, 10).startAll()) {
      cluster.write("a");
      Node leader = cluster.leader();
      long term = leader.log.leadership().term();
      assertInstanceOf(
          Proposal.NotLeader.class, TestCluster.join(leader.log.propose(term - 1, new byte[1])));
      assertInstanceOf(
          Proposal.NotLeader.class, TestCluster.join(leader.log.propose(term + 1, new byte[1])));
      Node follower = cluster.follower();
      Proposal.NotLeader<?> refused =
          assertInstanceOf(
              Proposal.NotLeader.class, TestCluster.join(follower.log.propose(term, new byte[1])));
      assertEquals(leader.name, refused.leader().orElseThrow());
    }
  }

  @Test
  void everythingComesBackAfterARestart() throws Exception {
    try (TestCluster cluster = new TestCluster(folder, 3, SEED, 7).startAll()) {
      for (int i = 0; i < 30; i++) {
        cluster.write("line " + i);
      }
      List<String> before = cluster.leader().state.lines();
      for (int round = 0; round < 2; round++) {
        cluster.stopAll();
        cluster.startAll();
        for (Node node : cluster.running()) {
          TestCluster.join(node.log.ready());
          assertEquals(before, node.state.lines(), node.name);
        }
      }
    }
  }

  @Test
  void leadershipMovesWhenTheLeaderStepsDown() throws Exception {
    try (TestCluster cluster = new TestCluster(folder, 3, SEED, 10).startAll()) {
      cluster.write("a");
      Node leader = cluster.leader();
      long term = leader.log.leadership().term();
      List<Leadership> heard = new ArrayList<>();
      leader.log.onLeadership(
          l -> {
            synchronized (heard) {
              heard.add(l);
            }
          });
      assertTrue(TestCluster.join(leader.log.stepDown()));
      TestCluster.await("a new term", () -> cluster.leader().log.leadership().term() > term);
      cluster.write("b");
      synchronized (heard) {
        assertTrue(
            heard.stream().anyMatch(l -> l.role() != Leadership.Role.LEADER), heard::toString);
        for (int i = 1; i < heard.size(); i++) {
          assertTrue(heard.get(i).term() >= heard.get(i - 1).term(), heard::toString);
        }
      }
    }
  }

  @Test
  void aReplicaWhoseStateFailsIsGivenUpAndTheOthersGoOn() throws Exception {
    try (TestCluster cluster = new TestCluster(folder, 3, SEED, 10).startAll().awaitReady()) {
      cluster.write("a");
      Node victim = cluster.leader();
      victim.state.poison = new IllegalStateException("the disk is full");
      Proposal<Long> outcome = TestCluster.propose(victim, "b");
      assertFalse(outcome instanceof Proposal.Committed, outcome::toString);
      assertSame(victim.state.poison, victim.fatal.poll(20, TimeUnit.SECONDS));
      cluster.stop(victim.name);
      cluster.write("c");
      List<String> lines = cluster.leader().state.lines();
      assertEquals("c", lines.get(lines.size() - 1));
    }
  }

  @Test
  void aTakenPortFailsTheStartAndLeavesNothingOpen() throws Exception {
    try (TestCluster cluster = new TestCluster(folder, 1, SEED, 10)) {
      int port = cluster.replicas.get(0).port();
      try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        assertThrows(IOException.class, () -> cluster.start("c1"), taken::toString);
      }
      cluster.start("c1");
      cluster.write("a");
    }
  }
}
