package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.launch.ClusterView.ReplicaView;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who may go, and who cannot be done without. */
final class LevelTest {

  private static final ReplicaView LEADER =
      new ReplicaView("n1", "catalog", "leader", 3, 10, 0, true, "");
  private static final ReplicaView ORDER =
      new ReplicaView("n1", "order", "serving", 0, 5, 0, true, "");
  private static final ReplicaView OTHER_ORDER =
      new ReplicaView("n2", "order", "serving", 0, 5, 0, true, "");
  private static final ReplicaView LATE_ORDER =
      new ReplicaView("n2", "order", "serving", 0, 0, 5, false, "catching up");

  @Test
  void nothingIsLevelWhereNoFrontendCanTell() {
    Level level =
        new Level(
            List.of(new Level.Mate("n1", List.of("catalog"), Optional.empty())),
            url -> Optional.of(view(List.of(), LEADER)));
    assertEquals(List.of("a frontend here that could tell"), level.missing());
  }

  @Test
  void aNodeIsLevelWhenAFrontendSeesAllItsReplicasLevel() {
    Level level =
        new Level(
            List.of(new Level.Mate("n1", List.of("catalog", "order"), Optional.of("http://n1"))),
            url -> Optional.of(view(List.of("n1"), LEADER, ORDER)));
    assertEquals(List.of(), level.missing());
  }

  @Test
  void theLastFrontendCannotBeDoneWithout() {
    assertEquals(
        Optional.of("it has the last frontend"),
        view(List.of("n1"), LEADER, ORDER, OTHER_ORDER).needs("n1"));
    assertEquals(
        Optional.empty(), view(List.of("n1", "n2"), LEADER, ORDER, OTHER_ORDER).needs("n1"));
  }

  @Test
  void theLastReadyOrderReplicaCannotBeDoneWithout() {
    Optional<String> last = Optional.of("no other order replica is ready");
    assertEquals(last, view(List.of("n1", "n2"), LEADER, ORDER).needs("n1"));
    assertEquals(last, view(List.of("n1", "n2"), LEADER, ORDER, LATE_ORDER).needs("n1"));
    assertEquals(Optional.empty(), view(List.of("n1", "n2"), LEADER, OTHER_ORDER).needs("n1"));
  }

  private static ClusterView view(List<String> frontends, ReplicaView... replicas) {
    return new ClusterView(
        List.of("n1", "n2"), frontends, List.of(replicas), List.of(), Optional.empty());
  }
}
