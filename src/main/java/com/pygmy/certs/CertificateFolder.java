package com.pygmy.certs;

import com.pygmy.config.Conf.NodeTlsConf;
import com.pygmy.config.NodeCredentials;
import com.pygmy.config.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.stream.Stream;

/**
 * The certificates by which the nodes of a cluster know each other, and the authority that they are
 * of: a pair of PEM files each, in one folder. A certificate is {@code NAME.pem}, its key {@code
 * NAME.key}, readable by their owner only. What is there is never replaced: to renew a pair, remove
 * it first.
 */
public final class CertificateFolder {

  /** The authority's name among those of the nodes. */
  public static final String AUTHORITY = "ca";

  public static final int AUTHORITY_DAYS = 3_650;

  /** After which nodes need new ones, if nothing else is said. */
  public static final int NODE_DAYS = 730;

  private final Path folder;
  private final SecureRandom random;

  public CertificateFolder(Path folder, SecureRandom random) {
    this.folder = folder.toAbsolutePath().normalize();
    this.random = random;
  }

  /**
   * A pair of files.
   *
   * @param name of a node, or {@link #AUTHORITY}
   * @param isNew was it made just now?
   * @param hasKey the authority's key may be elsewhere, as long as nothing is to be signed
   */
  public record Pair(
      String name, Path certificate, Path key, Instant expires, boolean isNew, boolean hasKey) {}

  /**
   * Makes what is missing; nothing, if something is wrong with what is there.
   *
   * @param hosts of each node that is to have a pair; they come to stand in its certificate, for
   *     those who look there: nodes do not
   * @param days for which new ones of nodes are valid, from yesterday on
   * @return all pairs, the authority's first
   * @throws IOException says what is wrong
   */
  public List<Pair> complete(String cluster, SortedMap<String, SortedSet<String>> hosts, int days)
      throws IOException {
    if (hosts.containsKey(AUTHORITY)) {
      throw new IOException("a node named " + AUTHORITY + " would have the authority's files");
    }
    Missing missing = missing(hosts);
    if (!missing.isNothing()) {
      try (Workshop workshop = Workshop.open(folder, random)) {
        missing = missing(hosts); // now that nobody else makes any
        make(workshop, missing, cluster, hosts, days);
      }
    }
    List<Pair> pairs = new ArrayList<>();
    pairs.add(pair(AUTHORITY, missing.authority()));
    for (String name : hosts.keySet()) {
      pairs.add(pair(name, missing.nodes().contains(name)));
    }
    return pairs;
  }

  private record Missing(boolean authority, List<String> nodes) {
    boolean isNothing() {
      return nodes.isEmpty();
    }
  }

  /**
   * @throws IOException something is wrong with what is there
   */
  private Missing missing(SortedMap<String, SortedSet<String>> hosts) throws IOException {
    List<String> nodes = new ArrayList<>();
    for (String name : hosts.keySet()) {
      if (!isThere(name)) {
        nodes.add(name);
      }
    }
    if (nodes.size() == hosts.size() && isEmpty()) {
      return new Missing(true, nodes);
    }
    checkAuthority(!nodes.isEmpty());
    for (String name : hosts.keySet()) {
      if (!nodes.contains(name)) {
        check(name);
      }
    }
    return new Missing(false, nodes);
  }

  private void make(
      Workshop workshop,
      Missing missing,
      String cluster,
      SortedMap<String, SortedSet<String>> hosts,
      int days)
      throws IOException {
    if (missing.authority()) {
      workshop.makeAuthority(cluster, AUTHORITY_DAYS);
    } else {
      X509Certificate authority = authority();
      workshop.useAuthority(authority, TlsFiles.key(key(AUTHORITY), authority.getPublicKey()));
    }
    for (String name : missing.nodes()) {
      workshop.makeNode(name, hosts.get(name), days);
    }
    // Only now is anything put in place, so a failure before leaves nothing behind.
    if (missing.authority()) {
      workshop.put(Workshop.AUTHORITY, key(AUTHORITY), certificate(AUTHORITY));
    }
    for (String name : missing.nodes()) {
      workshop.put(Workshop.alias(name), key(name), certificate(name));
    }
  }

  /** Both files of a pair, or none of them. */
  private boolean isThere(String name) throws IOException {
    boolean hasCertificate = Files.exists(certificate(name));
    boolean hasKey = Files.exists(key(name));
    if (hasCertificate != hasKey) {
      Path there = hasCertificate ? certificate(name) : key(name);
      Path gone = hasCertificate ? key(name) : certificate(name);
      throw new IOException(
          there + " is there, but not " + gone + ": bring that back, or remove the other");
    }
    return hasCertificate;
  }

  private void check(String name) throws IOException {
    try {
      var unused = NodeCredentials.read(files(name));
    } catch (IOException wrong) {
      throw new IOException(
          wrong.getMessage()
              + "; to have another made, remove "
              + certificate(name)
              + " and "
              + key(name),
          wrong);
    }
  }

  /**
   * Has it never had an authority? One with certificates has, wherever the authority is kept now.
   */
  private boolean isEmpty() throws IOException {
    return !Files.exists(key(AUTHORITY)) && !hasCertificates();
  }

  private void checkAuthority(boolean isToSign) throws IOException {
    if (!Files.exists(certificate(AUTHORITY))) {
      if (!hasCertificates()) {
        throw new IOException(
            key(AUTHORITY)
                + " is there, but not "
                + certificate(AUTHORITY)
                + ": bring that back, or, if they were being made and that was interrupted, remove"
                + " the other");
      }
      throw new IOException(
          certificate(AUTHORITY)
              + " is missing, though there are others of its: bring it back, or use another"
              + " folder");
    }
    X509Certificate authority = authority();
    if (Files.exists(key(AUTHORITY))) {
      var unused = TlsFiles.key(key(AUTHORITY), authority.getPublicKey());
    } else if (isToSign) {
      throw new IOException(key(AUTHORITY) + " is needed to sign, and is not there: bring it back");
    }
  }

  private boolean hasCertificates() throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(file -> file.toString().endsWith(".pem"));
    }
  }

  private X509Certificate authority() throws IOException {
    return TlsFiles.certificates(certificate(AUTHORITY)).get(0);
  }

  private Pair pair(String name, boolean isNew) throws IOException {
    X509Certificate shown = TlsFiles.certificates(certificate(name)).get(0);
    return new Pair(
        name,
        certificate(name),
        key(name),
        shown.getNotAfter().toInstant(),
        isNew,
        Files.exists(key(name)));
  }

  private NodeTlsConf files(String name) {
    return new NodeTlsConf(certificate(name), key(name), certificate(AUTHORITY));
  }

  /** As a conf names them, of every node. */
  public NodeTlsConf files() {
    return files(NodeTlsConf.NODE);
  }

  private Path certificate(String name) {
    return folder.resolve(name + ".pem");
  }

  private Path key(String name) {
    return folder.resolve(name + ".key");
  }
}
