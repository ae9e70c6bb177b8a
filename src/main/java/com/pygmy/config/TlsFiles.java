package com.pygmy.config;

import com.pygmy.config.Conf.TlsConf;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates and private keys in PEM files; those of HTTPS are read and compared before a
 * frontend starts: a pair that does not fit would show only when the first client comes. Nobody
 * else reads the key.
 */
public final class TlsFiles {

  private static final int MAX_BYTES = 1 << 20;
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";

  private TlsFiles() {}

  /**
   * The certificates in a file, in its order.
   *
   * @throws IOException says, after the name of the file, what is wrong with it
   */
  public static List<X509Certificate> certificates(Path file) throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (byte[] der : blocks(CERTIFICATE, read(file))) {
        certificates.add(
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
      }
    } catch (CertificateException | IllegalArgumentException broken) {
      throw new IOException(file + " holds a certificate that cannot be read", broken);
    }
    if (certificates.isEmpty()) {
      throw new IOException(file + " holds no certificate in PEM form (BEGIN CERTIFICATE)");
    }
    return certificates;
  }

  /**
   * What the settings name, beside the conf file; reports what is wrong with it.
   *
   * @param readsKey otherwise it is enough that the key is named
   */
  static Optional<TlsConf> check(Path conf, Settings settings, boolean readsKey) {
    Optional<Path> certificate = file(conf, settings, "tls.certificate", "tls.key", true);
    Optional<Path> key = file(conf, settings, "tls.key", "tls.certificate", readsKey);
    if (certificate.isEmpty() || key.isEmpty()) {
      return Optional.empty();
    }
    PublicKey shown;
    try {
      shown = certificates(certificate.get()).get(0).getPublicKey();
    } catch (IOException wrong) {
      settings.error("tls.certificate", wrong.getMessage());
      return Optional.empty();
    }
    try {
      if (readsKey) {
        var unused = key(key.get(), shown);
      }
    } catch (IOException wrong) {
      settings.error("tls.key", wrong.getMessage());
      return Optional.empty();
    }
    return Optional.of(new TlsConf(certificate.get(), key.get()));
  }

  private static Optional<Path> file(
      Path conf, Settings settings, String path, String other, boolean isRead) {
    Optional<String> name = settings.text(path);
    if (name.isEmpty()) {
      if (settings.isAbsent(path) && settings.text(other).isPresent()) {
        settings.error(path, "is missing: " + other + " needs it");
      }
      return Optional.empty();
    }
    Optional<Path> file =
        isRead ? ConfLoader.beside(conf, name.get()) : ConfLoader.named(conf, name.get());
    if (file.isEmpty()) {
      settings.error(path, "there is no readable file " + name.get() + " beside " + conf);
    }
    return file;
  }

  /**
   * The private key in a file.
   *
   * @param shown of the certificate, which it has to belong to
   * @throws IOException says, with the name of the file, what is wrong with it
   */
  public static PrivateKey key(Path keyFile, PublicKey shown) throws IOException {
    List<byte[]> keys;
    try {
      keys = blocks(PRIVATE_KEY, read(keyFile));
    } catch (IllegalArgumentException damaged) {
      throw new IOException(keyFile + " holds a private key that cannot be read", damaged);
    }
    if (keys.isEmpty()) {
      throw new IOException(
          keyFile
              + " holds no private key in PEM form without a password (BEGIN PRIVATE KEY);"
              + " 'openssl pkcs8 -topk8 -nocrypt' makes one of others");
    }
    String algorithm = shown.getAlgorithm();
    String signing =
        switch (algorithm) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> throw new IOException("an " + algorithm + " key is not taken, but RSA and EC");
        };
    try {
      PrivateKey key =
          KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(keys.get(0)));
      Signature signature = Signature.getInstance(signing);
      signature.initSign(key);
      byte[] signed = signature.sign();
      signature.initVerify(shown);
      if (!signature.verify(signed)) {
        throw new IOException(keyFile + " is not the key of the certificate");
      }
      return key;
    } catch (GeneralSecurityException | IllegalArgumentException other) {
      throw new IOException(keyFile + " is not the key of the certificate, an " + algorithm, other);
    }
  }

  private static String read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(file + " is larger than " + MAX_BYTES + " bytes");
    }
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }

  /** What stands between the lines that begin and end a thing of this kind. */
  private static List<byte[]> blocks(String kind, String text) {
    Matcher found =
        Pattern.compile("-----BEGIN " + kind + "-----([^-]*)-----END " + kind + "-----")
            .matcher(text);
    List<byte[]> blocks = new ArrayList<>();
    while (found.find()) {
      blocks.add(Base64.getDecoder().decode(found.group(1).replaceAll("\\s", "")));
    }
    return blocks;
  }
}
