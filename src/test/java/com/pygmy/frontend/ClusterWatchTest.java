package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ClusterWatchTest {

  private final ClusterWatch watch = new ClusterWatch();

  @Test
  void whatIsThereAtFirstIsNoNews() {
    assertEquals(List.of(), tell(node("n1", leader("n1", 3)), node("n2", follower("n2", true))));
    assertEquals(List.of(), tell(node("n1", leader("n1", 3)), node("n2", follower("n2", true))));
  }

  @Test
  void tellsAFailOver() {
    tell(node("n1", leader("n1", 3)), node("n2", follower("n2", true)));
    assertEquals(
        List.of("replica {\"replica\":\"n1\",\"service\":\"catalog\",\"state\":\"gone\"}"),
        tell(node("n2", follower("n2", true))));
    assertEquals(
        List.of("leader {\"replica\":\"n2\",\"node\":\"n2\",\"term\":4}"),
        tell(node("n2", leader("n2", 4))));
    assertEquals(
        List.of("replica {\"replica\":\"n1\",\"service\":\"catalog\",\"state\":\"back\"}"),
        tell(node("n1", follower("n1", false)), node("n2", leader("n2", 4))));
    assertEquals(
        List.of("replica {\"replica\":\"n1\",\"service\":\"catalog\",\"state\":\"ready\"}"),
        tell(node("n1", follower("n1", true)), node("n2", leader("n2", 4))));
  }

  @Test
  void whoComesBackReadyIsBoth() {
    tell(node("n1", leader("n1", 3)));
    assertEquals(
        List.of(
            "replica {\"replica\":\"n2\",\"service\":\"catalog\",\"state\":\"back\"}",
            "replica {\"replica\":\"n2\",\"service\":\"catalog\",\"state\":\"ready\"}"),
        tell(node("n1", leader("n1", 3)), node("n2", follower("n2", true))));
  }

  @Test
  void believesTheHighestTermWhenTwoSayThatTheyLead() {
    tell(node("n1", leader("n1", 3)), node("n2", follower("n2", true)));
    assertEquals(
        List.of("leader {\"replica\":\"n2\",\"node\":\"n2\",\"term\":4}"),
        tell(node("n1", leader("n1", 3)), node("n2", leader("n2", 4))));
  }

  @Test
  void aLeaderThatFallsSilentForAMomentIsNoNews() {
    tell(node("n1", leader("n1", 3)));
    tell(node("n1", follower("n1", true)));
    assertEquals(List.of(), tell(node("n1", leader("n1", 3))));
    assertEquals(
        List.of("leader {\"replica\":\"n1\",\"node\":\"n1\",\"term\":4}"),
        tell(node("n1", leader("n1", 4))));
  }

  @Test
  void afterItHasForgottenNothingIsNews() {
    tell(node("n1", leader("n1", 3)));
    watch.forget();
    assertEquals(List.of(), tell(node("n2", leader("n2", 5))));
  }

  private List<String> tell(Heartbeat... nodes) {
    return watch.look(List.of(nodes)).stream()
        .map(
            event ->
                event.kind().word()
                    + event.text().toString().replaceAll("(?s)event: .*\ndata:(.*)\n", "$1"))
        .toList();
  }

  private static Heartbeat node(String name, ReplicaState replica) {
    return new Heartbeat(name, "i", Optional.empty(), false, List.of(replica));
  }

  private static ReplicaState leader(String name, long term) {
    return state(name, Role.LEADER, term, true);
  }

  private static ReplicaState follower(String name, boolean ready) {
    return state(name, Role.FOLLOWER, 3, ready);
  }

  private static ReplicaState state(String name, Role role, long term, boolean ready) {
    return new ReplicaState(name, Service.CATALOG, role, term, 7, ready, Optional.of("store"), "");
  }
}
