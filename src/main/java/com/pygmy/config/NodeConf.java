package com.pygmy.config;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One node, that is one JVM. Its replicas bear its name: a node has each role at most once.
 *
 * @param host by which the other nodes reach it, and on which it listens
 * @param httpPort present if it is a frontend
 * @param raftPort present if it is a catalog
 * @param hazelcastPort present if there is more than one node
 * @param eventBusPort 0: chosen by the system
 * @param https does its frontend speak HTTPS?
 * @param clientUrl where clients reach its frontend, if not by host and port: behind a published
 *     port, say
 * @param managementPort present if health and metrics have a port of their own
 */
public record NodeConf(
    String name,
    String host,
    Set<Role> roles,
    OptionalInt httpPort,
    OptionalInt raftPort,
    OptionalInt hazelcastPort,
    int eventBusPort,
    boolean https,
    Optional<String> clientUrl,
    OptionalInt managementPort) {

  public NodeConf {
    roles = Set.copyOf(roles);
  }

  /** One that clients reach where it listens, and that is watched there. */
  public NodeConf(
      String name,
      String host,
      Set<Role> roles,
      OptionalInt httpPort,
      OptionalInt raftPort,
      OptionalInt hazelcastPort,
      int eventBusPort,
      boolean https) {
    this(
        name,
        host,
        roles,
        httpPort,
        raftPort,
        hazelcastPort,
        eventBusPort,
        https,
        Optional.empty(),
        OptionalInt.empty());
  }

  public boolean has(Role role) {
    return roles.contains(role);
  }

  /** Where people on this machine reach its frontend; empty if it is none. */
  public Optional<String> url() {
    if (httpPort.isEmpty()) {
      return Optional.empty();
    }
    boolean isWildcard = host.equals("0.0.0.0") || host.equals("::");
    String reached = isWildcard ? "127.0.0.1" : host;
    String shown = reached.contains(":") ? "[" + reached + "]" : reached;
    return Optional.of((https ? "https://" : "http://") + shown + ":" + httpPort.getAsInt());
  }

  /** Where its clients, who may be elsewhere, reach its frontend; empty if it is none. */
  public Optional<String> toldUrl() {
    return httpPort.isEmpty() ? Optional.empty() : clientUrl.or(this::url);
  }
}
