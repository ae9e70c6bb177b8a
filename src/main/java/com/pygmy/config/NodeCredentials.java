package com.pygmy.config;

import com.pygmy.config.Conf.NodeTlsConf;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What a node shows to other nodes, and by what it knows them: the contents of PEM files that fit
 * together, and would be believed by a node that has the same authorities.
 */
public final class NodeCredentials {

  /** Of a key store that never leaves the memory. */
  private static final char[] NO_PASSWORD = {};

  private final List<X509Certificate> chain;
  private final PrivateKey key;
  private final List<X509Certificate> authorities;
  private final X509ExtendedKeyManager shown;
  private final X509ExtendedTrustManager believed;

  private NodeCredentials(
      List<X509Certificate> chain,
      PrivateKey key,
      List<X509Certificate> authorities,
      X509ExtendedTrustManager believed)
      throws IOException {
    this.chain = chain;
    this.key = key;
    this.authorities = authorities;
    this.believed = believed;
    this.shown = keyManager(chain, key);
  }

  /**
   * Reads the files of one node. Blocks.
   *
   * @throws IOException says, with the name of the file, what is wrong
   */
  public static NodeCredentials read(NodeTlsConf files) throws IOException {
    List<X509Certificate> chain = TlsFiles.certificates(files.certificate());
    PrivateKey key = TlsFiles.key(files.key(), chain.get(0).getPublicKey());
    List<X509Certificate> authorities = TlsFiles.certificates(files.authorities());
    X509ExtendedTrustManager believed = AnyNode.of(authorities);
    requireBelieved(chain, believed, files);
    return new NodeCredentials(chain, key, authorities, believed);
  }

  private static void requireBelieved(
      List<X509Certificate> chain, X509ExtendedTrustManager believed, NodeTlsConf files)
      throws IOException {
    Path file = files.certificate();
    X509Certificate own = chain.get(0);
    X509Certificate[] shown = chain.toArray(X509Certificate[]::new);
    try {
      own.checkValidity();
      believed.checkClientTrusted(shown, own.getPublicKey().getAlgorithm());
      believed.checkServerTrusted(shown, "UNKNOWN"); // as in TLS 1.3, for keys of any kind
    } catch (CertificateExpiredException late) {
      throw new IOException(file + " expired at " + own.getNotAfter().toInstant(), late);
    } catch (CertificateNotYetValidException early) {
      throw new IOException(file + " is not valid before " + own.getNotBefore().toInstant(), early);
    } catch (CertificateException stranger) {
      throw new IOException(
          "no node would believe "
              + file
              + " by the authorities in "
              + files.authorities()
              + ": "
              + stranger.getMessage(),
          stranger);
    }
  }

  private static X509ExtendedKeyManager keyManager(List<X509Certificate> chain, PrivateKey key)
      throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("node", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, NO_PASSWORD);
      return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificate cannot be shown: " + e.getMessage(), e);
    }
  }

  /** The node's own certificate first. */
  public List<X509Certificate> chain() {
    return chain;
  }

  /** What the node shows, on either side of a connection. */
  public X509ExtendedKeyManager shown() {
    return shown;
  }

  /** Whom it takes for a node: who shows a certificate of one of the authorities. */
  public X509ExtendedTrustManager believed() {
    return believed;
  }

  public String chainPem() {
    return Pem.of(chain);
  }

  public String keyPem() {
    return Pem.of(key);
  }

  public String authoritiesPem() {
    return Pem.of(authorities);
  }
}
