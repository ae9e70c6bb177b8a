package com.pygmy.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cluster.ClusterSettings.Endpoint;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three nodes in processes of their own, killed and frozen. */
@Tag("long")
final class ClusterProcessesIT {

  private static final Logger log = LoggerFactory.getLogger(ClusterProcessesIT.class);

  /** The time-out of 4 s, a heartbeat, and a machine that does other things, too. */
  private static final long FROZEN_MILLIS = 10_000;

  private static final long LONGEST_MILLIS = 60_000;

  private final List<ClusterProcess> nodes = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    List<Endpoint> members = TestCluster.freeEndpoints(3);
    for (int i = 0; i < members.size(); i++) {
      nodes.add(new ClusterProcess(ClusterNodeProcess.class, i, members));
      // One after the other: the first one leads.
      nodes.get(i).await("READY", LONGEST_MILLIS);
    }
    for (ClusterProcess node : nodes) {
      node.await("VIEW 3 3", LONGEST_MILLIS);
    }
  }

  @AfterEach
  void stop() {
    nodes.forEach(ClusterProcess::kill);
  }

  @Test
  void killedMemberIsGoneFromTheSubscriptionsSoon() throws Exception {
    nodes.get(0).kill();
    long first = nodes.get(1).await("VIEW 2 2", FROZEN_MILLIS);
    long second = nodes.get(2).await("VIEW 2 2", FROZEN_MILLIS);
    log.warn("killed: gone after {} and {} ms", first, first + second);
  }

  @Test
  void survivorsStayTogetherWhenTheMasterFreezesAndItComesBack() throws Exception {
    assertSurvivorsStayTogether(0);
  }

  @Test
  void survivorsStayTogetherWhenAnotherFreezesAndItComesBack() throws Exception {
    assertSurvivorsStayTogether(2);
  }

  private void assertSurvivorsStayTogether(int frozen) throws Exception {
    nodes.get(frozen).freeze();
    List<ClusterProcess> others = nodes.stream().filter(node -> node != nodes.get(frozen)).toList();
    for (ClusterProcess other : others) {
      long millis = other.await("VIEW 2 2", FROZEN_MILLIS);
      log.warn("frozen: gone after another {} ms", millis);
    }
    for (ClusterProcess other : others) {
      assertTrue(other.isAtLast("VIEW 2 2"), "still together");
    }
    nodes.get(frozen).thaw();
    for (ClusterProcess node : nodes) {
      node.await("VIEW 3 3", LONGEST_MILLIS);
    }
  }
}
