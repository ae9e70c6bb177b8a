package com.pygmy.cluster;

import java.util.List;
import java.util.Optional;

/**
 * Where a node of the cluster listens, and where the others do.
 *
 * @param clusterName nodes of different names never join each other
 * @param node this node's name, for the logs
 * @param self where this node's Hazelcast member listens: an address of this machine, which the
 *     event bus binds to as well. Nothing listens on any other address.
 * @param busPort where the event bus listens; 0: any free port
 * @param members where the Hazelcast members of all nodes listen, this one's included
 * @param tls of the event bus; absent: whoever reaches it is believed. Hazelcast has none
 */
public record ClusterSettings(
    String clusterName,
    String node,
    Endpoint self,
    int busPort,
    List<Endpoint> members,
    Optional<Tls> tls) {

  /**
   * Nodes send each other messages over TLS, and both sides of a connection have to show a
   * certificate of one of the authorities, whatever name it is for. All are texts in PEM form.
   *
   * @param certificates the node's own first
   */
  public record Tls(String certificates, String key, String authorities) {
    @Override
    public String toString() {
      return "TLS"; // and no key in a log
    }
  }

  public ClusterSettings {
    if (clusterName.isBlank() || node.isBlank()) {
      throw new IllegalArgumentException("a cluster and its nodes have names");
    }
    if (busPort < 0 || busPort > Endpoint.MAX_PORT) {
      throw new IllegalArgumentException("a port is 0 to 65535, not " + busPort);
    }
    members = List.copyOf(members);
    if (!members.contains(self)) {
      throw new IllegalArgumentException("node " + node + " at " + self + " is not in " + members);
    }
  }

  /** The same among other members. */
  ClusterSettings withMembers(List<Endpoint> others) {
    return new ClusterSettings(clusterName, node, self, busPort, others, tls);
  }

  /** A host name or address, and a port. */
  public record Endpoint(String host, int port) {
    static final int MAX_PORT = 65_535;

    public Endpoint {
      if (host.isBlank()) {
        throw new IllegalArgumentException("a host is not blank");
      }
      if (port < 1 || port > MAX_PORT) {
        throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
      }
    }

    /** As in {@code 10.0.0.1:5701} or {@code [::1]:5701}. */
    @Override
    public String toString() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }
}
