package com.pygmy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cluster.ClusterSettings.Endpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three nodes in processes of their own, of which the first holds locks: some whose entry it keeps
 * itself, and some whose entry another keeps. Then it is killed, or frozen.
 */
final class LockProcessesIT {

  private static final Logger log = LoggerFactory.getLogger(LockProcessesIT.class);

  private static final long LONGEST_MILLIS = 60_000;

  /** For machines that do other things too; the rules' own times are in {@link LockRulesTest}. */
  private static final long FREE_MILLIS = 5_000;

  /** When the entry was kept by the first node, or a copy that a frozen node does not confirm. */
  private static final long FREE_OF_LOST_DATA_MILLIS = 10_000;

  private static final int LOCKS_OF_EACH_KIND = 2;

  private final List<ClusterProcess> nodes = new ArrayList<>();
  private final List<String> keptByFirst = new ArrayList<>();
  private final List<String> keptElsewhere = new ArrayList<>();
  private ClusterProcess first;

  @BeforeEach
  void start() throws Exception {
    List<Endpoint> members = TestCluster.freeEndpoints(3);
    for (int i = 0; i < members.size(); i++) {
      nodes.add(new ClusterProcess(LockNodeProcess.class, i, members));
      nodes.get(i).await("READY", LONGEST_MILLIS);
    }
    for (ClusterProcess node : nodes) {
      untilItSeesAll(node);
    }
    first = nodes.get(0);
    chooseLocks();
    for (String lock : locks()) {
      first.tell("contend " + lock);
      TestCluster.until(LONGEST_MILLIS, () -> first.last("HOLDS " + lock).isPresent());
      nodes.get(1).tell("contend " + lock);
      nodes.get(2).tell("contend " + lock);
    }
    for (String lock : locks()) {
      String before = entry(first, lock);
      TestCluster.until(LONGEST_MILLIS, () -> !entry(first, lock).equals(before));
    }
  }

  @AfterEach
  void stop() {
    nodes.forEach(ClusterProcess::kill);
  }

  @Test
  void locksOfAKilledHolderComeFreeToOneOther() throws Exception {
    long killed = System.nanoTime();
    first.kill();
    awaitNextHolders("killed", killed, FREE_MILLIS);
    assertNeverTwoHolders();
  }

  /** It thaws as soon as its lock is taken over: then it may still be a member of the cluster. */
  @Test
  void releaseOfAThawedFormerHolderFreesNobodyElsesLock() throws Exception {
    String lock = keptElsewhere.get(0);
    first.freeze();
    TestCluster.until(LONGEST_MILLIS, () -> nextHolder(lock).isPresent());
    first.thaw();
    first.tell("release " + lock);
    first.await("RELEASED " + lock, LONGEST_MILLIS);
    assertStillHeld(nextHolder(lock).orElseThrow());
    assertNeverTwoHolders();
  }

  @Test
  void locksOfAFrozenHolderComeFreeToOneOtherAndItDisturbsNobodyWhenItThaws() throws Exception {
    long frozen = System.nanoTime();
    first.freeze();
    List<Holding> next = awaitNextHolders("frozen", frozen, FREE_OF_LOST_DATA_MILLIS);
    first.thaw();
    // Some it releases as soon as it thaws, while the others may have put it out of the cluster and
    // it does not know; for the others it contends on.
    for (List<String> kind : List.of(keptByFirst, keptElsewhere)) {
      first.tell("release " + kind.get(0));
      first.await("RELEASED " + kind.get(0), LONGEST_MILLIS);
    }
    for (ClusterProcess node : nodes) {
      untilItSeesAll(node);
    }
    for (Holding holding : next) {
      TestCluster.until(LONGEST_MILLIS, () -> first.last("HELD " + holding.lock).isPresent());
      assertEquals(2, holdings(holding.lock).count(), "changed hands once: " + holding.lock);
      assertStillHeld(holding);
    }
    assertNeverTwoHolders();
  }

  private void assertStillHeld(Holding holding) {
    String entry = entry(holding.node, holding.lock);
    assertTrue(entry.startsWith("n" + nodes.indexOf(holding.node) + ":"), entry);
    assertTrue(holding.node.last("HELD " + holding.lock).isEmpty(), "lost " + holding.lock);
  }

  /** A node was seen to hold a lock from one time to another; the last sight may be yet to come. */
  private record Holding(ClusterProcess node, String lock, long from, long until) {}

  private List<Holding> awaitNextHolders(String fault, long since, long millisElsewhere)
      throws Exception {
    List<Holding> next = new ArrayList<>();
    for (String lock : locks()) {
      long millis = keptByFirst.contains(lock) ? FREE_OF_LOST_DATA_MILLIS : millisElsewhere;
      TestCluster.until(millis + LONGEST_MILLIS, () -> nextHolder(lock).isPresent());
      Holding holding = nextHolder(lock).orElseThrow();
      long took = TimeUnit.NANOSECONDS.toMillis(holding.from - since);
      log.warn("{}: lock {} free after {} ms", fault, lock, took);
      assertTrue(took < millis, lock + " was free after " + took + " ms");
      next.add(holding);
    }
    return next;
  }

  private Optional<Holding> nextHolder(String lock) {
    return holdings(lock).filter(h -> h.node != first).findFirst();
  }

  private Stream<Holding> holdings(String lock) {
    return nodes.stream().flatMap(node -> holdings(node, lock));
  }

  private static Stream<Holding> holdings(ClusterProcess node, String lock) {
    List<Holding> all = new ArrayList<>();
    for (String line : node.said()) {
      String[] words = line.split(" ", -1);
      if (line.startsWith("HOLDS " + lock + " ")) {
        all.add(new Holding(node, lock, Long.parseLong(words[2]), Long.MAX_VALUE));
      } else if (line.startsWith("HELD " + lock + " ")) {
        long until = Long.parseLong(words[3]);
        all.set(all.size() - 1, new Holding(node, lock, Long.parseLong(words[2]), until));
      }
    }
    return all.stream();
  }

  /** The first node may have died as a holder: it held nothing after that. */
  private void assertNeverTwoHolders() {
    for (String lock : locks()) {
      List<Holding> all = holdings(lock).sorted(Comparator.comparingLong(Holding::from)).toList();
      for (int i = 1; i < all.size(); i++) {
        Holding before = all.get(i - 1);
        Holding after = all.get(i);
        boolean died = before.node == first && before.until == Long.MAX_VALUE;
        assertTrue(died || before.until < after.from, before + " and " + after);
      }
    }
  }

  private List<String> locks() {
    return Stream.of(keptElsewhere, keptByFirst).flatMap(List::stream).toList();
  }

  private void chooseLocks() throws Exception {
    for (int i = 0; locks().size() < 2 * LOCKS_OF_EACH_KIND; i++) {
      String lock = "job-" + i;
      boolean own = answer(first, "owner " + lock, "OWNER " + lock).endsWith(" true");
      List<String> kind = own ? keptByFirst : keptElsewhere;
      if (kind.size() < LOCKS_OF_EACH_KIND) {
        kind.add(lock);
      }
    }
  }

  private static String entry(ClusterProcess node, String lock) {
    String said = answer(node, "entry " + lock, "ENTRY " + lock);
    return said.substring(said.lastIndexOf(' ') + 1);
  }

  private void untilItSeesAll(ClusterProcess node) throws Exception {
    String all = "MEMBERS " + nodes.size();
    TestCluster.until(LONGEST_MILLIS, () -> answer(node, "members", "MEMBERS").equals(all));
  }

  private static String answer(ClusterProcess node, String question, String beginning) {
    try {
      node.tell(question);
      node.await(beginning, LONGEST_MILLIS);
      return node.last(beginning).orElseThrow();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
