package com.pygmy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.TestAuthority;
import com.pygmy.TestCertificate;
import com.pygmy.config.Conf.NodeTlsConf;
import com.pygmy.config.LoadResult.Invalid;
import com.pygmy.config.LoadResult.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What nodes show to each other, as the conf names it. */
class NodeTlsTest {

  private static final String CONF =
      """
      {"nodes": [{"name": "n1", "host": "127.0.0.1", "roles": ["frontend", "order"],
                  "http": {"port": 80}, "hazelcast": {"port": 82}},
                 {"name": "n2", "host": "127.0.0.1", "roles": ["catalog"],
                  "raft": {"port": 81}, "hazelcast": {"port": 83}}],
       "nodeTls": {%s}}
      """;

  @TempDir private static Path folder;
  private static TestAuthority ours;
  private static TestAuthority others;

  @BeforeAll
  static void makeFiles() throws Exception {
    ours = TestAuthority.of(folder.resolve("ours"), "n1", "n2");
    others = TestAuthority.of(folder.resolve("others"), "n1");
    TestCertificate.make(folder, "rsa", "RSA", "dns:localhost");
    Files.writeString(folder.resolve("words.txt"), "no PEM at all\n");
  }

  @Test
  void eachNodeHasFilesOfItsOwn() throws IOException {
    Conf conf =
        assertInstanceOf(Loaded.class, load(files("ours", "ours"), NodeTlsTest::all)).conf();
    NodeTlsConf n2 = conf.nodeTls().orElseThrow().of("n2");
    assertEquals(folder.toAbsolutePath().resolve("ours/n2.pem"), n2.certificate());
    assertEquals(folder.toAbsolutePath().resolve("ours/n2.key"), n2.key());
    assertEquals(folder.toAbsolutePath().resolve("ours/ca.pem"), n2.authorities());
  }

  @Test
  void nodesMayShareTheirFiles() throws IOException {
    String shared = named("ours/n1.pem", "ours/n1.key", "ours/ca.pem");
    assertInstanceOf(Loaded.class, load(shared, NodeTlsTest::all));
  }

  @Test
  void theRestOfTheChainIsShownToo() throws Exception {
    Files.writeString(
        folder.resolve("chain.pem"),
        Files.readString(folder.resolve("ours/n1.pem"))
            + Files.readString(folder.resolve("ours/ca.pem")));
    String chain = named("chain.pem", "ours/n1.key", "ours/ca.pem");
    Conf conf = assertInstanceOf(Loaded.class, load(chain, "n1"::equals)).conf();
    assertEquals(2, NodeCredentials.read(conf.nodeTls().orElseThrow()).chain().size());
  }

  @Test
  void withoutThemThereIsNone() throws IOException {
    assertEquals(
        Optional.empty(),
        assertInstanceOf(Loaded.class, load("", NodeTlsTest::all)).conf().nodeTls());
  }

  @ParameterizedTest
  @CsvSource({
    "gone.pem, ours/n1.key, ours/ca.pem, certificate, there is no readable file",
    "ours/n1.pem, gone.key, ours/ca.pem, key, there is no readable file",
    "ours/n1.pem, ours/n1.key, gone.pem, authorities, there is no readable file",
    "ours/n1.pem, ours/n1.key, ours, authorities, there is no readable file",
    "words.txt, ours/n1.key, ours/ca.pem, certificate, words.txt holds no certificate in PEM form",
    "ours/n1.pem, words.txt, ours/ca.pem, key, words.txt holds no private key in PEM form",
    "ours/n1.pem, ours/n1.key, words.txt, authorities, words.txt holds no certificate in PEM form",
    "ours/n1.pem, ours/n2.key, ours/ca.pem, key, n2.key is not the key of the certificate",
    "ours/n1.pem, ours/n1.key, others/ca.pem, certificate, no node would believe",
    "rsa.pem, rsa.key, ours/ca.pem, certificate, no node would believe"
  })
  void saysWhatIsWrongWithAFile(
      String certificate, String key, String authorities, String path, String message)
      throws IOException {
    LoadResult result = load(named(certificate, key, authorities), "n1"::equals);
    List<ConfError> errors = assertInstanceOf(Invalid.class, result).errors();
    assertEquals(1, errors.size(), errors::toString);
    assertEquals("nodeTls." + path, errors.get(0).keyPath(), errors::toString);
    assertTrue(errors.get(0).message().contains(message), errors::toString);
    assertTrue(errors.get(0).message().contains(folder.toString()), "which file: " + errors);
  }

  @Test
  void allThreeBelongTogether() throws IOException {
    LoadResult result = load("\"key\": \"ours/n1.key\"", NodeTlsTest::all);
    assertEquals(
        List.of(
            "nodeTls.certificate: is missing: nodeTls.key needs it",
            "nodeTls.authorities: is missing: nodeTls.key needs it"),
        assertInstanceOf(Invalid.class, result).errors().stream()
            .map(ConfError::toString)
            .toList());
  }

  /** Each machine has those of its own nodes only; a command needs none. */
  @Test
  void nobodyReadsWhatAnotherNodeShows() throws IOException {
    String files = files("others", "others"); // where n2 has none
    assertInstanceOf(Loaded.class, load(files, "n1"::equals));
    assertInstanceOf(Loaded.class, load(files, node -> false));
    List<ConfError> errors =
        assertInstanceOf(Invalid.class, load(files, NodeTlsTest::all)).errors();
    assertEquals(1, errors.size(), errors::toString);
    assertTrue(errors.get(0).message().contains("n2.pem"), errors::toString);
  }

  @Test
  void aNodeIsBelievedWhateverItIsCalledAndAStrangerIsNot() throws Exception {
    NodeCredentials own = ours.credentials("n1");
    X509Certificate[] n2 = chain(ours.credentials("n2"));
    own.believed().checkClientTrusted(n2, "EC");
    own.believed().checkServerTrusted(n2, "UNKNOWN");
    X509Certificate[] stranger = chain(others.credentials("n1"));
    assertThrows(
        CertificateException.class, () -> own.believed().checkClientTrusted(stranger, "EC"));
    assertThrows(
        CertificateException.class, () -> own.believed().checkServerTrusted(stranger, "UNKNOWN"));
  }

  private static X509Certificate[] chain(NodeCredentials of) {
    return of.chain().toArray(X509Certificate[]::new);
  }

  private static String files(String pair, String authority) {
    return named(pair + "/{node}.pem", pair + "/{node}.key", authority + "/ca.pem");
  }

  private static String named(String certificate, String key, String authorities) {
    return "\"certificate\": \"%s\", \"key\": \"%s\", \"authorities\": \"%s\""
        .formatted(certificate, key, authorities);
  }

  private static boolean all(String node) {
    return true;
  }

  private static LoadResult load(String nodeTls, Predicate<String> starts) throws IOException {
    Path file = Files.writeString(folder.resolve("pygmy.json"), CONF.formatted(nodeTls));
    return ConfLoader.loadToStart(file, Map.of(), starts);
  }
}
