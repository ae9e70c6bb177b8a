package com.pygmy;

import com.pygmy.certs.CertificateFolder;
import com.pygmy.config.Conf.NodeTlsConf;
import com.pygmy.config.NodeCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * An authority of its own, as {@code pygmy certs} makes it, with certificates for some nodes. None
 * names a host that a test dials, but for localhost and 127.0.0.1.
 */
public record TestAuthority(NodeTlsConf files) {

  public static TestAuthority of(Path folder, String... nodes) throws IOException {
    TreeMap<String, SortedSet<String>> hosts = new TreeMap<>();
    for (String node : nodes) {
      hosts.put(node, new TreeSet<>(List.of(node + ".example")));
    }
    CertificateFolder certificates = new CertificateFolder(folder, new SecureRandom());
    var unused = certificates.complete("test", hosts, CertificateFolder.NODE_DAYS);
    return new TestAuthority(certificates.files());
  }

  public NodeCredentials credentials(String node) throws IOException {
    return NodeCredentials.read(files.of(node));
  }
}
