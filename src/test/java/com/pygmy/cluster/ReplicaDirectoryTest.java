package com.pygmy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.wire.Message.Goodbye;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ReplicaDirectoryTest {

  private final ReplicaDirectory directory = new ReplicaDirectory();

  @Test
  void knowsNobodyAtFirst() {
    assertTrue(directory.nodes().isEmpty());
    assertTrue(directory.leader().isEmpty());
  }

  @Test
  void forgetsWhoIsNotHeardForSomeBeats() {
    directory.heard(HeartbeatsTest.heartbeat("n1", "a"));
    directory.beat();
    directory.heard(HeartbeatsTest.heartbeat("n2", "a"));
    beats(ReplicaDirectory.FORGET_BEATS - 2);
    assertEquals(List.of("n1", "n2"), directory.ready(Service.ORDER));
    directory.beat();
    assertEquals(List.of("n2"), directory.ready(Service.ORDER));
    directory.heard(HeartbeatsTest.heartbeat("n2", "a"));
    beats(ReplicaDirectory.FORGET_BEATS - 1);
    assertEquals(List.of("n2"), directory.ready(Service.ORDER));
    directory.beat();
    assertEquals(List.of(), directory.ready(Service.ORDER));
  }

  @Test
  void knowsThatTheShopServesWhenALeaderAndBothServicesAreThere() {
    directory.heard(HeartbeatsTest.heartbeat("n1", "a"));
    directory.heard(catalog("n2", Role.FOLLOWER, 3, 70));
    assertFalse(directory.serving().isComplete(), "nobody leads");
    directory.left(new Goodbye("n1", "a"));
    directory.heard(catalog("n3", Role.LEADER, 3, 70));
    assertFalse(directory.serving().isComplete(), "nobody takes orders");
    directory.heard(HeartbeatsTest.heartbeat("n1", "b"));
    assertTrue(directory.serving().succeeded());
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

  private void beats(int count) {
    IntStream.range(0, count).forEach(i -> directory.beat());
  }
}
