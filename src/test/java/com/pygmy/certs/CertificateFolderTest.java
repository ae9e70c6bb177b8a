package com.pygmy.certs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.certs.CertificateFolder.Pair;
import com.pygmy.config.NodeCredentials;
import com.pygmy.config.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFolderTest {

  private static final int DAYS = 90;

  @TempDir private Path parent;
  private Path folder;
  private CertificateFolder certificates;

  @BeforeEach
  void open() {
    folder = parent.resolve("certs");
    certificates = new CertificateFolder(folder, new SecureRandom());
  }

  @Test
  void makesAnAuthorityAndAPairForEachNode() throws Exception {
    List<Pair> pairs = complete("n1", "n2");
    assertEquals(List.of("ca", "n1", "n2"), pairs.stream().map(Pair::name).toList());
    assertTrue(pairs.stream().allMatch(pair -> pair.isNew() && pair.hasKey()), pairs::toString);
    assertEquals(
        Set.of("ca.pem", "ca.key", "n1.pem", "n1.key", "n2.pem", "n2.key"), contents().keySet());
    for (String name : List.of("ca", "n1", "n2")) {
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(
              Files.getPosixFilePermissions(folder.resolve(name + ".key"))));
    }
    NodeCredentials n2 = NodeCredentials.read(certificates.files().of("n2"));
    X509Certificate shown = n2.chain().get(0);
    assertEquals("CN=n2", shown.getSubjectX500Principal().getName());
    assertEquals(
        Set.of("localhost", "127.0.0.1", "n2.example", "10.0.0.7", "fe80:0:0:0:0:0:0:7"),
        shown.getSubjectAlternativeNames().stream()
            .map(name -> (String) name.get(1))
            .collect(Collectors.toSet()));
    assertEquals(
        Duration.ofDays(DAYS),
        Duration.between(shown.getNotBefore().toInstant(), shown.getNotAfter().toInstant()));
    assertEquals(-1, shown.getBasicConstraints(), "a node makes no nodes");
  }

  @Test
  void whatIsThereIsKeptAndWhatIsMissingIsAdded() throws Exception {
    var unused = complete("n1");
    Map<String, String> before = contents();
    assertEquals(
        List.of(false, false), complete("n1").stream().map(Pair::isNew).toList(), "nothing to do");
    assertEquals(before, contents());
    assertEquals(
        List.of(false, false, true), complete("n1", "n2").stream().map(Pair::isNew).toList());
    Map<String, String> after = contents();
    assertEquals(
        Set.of("ca.pem", "ca.key", "n1.pem", "n1.key", "n2.pem", "n2.key"), after.keySet());
    before.forEach((file, text) -> assertEquals(text, after.get(file), file));
    var n2 = NodeCredentials.read(certificates.files().of("n2"));
    NodeCredentials.read(certificates.files().of("n1"))
        .believed()
        .checkClientTrusted(n2.chain().toArray(X509Certificate[]::new), "EC");
  }

  @Test
  void anAuthorityThatIsKeptElsewhereIsNeededForNewOnesOnly() throws Exception {
    var unused = complete("n1");
    Files.delete(folder.resolve("ca.key"));
    assertEquals(List.of(false, true), complete("n1").stream().map(Pair::hasKey).toList());
    refused("ca.key is needed to sign", "n1", "n2");
  }

  @Test
  void halvesAreRefused() throws Exception {
    var unused = complete("n1");
    Path aside = Files.move(folder.resolve("n1.key"), parent.resolve("n1.key"));
    refused("n1.pem is there, but not " + folder.resolve("n1.key"), "n1");
    var unusedMove = Files.move(aside, folder.resolve("n1.key"));
    Files.delete(folder.resolve("ca.pem"));
    refused("ca.pem is missing", "n1");
    refused("ca.pem is missing", "n1", "n2");
    refused("ca.pem is missing", "n2");
    Files.delete(folder.resolve("ca.key"));
    refused("ca.pem is missing", "n2"); // there is a second authority for nobody
  }

  @Test
  void halfAnAuthorityAndNoNodesAreWhatAnInterruptionLeaves() throws Exception {
    var unused = complete("n1");
    for (String file : List.of("ca.pem", "n1.pem", "n1.key")) {
      Files.delete(folder.resolve(file));
    }
    refused("if they were being made and that was interrupted, remove the other", "n1");
    Files.delete(folder.resolve("ca.key"));
    assertEquals(2, complete("n1").size());
  }

  @Test
  void certificatesOfAnotherAuthorityAreRefused() throws Exception {
    var unused = complete("n1");
    var other = new CertificateFolder(parent.resolve("other"), new SecureRandom());
    var unusedOther = other.complete("shop", hosts("n1"), DAYS);
    for (String file : List.of("ca.pem", "ca.key")) {
      Files.delete(folder.resolve(file));
      var unusedCopy = Files.copy(parent.resolve("other").resolve(file), folder.resolve(file));
    }
    refused("no node would believe " + folder.resolve("n1.pem"), "n1", "n2");
    assertTrue(
        !TlsFiles.certificates(folder.resolve("n1.pem"))
            .get(0)
            .getIssuerX500Principal()
            .equals(
                TlsFiles.certificates(folder.resolve("ca.pem")).get(0).getSubjectX500Principal()),
        "authorities of one cluster have different names");
  }

  @Test
  void whatKeytoolRefusesLeavesNothingBehind() throws Exception {
    SortedMap<String, SortedSet<String>> hosts = hosts("n1");
    hosts.get("n1").add("no..name");
    assertThrows(IOException.class, () -> certificates.complete("shop", hosts, DAYS));
    assertEquals(Map.of(), contents());
    refused("a node named ca", "ca");
  }

  @Test
  void oneAtATime() throws Exception {
    var unusedFolder = Files.createDirectories(folder.resolve(".making"));
    IOException refused = assertThrows(IOException.class, () -> complete("n1"));
    assertTrue(
        refused.getMessage().contains("remove " + folder.resolve(".making")), refused::toString);
    Files.delete(folder.resolve(".making"));
    assertEquals(2, complete("n1").size());
  }

  private void refused(String message, String... nodes) throws IOException {
    Map<String, String> before = contents();
    IOException refused = assertThrows(IOException.class, () -> complete(nodes));
    assertTrue(refused.getMessage().contains(message), refused::toString);
    assertEquals(before, contents());
  }

  private List<Pair> complete(String... nodes) throws IOException {
    return certificates.complete("shop", hosts(nodes), DAYS);
  }

  private static SortedMap<String, SortedSet<String>> hosts(String... nodes) {
    SortedMap<String, SortedSet<String>> hosts = new TreeMap<>();
    Arrays.stream(nodes)
        .forEach(
            node ->
                hosts.put(
                    node,
                    new TreeSet<>(List.of(node + ".example", "10.0.0.7", "fe80::7", "0.0.0.0"))));
    return hosts;
  }

  private Map<String, String> contents() throws IOException {
    if (!Files.exists(folder)) {
      return Map.of();
    }
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        contents.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return contents;
  }
}
