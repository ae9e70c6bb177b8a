package com.pygmy;

import com.pygmy.config.Conf.NodeTlsConf;
import com.pygmy.config.Conf.TlsConf;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A certificate that vouches for itself, and its key, as PEM files; made by this JDK's keytool.
 *
 * @param key PKCS #8
 */
public record TestCertificate(Path certificate, Path key) {

  private static final String PASSWORD = "a-password";

  /** For 127.0.0.1 and localhost. */
  public static TestCertificate local(Path folder) throws Exception {
    return make(folder, "local", "EC", "ip:127.0.0.1,dns:localhost");
  }

  /**
   * Makes {@code name.pem} and {@code name.key} in a folder.
   *
   * @param algorithm EC or RSA
   * @param names whom it is for, as keytool writes them
   */
  public static TestCertificate make(Path folder, String name, String algorithm, String names)
      throws Exception {
    Path store = folder.resolve(name + ".p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            name,
            "-keyalg",
            algorithm,
            "-dname",
            "CN=" + name,
            "-ext",
            "SAN=" + names,
            "-validity",
            "3650",
            "-storetype",
            "PKCS12",
            "-keystore",
            store.toString(),
            "-storepass",
            PASSWORD);
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new AssertionError("keytool: " + said);
    }
    return converted(folder, name, store);
  }

  private static TestCertificate converted(Path folder, String name, Path store)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    byte[] key = keys.getKey(name, PASSWORD.toCharArray()).getEncoded();
    return new TestCertificate(
        pem(folder.resolve(name + ".pem"), "CERTIFICATE", keys.getCertificate(name).getEncoded()),
        pem(folder.resolve(name + ".key"), "PRIVATE KEY", key));
  }

  private static Path pem(Path file, String kind, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        file, "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
  }

  public TlsConf conf() {
    return new TlsConf(certificate, key);
  }

  /** For nodes that all show this certificate, and believe no other. */
  public NodeTlsConf nodeConf() {
    return new NodeTlsConf(certificate, key, certificate);
  }
}
