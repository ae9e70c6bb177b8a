package com.pygmy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.TestCertificate;
import com.pygmy.config.Conf.TlsConf;
import com.pygmy.config.LoadResult.Invalid;
import com.pygmy.config.LoadResult.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsFilesTest {

  private static final String CONF =
      """
      {"nodes": [{"name": "n", "host": "127.0.0.1", "roles": ["frontend", "catalog", "order"],
                  "http": {"port": 80}, "raft": {"port": 81}}],
       "tls": {%s}}
      """;

  @TempDir private static Path folder;

  @BeforeAll
  static void makeFiles() throws Exception {
    TestCertificate ec = TestCertificate.make(folder, "ec", "EC", "dns:localhost");
    TestCertificate.make(folder, "other", "EC", "dns:localhost");
    TestCertificate rsa = TestCertificate.make(folder, "rsa", "RSA", "dns:localhost");
    Files.writeString(
        folder.resolve("chain.pem"),
        "a leaf, and who vouches for it\n"
            + Files.readString(ec.certificate())
            + Files.readString(rsa.certificate()));
    Files.writeString(folder.resolve("words.txt"), "no PEM at all\n");
    Files.writeString(
        folder.resolve("damaged.pem"),
        Files.readString(ec.certificate()).replaceFirst("\n.{20}", "\nAAAAAAAAAAAAAAAAAAAA"));
    Files.writeString(
        folder.resolve("damaged.key"),
        Files.readString(ec.key()).replaceFirst("\n.{20}", "\nAAAAAAAAAAAAAAAAAAAA"));
    Files.writeString(
        folder.resolve("garbled.key"), Files.readString(ec.key()).replaceFirst("\n.{20}", "\n#"));
    Files.writeString(
        folder.resolve("old.key"),
        Files.readString(rsa.key()).replace("PRIVATE KEY", "RSA PRIVATE KEY"));
  }

  @ParameterizedTest
  @CsvSource({"ec.pem, ec.key", "rsa.pem, rsa.key", "chain.pem, ec.key"})
  void takesAPairBesideTheConf(String certificate, String key) throws IOException {
    Conf conf = assertInstanceOf(Loaded.class, load(pair(certificate, key))).conf();
    Path beside = folder.toAbsolutePath();
    assertEquals(
        Optional.of(new TlsConf(beside.resolve(certificate), beside.resolve(key))), conf.tls());
    assertEquals(Optional.of("https://127.0.0.1:80"), conf.nodes().get(0).url());
  }

  @Test
  void withoutThemThereIsNoHttps() throws IOException {
    Conf conf = assertInstanceOf(Loaded.class, load("")).conf();
    assertEquals(Optional.empty(), conf.tls());
    assertEquals(Optional.of("http://127.0.0.1:80"), conf.nodes().get(0).url());
  }

  @ParameterizedTest
  @CsvSource({
    "ec.pem, gone.key, tls.key, there is no readable file gone.key beside",
    "gone.pem, ec.key, tls.certificate, there is no readable file gone.pem beside",
    "words.txt, ec.key, tls.certificate, words.txt holds no certificate in PEM form",
    "ec.key, ec.key, tls.certificate, ec.key holds no certificate in PEM form",
    "damaged.pem, ec.key, tls.certificate, damaged.pem holds a certificate that cannot be read",
    "ec.pem, words.txt, tls.key, words.txt holds no private key in PEM form without a password",
    "ec.pem, ec.pem, tls.key, ec.pem holds no private key in PEM form without a password",
    "rsa.pem, old.key, tls.key, old.key holds no private key in PEM form without a password",
    "ec.pem, damaged.key, tls.key, 'damaged.key is not the key of the certificate, an EC'",
    "ec.pem, garbled.key, tls.key, garbled.key holds a private key that cannot be read",
    "ec.pem, other.key, tls.key, other.key is not the key of the certificate",
    "ec.pem, rsa.key, tls.key, 'rsa.key is not the key of the certificate, an EC'",
    "rsa.pem, ec.key, tls.key, 'ec.key is not the key of the certificate, an RSA'"
  })
  void saysWhatIsWrongWithAPair(String certificate, String key, String path, String message)
      throws IOException {
    ConfError error = onlyError(pair(certificate, key));
    assertEquals(path, error.keyPath(), error::toString);
    assertTrue(error.message().contains(message), error::toString);
    assertTrue(error.message().contains(folder.toString()), "which file: " + error);
  }

  @Test
  void oneNeedsTheOther() throws IOException {
    assertEquals(
        "tls.key: is missing: tls.certificate needs it",
        onlyError("\"certificate\": \"ec.pem\"").toString());
    assertEquals(
        "tls.certificate: is missing: tls.key needs it",
        onlyError("\"key\": \"ec.key\"").toString());
  }

  @Test
  void anotherMistakeIsToldToo() throws IOException {
    Files.writeString(
        folder.resolve("pygmy.json"),
        CONF.formatted(pair("ec.pem", "other.key")).replace("\"port\": 80", "\"port\": 0"));
    LoadResult result =
        ConfLoader.loadToStart(folder.resolve("pygmy.json"), Map.of(), node -> true);
    assertEquals(
        List.of("nodes[0].http.port", "tls.key"),
        assertInstanceOf(Invalid.class, result).errors().stream().map(ConfError::keyPath).toList());
  }

  /** It may be readable only by the user, and on the machines, that frontends run as and on. */
  @ParameterizedTest
  @CsvSource({"gone.key", "other.key", "words.txt"})
  void nobodyButWhoStartsAFrontendReadsTheKey(String key) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("pygmy.json"),
            """
            {"nodes": [{"name": "f", "host": "127.0.0.1", "roles": ["frontend"],
                        "http": {"port": 80}, "hazelcast": {"port": 82}},
                       {"name": "c", "host": "127.0.0.1", "roles": ["catalog", "order"],
                        "raft": {"port": 81}, "hazelcast": {"port": 83}}],
             "tls": {%s}}
            """
                .formatted(pair("ec.pem", key)));
    Path named = folder.toAbsolutePath().resolve(key);
    for (LoadResult result :
        List.of(
            ConfLoader.load(file, Map.of()), ConfLoader.loadToStart(file, Map.of(), "c"::equals))) {
      Conf conf = assertInstanceOf(Loaded.class, result, result::toString).conf();
      assertEquals(named, conf.tls().orElseThrow().key());
    }
    LoadResult frontend = ConfLoader.loadToStart(file, Map.of(), "f"::equals);
    assertEquals(
        List.of("tls.key"),
        assertInstanceOf(Invalid.class, frontend).errors().stream()
            .map(ConfError::keyPath)
            .toList());
  }

  private static String pair(String certificate, String key) {
    return "\"certificate\": \"%s\", \"key\": \"%s\"".formatted(certificate, key);
  }

  private static ConfError onlyError(String tls) throws IOException {
    List<ConfError> errors = assertInstanceOf(Invalid.class, load(tls)).errors();
    assertEquals(1, errors.size(), errors::toString);
    return errors.get(0);
  }

  private static LoadResult load(String tls) throws IOException {
    Path file = Files.writeString(folder.resolve("pygmy.json"), CONF.formatted(tls));
    return ConfLoader.loadToStart(file, Map.of(), node -> true);
  }
}
