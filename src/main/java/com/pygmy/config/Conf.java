package com.pygmy.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One topology: every node of a cluster and what they share. Made by {@link ConfLoader}, which has
 * checked it: at least one frontend, catalog and order node; 1, 3, 5 or 7 catalogs; names and
 * addresses without duplicates; every port that a node's roles need.
 *
 * @param cluster only nodes with the same cluster name join each other
 * @param adminTokens any of them opens the admin routes; none: nobody is administrator
 * @param catalogue the books of an empty store, a CSV file that exists; absent: it starts empty
 * @param tls present: frontends speak HTTPS, and nothing else
 * @param nodeTls present: nodes speak TLS to each other, and nothing else, but for Hazelcast
 */
public record Conf(
    String cluster,
    List<NodeConf> nodes,
    RaftConf raft,
    RestockConf restock,
    Balancing balancing,
    CacheConf cache,
    LimitsConf limits,
    LogFormat logFormat,
    List<AdminToken> adminTokens,
    Optional<Path> catalogue,
    Optional<TlsConf> tls,
    Optional<NodeTlsConf> nodeTls) {

  public Conf {
    nodes = List.copyOf(nodes);
    adminTokens = List.copyOf(adminTokens);
  }

  /** The same for other nodes, unchecked. */
  public Conf withNodes(List<NodeConf> others) {
    return new Conf(
        cluster,
        others,
        raft,
        restock,
        balancing,
        cache,
        limits,
        logFormat,
        adminTokens,
        catalogue,
        tls,
        nodeTls);
  }

  /** The same with other tokens. */
  public Conf withAdminTokens(List<AdminToken> others) {
    return new Conf(
        cluster, nodes, raft, restock, balancing, cache, limits, logFormat, others, catalogue, tls,
        nodeTls);
  }

  public Optional<NodeConf> node(String name) {
    return nodes.stream().filter(node -> node.name().equals(name)).findFirst();
  }

  /** In the order of the file. */
  public List<NodeConf> nodesWith(Role role) {
    return nodes.stream().filter(node -> node.has(role)).toList();
  }

  /** Must Vert.x be clustered? A single node needs no Hazelcast. */
  public boolean isClustered() {
    return nodes.size() > 1;
  }

  /** A follower that hears nothing from a leader stands for election after a time between these. */
  public record RaftConf(int electionTimeoutMinMillis, int electionTimeoutMaxMillis) {}

  /**
   * The sweep for books that ran out.
   *
   * @param enabled do they get new stock? Otherwise they are only announced
   * @param everySeconds between two sweeps; 0: no sweep at all
   * @param threshold a book with at most so many units left has run out
   * @param level units to fill it up to; absent: each book's initial stock
   */
  public record RestockConf(
      boolean enabled, int everySeconds, int threshold, Optional<Integer> level) {}

  /** Do frontends serve views from memory? */
  public record CacheConf(boolean enabled) {}

  /**
   * What one client may do at one frontend.
   *
   * @param buysPerMinute 0: any number
   */
  public record LimitsConf(int buysPerMinute) {}

  /**
   * What frontends show over HTTPS: PEM files, which whoever starts a frontend has found to fit
   * together.
   *
   * @param certificate the node's own first, then those that lead to an authority
   * @param key PKCS #8, without a password
   */
  public record TlsConf(Path certificate, Path key) {}

  /**
   * By what nodes prove to each other that they are some: PEM files, which whoever starts a node
   * has found to fit together. Paths with {@link #NODE} differ from node to node.
   *
   * @param certificate the node's own first, then those that lead to an authority
   * @param key PKCS #8, without a password
   * @param authorities who shows a certificate of one of them is a node of this cluster
   */
  public record NodeTlsConf(Path certificate, Path key, Path authorities) {

    /** Stands for the name of a node in a path. */
    public static final String NODE = "{node}";

    /** The files of one node. */
    public NodeTlsConf of(String node) {
      return new NodeTlsConf(named(certificate, node), named(key, node), named(authorities, node));
    }

    private static Path named(Path path, String node) {
      return path.getFileSystem().getPath(path.toString().replace(NODE, node));
    }
  }
}
