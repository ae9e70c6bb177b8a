package com.pygmy.launch;

import com.pygmy.config.Conf;
import com.pygmy.config.NodeConf;
import com.pygmy.config.Role;
import com.pygmy.launch.ClusterView.ReplicaView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Is a cluster up? It is when every frontend answers and sees a leader and every other replica of
 * the conf ready: whatever is asked of any of them then has somebody to answer it.
 */
record Readiness(Conf conf, Function<String, Optional<ClusterView>> probe) {

  /** What is not ready yet, one line each; none: all is. */
  List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (NodeConf frontend : conf.nodesWith(Role.FRONTEND)) {
      String url = frontend.url().orElseThrow();
      Optional<ClusterView> view = probe.apply(url);
      if (view.isEmpty()) {
        missing.add(frontend.name() + " does not answer at " + url);
      } else {
        missing.addAll(missing(frontend.name(), view.get()));
      }
    }
    return missing;
  }

  private List<String> missing(String frontend, ClusterView view) {
    List<String> missing = new ArrayList<>();
    for (NodeConf node : conf.nodes()) {
      List<ReplicaView> replicas = view.of(node.name());
      for (Role role : List.of(Role.CATALOG, Role.ORDER)) {
        if (node.has(role) && replicas.stream().noneMatch(r -> isReady(r, role))) {
          missing.add(
              frontend
                  + " does not see the "
                  + role.label()
                  + " of "
                  + node.name()
                  + " ready"
                  + why(replicas, role));
        }
      }
    }
    if (view.leader().isEmpty()) {
      missing.add(frontend + " sees no leader");
    }
    return missing;
  }

  private static String why(List<ReplicaView> replicas, Role role) {
    return replicas.stream()
        .filter(replica -> replica.service().equals(role.label()))
        .filter(replica -> !replica.detail().isEmpty())
        .map(replica -> ": " + replica.detail())
        .findFirst()
        .orElse("");
  }

  private static boolean isReady(ReplicaView replica, Role role) {
    return replica.service().equals(role.label()) && replica.ready();
  }
}
