package com.pygmy.certs;

import com.pygmy.config.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder below the one of certificates, readable by its owner only, in which they are made. There
 * is one at a time, and none afterwards.
 */
final class Workshop implements AutoCloseable {

  /** In the store of keys. No node's: those have a prefix. */
  static final String AUTHORITY = "authority";

  private static final String FOLDER = ".making";
  private static final int SECRET_BYTES = 16;

  /** Every node can be asked at these by its own machine. */
  private static final List<String> LOCAL = List.of("localhost", "127.0.0.1");

  private static final Set<String> NOBODYS = Set.of("0.0.0.0", "::");

  private final Path folder;
  private final SecureRandom random;
  private final Keytool keytool;

  private Workshop(Path folder, SecureRandom random) {
    this.folder = folder;
    this.random = random;
    this.keytool = new Keytool(folder.resolve("store.p12"), secret(random));
  }

  /**
   * @throws IOException also when there is one already
   */
  static Workshop open(Path certificates, SecureRandom random) throws IOException {
    Files.createDirectories(certificates);
    Path folder = certificates.resolve(FOLDER);
    try {
      return new Workshop(Files.createDirectory(folder, ownersOnly("rwx------")), random);
    } catch (FileAlreadyExistsException taken) {
      throw new IOException(
          "certificates are being made there, or that was interrupted: then remove " + folder,
          taken);
    }
  }

  /** The store of keys' name for a node. */
  static String alias(String node) {
    return "node-" + node;
  }

  /** Two of the same cluster are told apart by a number. */
  void makeAuthority(String cluster, int days) throws IOException {
    keytool.makePair(
        AUTHORITY,
        cluster + " CA " + secret(random).substring(0, 8),
        days,
        "-ext",
        "bc:critical=ca:true,pathlen:0",
        "-ext",
        "ku:critical=keyCertSign,cRLSign");
  }

  void useAuthority(X509Certificate certificate, PrivateKey key) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(AUTHORITY, key, password(), new Certificate[] {certificate});
      Files.createFile(keytool.store(), ownersOnly("rw-------"));
      try (OutputStream out = Files.newOutputStream(keytool.store())) {
        store.store(out, password());
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("the authority cannot be used: " + e.getMessage(), e);
    }
  }

  /** Its certificate is good for both sides of a connection. */
  void makeNode(String node, Collection<String> hosts, int days) throws IOException {
    String names =
        Stream.concat(LOCAL.stream(), hosts.stream())
            .filter(host -> !NOBODYS.contains(host))
            .distinct()
            .map(host -> (isAddress(host) ? "ip:" : "dns:") + host)
            .collect(Collectors.joining(","));
    keytool.makePair(
        alias(node),
        node,
        days,
        "-signer",
        AUTHORITY,
        "-ext",
        "ku:critical=digitalSignature",
        "-ext",
        "eku=serverAuth,clientAuth",
        "-ext",
        "san=" + names);
  }

  private static boolean isAddress(String host) {
    return host.contains(":") || host.matches("\\d{1,3}(\\.\\d{1,3}){3}");
  }

  /**
   * Puts a pair in its place, for good; first the key, without which nobody takes a certificate for
   * one.
   */
  void put(String alias, Path key, Path certificate) throws IOException {
    try (InputStream in = Files.newInputStream(keytool.store())) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password());
      PrivateKey secret = (PrivateKey) store.getKey(alias, password());
      X509Certificate shown = (X509Certificate) store.getCertificate(alias);
      put(key, Pem.of(secret), "rw-------");
      put(certificate, Pem.of(List.of(shown)), "rw-r--r--");
    } catch (GeneralSecurityException e) {
      throw new IOException("what keytool made cannot be read: " + e.getMessage(), e);
    }
  }

  private void put(Path file, String text, String permissions) throws IOException {
    Path draft = folder.resolve(file.getFileName());
    Files.createFile(draft, ownersOnly(permissions));
    try (FileChannel out = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(draft, file);
    try (FileChannel names = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  /** None, where files have no such permissions. */
  private static FileAttribute<?>[] ownersOnly(String permissions) {
    boolean hasThem = Path.of("").getFileSystem().supportedFileAttributeViews().contains("posix");
    return hasThem
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private char[] password() {
    return keytool.password().toCharArray();
  }

  private static String secret(SecureRandom random) {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
