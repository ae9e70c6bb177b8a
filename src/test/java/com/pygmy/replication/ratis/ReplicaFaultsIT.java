package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.replication.ratis.ProcessCluster.Replica;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults of real processes: frozen, killed, cut off, wiped, without power. */
class ReplicaFaultsIT {
  private static final int SYNC_EVERY = 50;
  private static final int READS_AT_THE_THAW = 40;

  @TempDir(cleanup = org.junit.jupiter.api.io.CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void aThawedLeaderServesNoStaleRead() throws Exception {
    freezeLeaders(3);
  }

  @Tag("long")
  @Test
  void aThawedLeaderServesNoStaleReadInTwentyFreezes() throws Exception {
    freezeLeaders(20);
  }

  private void freezeLeaders(int rounds) throws IOException {
    try (ProcessCluster cluster = ProcessCluster.local(folder, 3, SYNC_EVERY, 1000, 1000)) {
      cluster.startAll().awaitReady();
      Tally tally = new Tally();
      for (int round = 0; round < rounds; round++) {
        cluster.write(cluster.running(), "before-" + round);
        Replica old = cluster.leader();
        old.answer("hammer 3");
        old.freeze();
        cluster.write(cluster.without(old), "during-" + round);
        int acknowledged = size(cluster.leader(cluster.without(old)));
        long since = System.nanoTime(); // one clock for all processes of the machine
        List<CompletableFuture<String>> waiting = reads(old, READS_AT_THE_THAW);
        old.thaw();
        tally.check(waiting, acknowledged);
        String hammered = "hammered " + since + " " + acknowledged;
        TestCluster.await("reads after the thaw", () -> !old.answer(hammered).startsWith("0 "));
        old.answer("hammerstop");
        tally.check(old.answer(hammered));
        TestCluster.await("the thawed replica follows", () -> size(old) >= acknowledged);
      }
      System.out.println("FREEZES " + rounds + ": " + tally);
      assertEquals(0, tally.stale);
      assertTrue(tally.confirmed > 0, "reads were served, too");
    }
  }

  @Test
  void keepsWhatItCommittedWhenReplicasAreKilledUnderLoad() throws Exception {
    killUnderLoad(2);
  }

  @Tag("long")
  @Test
  void keepsWhatItCommittedInTwentyKillsUnderLoad() throws Exception {
    killUnderLoad(20);
  }

  private void killUnderLoad(int rounds) throws Exception {
    try (ProcessCluster cluster = ProcessCluster.local(folder, 3, SYNC_EVERY, 200, 50)) {
      cluster.startAll().awaitReady();
      cluster.write(cluster.running(), "first");
      Writers writers = new Writers(cluster, 8);
      try {
        for (int round = 0; round < rounds; round++) {
          writers.awaitMore(200);
          Replica victim =
              round % 2 == 0 ? cluster.leader() : cluster.without(cluster.leader()).get(0);
          victim.kill();
          writers.awaitMore(100);
          cluster.start(victim.name);
        }
        writers.awaitMore(100);
      } finally {
        writers.finish();
      }
      everyReplicaHas(cluster, writers.acknowledged());
    }
  }

  @Test
  void nothingConfirmedIsLostWhenThePowerFailsEverywhere() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.local(folder, 3, 400, 1000, 1000)) {
      cluster.startAll().awaitReady();
      cluster.write(cluster.running(), "first");
      Writers writers = new Writers(cluster, 8);
      try {
        writers.awaitMore(1_000);
        cluster.running().forEach(Replica::kill);
      } finally {
        writers.finish();
      }
      for (String name : cluster.names()) {
        LineState.losePower(cluster.folder(name).resolve("state"));
      }
      cluster.startAll();
      everyReplicaHas(cluster, writers.acknowledged());
    }
  }

  @Test
  void aWipedReplicaComesBackAsAnotherAndCatchesUpThoughTheLogIsPurged() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.local(folder, 3, 5, 10, 0)) {
      cluster.startAll().awaitReady();
      for (int i = 0; i < 60; i++) {
        cluster.write(cluster.running(), "line-" + i);
        if (i % 20 == 10) {
          // A new term begins a new segment, and only closed segments are purged.
          cluster.leader().answer("stepdown");
        }
      }
      TestCluster.await(
          "purged logs", () -> cluster.names().stream().noneMatch(cluster::hasFirstSegment));
      Replica leader = cluster.leader();
      Replica victim = cluster.without(leader).get(0);
      String before = victim.answer("incarnation").split(" ", -1)[0];
      victim.kill();
      SafeFiles.deleteTree(cluster.folder(victim.name));
      Replica back = cluster.start(victim.name);
      everyReplicaHas(cluster, List.of("line-0", "line-59"));
      String[] after = back.answer("incarnation").split(" ", -1);
      assertNotEquals(before, after[0]);
      assertEquals("1", after[1], "a copy of the state was installed");
      // It votes again: with it, a majority is left when another one goes.
      awaitMember(cluster, back);
      cluster.without(back).get(0).kill();
      cluster.write(cluster.running(), "with-the-new-one");
      assertTrue(cluster.lines(back).contains("with-the-new-one"));
    }
  }

  /** Until the newcomer's word counts: it knows the leader, which it does as a learner, too. */
  private static void awaitMember(ProcessCluster cluster, Replica newcomer) {
    TestCluster.await(
        newcomer.name + " is a member", () -> newcomer.answer("leadership").startsWith("FOLLOWER"));
    cluster.write(cluster.running(), "member");
  }

  @Test
  void aWipedReplicaMakesNoMajorityWithALaggingOne() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.local(folder, 3, SYNC_EVERY, 1000, 1000)) {
      cluster.startAll().awaitReady();
      cluster.write(cluster.running(), "old");
      Replica leader = cluster.leader();
      Replica lagging = cluster.without(leader).get(0);
      Replica wiped = cluster.without(leader).get(1);
      cluster.lines(lagging);
      lagging.freeze();
      cluster.write(List.of(leader, wiped), "confirmed");
      leader.kill();
      wiped.kill();
      SafeFiles.deleteTree(cluster.folder(wiped.name));
      Replica back = cluster.start(wiped.name);
      assertTrue(ProcessCluster.within(back.started).startsWith("started"));
      lagging.thaw();
      List<Replica> both = List.of(lagging, back);
      // Many election time-outs long nobody may lead, and nothing may be read.
      for (int i = 0; i < 8; i++) {
        List<CompletableFuture<String>> reads = both.stream().map(r -> r.ask("read")).toList();
        for (int j = 0; j < both.size(); j++) {
          String name = both.get(j).name;
          assertTrue(ProcessCluster.within(reads.get(j)).startsWith("unavailable"), name);
          assertTrue(!both.get(j).answer("leadership").startsWith("LEADER"), name);
        }
      }
      cluster.start(leader.name);
      everyReplicaHas(cluster, List.of("old", "confirmed"));
    }
  }

  private static void everyReplicaHas(ProcessCluster cluster, List<String> acknowledged) {
    List<String> first = null;
    for (Replica replica : cluster.running()) {
      List<String> lines = cluster.lines(replica);
      HashSet<String> held = new HashSet<>(lines);
      List<String> lost = acknowledged.stream().filter(l -> !held.contains(l)).toList();
      assertEquals(List.of(), lost, replica.name + " lost confirmed commands");
      first = first == null ? lines : first;
      // No writer is left, so after a confirmed read they are the same.
      assertEquals(first, lines, replica.name + " differs");
    }
  }

  /** Callers that write without end through whoever leads, and remember what was acknowledged. */
  private static final class Writers {
    private final ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    Writers(ProcessCluster cluster, int count) {
      for (int w = 0; w < count; w++) {
        int writer = w;
        Thread thread = new Thread(() -> write(cluster, writer));
        thread.start();
        threads.add(thread);
      }
    }

    private void write(ProcessCluster cluster, int writer) {
      List<Replica> all = cluster.running();
      for (int i = 0; !stopped; i++) {
        String line = "w" + writer + "-" + i;
        Replica replica = all.get(0);
        String answer = ProcessCluster.within(replica.ask("propose " + line));
        if (answer.startsWith("committed")) {
          acknowledged.add(line);
        } else {
          LockSupport.parkNanos(1_000_000);
          List<Replica> now = new ArrayList<>(cluster.running());
          Collections.rotate(now, i);
          all = now.isEmpty() ? all : now;
        }
      }
    }

    List<String> acknowledged() {
      return List.copyOf(acknowledged);
    }

    void awaitMore(int count) {
      int wanted = acknowledged.size() + count;
      TestCluster.await(count + " more writes", () -> acknowledged.size() >= wanted);
    }

    void finish() throws InterruptedException {
      stopped = true;
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  /** What became of reads that began when {@code acknowledged} lines had been. */
  private static final class Tally {
    int stale;
    int confirmed;
    int unavailable;

    void check(List<CompletableFuture<String>> reads, int acknowledged) {
      for (CompletableFuture<String> read : reads) {
        String[] words = ProcessCluster.within(read).split(" ", -1);
        if (words[0].equals("confirmed")) {
          confirmed++;
          if (Integer.parseInt(words[3]) < acknowledged) {
            stale++;
          }
        } else {
          unavailable++;
        }
      }
    }

    void check(String hammered) {
      String[] words = hammered.split(" ", -1);
      confirmed += Integer.parseInt(words[0]);
      stale += Integer.parseInt(words[1]);
    }

    @Override
    public String toString() {
      return confirmed + " confirmed, " + stale + " of them stale, " + unavailable + " unavailable";
    }
  }

  private static List<CompletableFuture<String>> reads(Replica replica, int count) {
    List<CompletableFuture<String>> reads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      reads.add(replica.ask("read"));
    }
    return reads;
  }

  private static int size(Replica replica) {
    String[] words = replica.answer("read").split(" ", -1);
    return words[0].equals("confirmed") ? Integer.parseInt(words[3]) : -1;
  }
}
