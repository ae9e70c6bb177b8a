package com.pygmy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message.Goodbye;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ReplicaDirectoryTest {

  private static final long BEATS = ReplicaDirectory.FORGET_MILLIS / Addresses.HEARTBEAT_MILLIS;

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
  private final ReplicaDirectory directory = new ReplicaDirectory(clock::get);

  @Test
  void knowsNobodyAtFirst() {
    assertTrue(directory.nodes().isEmpty());
    assertTrue(directory.leader().isEmpty());
  }

  @Test
  void forgetsANodeThatFallsSilentEvenWhenTheClockWraps() {
    directory.heard(HeartbeatsTest.heartbeat("n1", "a"));
    for (long beat = 1; beat < BEATS; beat++) {
      pass(Addresses.HEARTBEAT_MILLIS);
      directory.heard(HeartbeatsTest.heartbeat("own", "a"));
      assertEquals(List.of("n1", "own"), directory.ready(Service.ORDER));
    }
    pass(Addresses.HEARTBEAT_MILLIS - 1);
    directory.heard(HeartbeatsTest.heartbeat("own", "a"));
    assertEquals(List.of("n1", "own"), directory.ready(Service.ORDER));
    pass(1);
    directory.heard(HeartbeatsTest.heartbeat("own", "a"));
    assertEquals(List.of("own"), directory.ready(Service.ORDER));
  }

  /** A process that could not run for a while has the others' heartbeats waiting in a queue. */
  @Test
  void whileThisProcessWasHeldUpNobodyWasSilent() {
    directory.heard(HeartbeatsTest.heartbeat("n1", "a"));
    pass(Addresses.HEARTBEAT_MILLIS);
    directory.heard(HeartbeatsTest.heartbeat("own", "a"));
    pass(60_000);
    assertEquals(List.of("n1", "own"), directory.ready(Service.ORDER));
    directory.heard(HeartbeatsTest.heartbeat("own", "a"));
    assertEquals(List.of("n1", "own"), directory.ready(Service.ORDER));
    for (long beat = 0; beat < BEATS; beat++) {
      pass(Addresses.HEARTBEAT_MILLIS);
      directory.heard(HeartbeatsTest.heartbeat("own", "a"));
    }
    assertEquals(List.of("own"), directory.ready(Service.ORDER), "it has gone after all");
  }

  @Test
  void goodbyeOfAFormerIncarnationIsIgnored() {
    directory.heard(HeartbeatsTest.heartbeat("n1", "b"));
    directory.left(new Goodbye("n1", "a"));
    assertEquals(1, directory.nodes().size());
    directory.left(new Goodbye("n1", "b"));
    assertEquals(0, directory.nodes().size());
  }

  @Test
  void believesTheLeaderOfTheHighestTerm() {
    directory.heard(catalog("n1", Role.LEADER, 3, 70));
    directory.heard(catalog("n2", Role.LEADER, 4, 60));
    directory.heard(catalog("n3", Role.FOLLOWER, 5, 80));
    assertEquals("n2", directory.leader().orElseThrow().replica());
  }

  @Test
  void listsOnlyWhoSaysItCanServe() {
    directory.heard(HeartbeatsTest.heartbeat("n2", "a"));
    directory.heard(catalog("n1", Role.LEARNER, 1, 1));
    assertEquals(List.of("n2"), directory.ready(Service.ORDER));
    assertEquals(List.of(), directory.ready(Service.CATALOG));
    assertEquals(1, directory.replicas(Service.CATALOG).count());
  }

  private static Heartbeat catalog(String node, Role role, long term, long index) {
    boolean ready = role != Role.LEARNER;
    return new Heartbeat(
        node,
        "a",
        Optional.empty(),
        false,
        List.of(
            new ReplicaState(
                node, Service.CATALOG, role, term, index, ready, Optional.empty(), "")));
  }

  private void pass(long millis) {
    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
