package com.pygmy.replication.ratis;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What the conf says about the replicated log.
 *
 * @param cluster names the store; replicas of different clusters never talk
 * @param name this replica, one of {@code replicas}
 * @param replicas all of them, in the order of the conf: the same list, in the same order,
 *     everywhere
 * @param folder holds everything of the log; owned by one process at a time
 * @param electionMinMillis a follower that hears nothing for this long, or longer, stands
 * @param electionMaxMillis the upper end of the random election time-out
 * @param proposalTimeoutMillis after which a proposal is answered "unknown"
 * @param readTimeoutMillis after which a read point is answered "unavailable"
 * @param maxQueuedCommands commands accepted and not yet answered, at most
 * @param snapshotEveryEntries how often the log asks the state how much of it is durable, to purge
 * @param keptEntries entries kept for followers that lag, though the state here needs them no more
 * @param bootstrap found a store though not every replica of the conf answers. Give it to one
 *     replica, once
 * @param tls absent: whoever reaches the port is believed
 */
public record Settings(
    String cluster,
    String name,
    List<Replica> replicas,
    Path folder,
    int electionMinMillis,
    int electionMaxMillis,
    int proposalTimeoutMillis,
    int readTimeoutMillis,
    int maxQueuedCommands,
    int snapshotEveryEntries,
    int keptEntries,
    boolean bootstrap,
    Optional<Tls> tls) {

  /**
   * Replicas talk TLS, and both sides of a connection have to show a certificate.
   *
   * @param shown by this replica, whoever asks
   * @param believed whom it takes for a replica; names are its business alone
   */
  public record Tls(X509ExtendedKeyManager shown, X509ExtendedTrustManager believed) {}

  /** A replica of the conf and where its log is reached. */
  public record Replica(String name, String host, int port) {
    public Replica {
      if (!name.matches("[A-Za-z0-9._-]{1,40}")) {
        throw new IllegalArgumentException("replica name '" + name + "'");
      }
      if (port < 1 || port > 65535) {
        throw new IllegalArgumentException("port " + port + " of replica " + name);
      }
    }

    /** Reads {@link #address} back. */
    static Replica at(String name, String address) {
      int colon = address.lastIndexOf(':');
      if (colon < 1) {
        throw new IllegalArgumentException("address '" + address + "' of replica " + name);
      }
      return new Replica(
          name, address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }

    /** {@code host:port}. */
    String address() {
      return host + ":" + port;
    }
  }

  public Settings {
    replicas = List.copyOf(replicas);
    Set<String> names = new HashSet<>();
    for (Replica replica : replicas) {
      if (!names.add(replica.name())) {
        throw new IllegalArgumentException("two replicas named " + replica.name());
      }
    }
    if (!names.contains(name)) {
      throw new IllegalArgumentException(name + " is none of the replicas " + names);
    }
    if (electionMinMillis < 50 || electionMaxMillis < electionMinMillis) {
      throw new IllegalArgumentException(
          "election time-out " + electionMinMillis + " to " + electionMaxMillis + " ms");
    }
    if (proposalTimeoutMillis < 1
        || readTimeoutMillis < 1
        || maxQueuedCommands < 1
        || snapshotEveryEntries < 1
        || keptEntries < 0) {
      throw new IllegalArgumentException("a limit of the log is not positive");
    }
  }

  /**
   * The values for one machine: elections of 300 to 600 ms, 5 s a proposal, 1 s a read; without
   * TLS.
   */
  public static Settings of(String cluster, String name, List<Replica> replicas, Path folder) {
    return new Settings(
        cluster,
        name,
        replicas,
        folder,
        300,
        600,
        5_000,
        1_000,
        10_000,
        10_000,
        10_000,
        false,
        Optional.empty());
  }

  public Settings withElection(int minMillis, int maxMillis) {
    return new Settings(
        cluster,
        name,
        replicas,
        folder,
        minMillis,
        maxMillis,
        proposalTimeoutMillis,
        readTimeoutMillis,
        maxQueuedCommands,
        snapshotEveryEntries,
        keptEntries,
        bootstrap,
        tls);
  }

  public Settings withTimeouts(int proposalMillis, int readMillis) {
    return new Settings(
        cluster,
        name,
        replicas,
        folder,
        electionMinMillis,
        electionMaxMillis,
        proposalMillis,
        readMillis,
        maxQueuedCommands,
        snapshotEveryEntries,
        keptEntries,
        bootstrap,
        tls);
  }

  public Settings withLog(int snapshotEvery, int kept) {
    return new Settings(
        cluster,
        name,
        replicas,
        folder,
        electionMinMillis,
        electionMaxMillis,
        proposalTimeoutMillis,
        readTimeoutMillis,
        maxQueuedCommands,
        snapshotEvery,
        kept,
        bootstrap,
        tls);
  }

  public Settings withBootstrap(boolean found) {
    return new Settings(
        cluster,
        name,
        replicas,
        folder,
        electionMinMillis,
        electionMaxMillis,
        proposalTimeoutMillis,
        readTimeoutMillis,
        maxQueuedCommands,
        snapshotEveryEntries,
        keptEntries,
        found,
        tls);
  }

  public Settings withTls(Optional<Tls> other) {
    return new Settings(
        cluster,
        name,
        replicas,
        folder,
        electionMinMillis,
        electionMaxMillis,
        proposalTimeoutMillis,
        readTimeoutMillis,
        maxQueuedCommands,
        snapshotEveryEntries,
        keptEntries,
        bootstrap,
        other);
  }

  Replica own() {
    return replica(name);
  }

  Replica replica(String wanted) {
    return replicas.stream()
        .filter(r -> r.name().equals(wanted))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no replica " + wanted + " in the conf"));
  }

  List<Replica> others() {
    return replicas.stream().filter(r -> !r.name().equals(name)).toList();
  }
}
