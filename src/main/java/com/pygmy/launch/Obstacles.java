package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.config.NodeConf;
import com.pygmy.launch.Supervisor.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What can be known to be in the way of a start before anything is started. */
final class Obstacles {

  /** Below this, a start ends in a database or a log that cannot be written. */
  static final long MIN_FREE_BYTES_PER_NODE = 32L << 20;

  /** All that is in the way; empty: nothing that we know. */
  static Optional<Failure> before(Launch launch, List<NodeConf> toStart) throws IOException {
    List<String> obstacles = new ArrayList<>();
    space(launch, toStart.size()).ifPresent(obstacles::add);
    for (NodeConf node : toStart) {
      ports(node)
          .forEach(
              port ->
                  PortUse.complaint(node.host(), port)
                      .ifPresent(complaint -> obstacles.add(node.name() + ": " + complaint)));
    }
    return obstacles.isEmpty()
        ? Optional.empty()
        : Optional.of(new Failure(ExitCode.REFUSED, String.join("\n", obstacles)));
  }

  private static Optional<String> space(Launch launch, int nodes) throws IOException {
    long free = Files.getFileStore(launch.data().root()).getUsableSpace();
    long needed = nodes * MIN_FREE_BYTES_PER_NODE;
    return free >= needed
        ? Optional.empty()
        : Optional.of(
            "no space: %d MB left for %s, at least %d MB needed"
                .formatted(free >> 20, launch.data().root(), needed >> 20));
  }

  private static List<Integer> ports(NodeConf node) {
    List<Integer> ports = new ArrayList<>();
    node.httpPort().ifPresent(ports::add);
    node.raftPort().ifPresent(ports::add);
    node.hazelcastPort().ifPresent(ports::add);
    node.managementPort().ifPresent(ports::add);
    if (node.eventBusPort() != 0) {
      ports.add(node.eventBusPort());
    }
    return ports;
  }

  private Obstacles() {}
}
