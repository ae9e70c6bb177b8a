package com.pygmy.launch;

import com.pygmy.config.Role;
import com.pygmy.launch.ClusterView.ReplicaView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Is a cluster whole and level, as every one of its frontends sees it? Then any one node may go.
 *
 * @param running the nodes that are to be there, with their roles
 */
record Level(List<Mate> running, Function<String, Optional<ClusterView>> probe) {

  /** A node: its roles as in the conf, its frontend's URL. */
  record Mate(String name, List<String> roles, Optional<String> url) {}

  Level {
    running = List.copyOf(running);
  }

  /** What is not level, one line each; none: all is. */
  List<String> missing() {
    List<String> missing = new ArrayList<>();
    if (running.stream().noneMatch(mate -> mate.url().isPresent())) {
      missing.add("a frontend here that could tell");
    }
    for (Mate frontend : running) {
      if (frontend.url().isPresent()) {
        Optional<ClusterView> view = probe.apply(frontend.url().get());
        if (view.isEmpty()) {
          missing.add(frontend.name() + " does not answer at " + frontend.url().get());
        } else {
          missing.addAll(missing(frontend.name(), view.get()));
        }
      }
    }
    return missing;
  }

  private List<String> missing(String frontend, ClusterView view) {
    List<String> missing = new ArrayList<>();
    running.forEach(
        mate ->
            missing(mate, view).forEach(what -> missing.add(frontend + " does not see " + what)));
    if (view.leader().isEmpty()) {
      missing.add(frontend + " sees no leader");
    }
    return missing;
  }

  /** What of one node is not there, or not level. */
  static List<String> missing(Mate mate, ClusterView view) {
    List<String> missing = new ArrayList<>();
    for (Role role : List.of(Role.CATALOG, Role.ORDER)) {
      if (mate.roles().contains(role.label())
          && view.of(mate.name()).stream().noneMatch(replica -> isLevel(replica, role))) {
        missing.add("the " + role.label() + " of " + mate.name() + " level");
      }
    }
    if (!view.nodes().contains(mate.name())) {
      missing.add(mate.name());
    }
    return missing;
  }

  private static boolean isLevel(ReplicaView replica, Role role) {
    return replica.service().equals(role.label()) && ClusterView.isLevel(replica);
  }
}
