package com.pygmy.launch;

import com.pygmy.config.TlsFiles;
import com.pygmy.launch.DataFolder.NodeFolder;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whom a command talks to over HTTPS: the nodes of its data folder, known by the very certificates
 * that they left there when they started, whatever they are called; and whoever can prove the name
 * that was asked for, to Java, or by the authorities of a file.
 *
 * @param authorities in their place; absent: those that Java trusts
 */
record Trust(Optional<DataFolder> nodes, Optional<Path> authorities) {

  /** In the nodes of a folder, and as Java does. */
  static Trust in(DataFolder nodes) {
    return new Trust(Optional.of(nodes), Optional.empty());
  }

  /**
   * The JDK's plain client, not connected yet: who starts nodes stays small.
   *
   * @throws IOException when this is no URL, or what to trust cannot be read
   */
  HttpURLConnection open(String url) throws IOException {
    URLConnection connection = URI.create(url).toURL().openConnection();
    if (connection instanceof HttpsURLConnection https) {
      https.setSSLSocketFactory(context().getSocketFactory());
    }
    if (connection instanceof HttpURLConnection http) {
      return http;
    }
    throw new IOException(url + " is no URL of a frontend");
  }

  private SSLContext context() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Check(known(), others())}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("nobody can be trusted: " + e.getMessage(), e);
    }
  }

  /** Read each time: a node that starts anew may have another one. */
  private Set<X509Certificate> known() throws IOException {
    Set<X509Certificate> known = new HashSet<>();
    for (NodeFolder node : nodes.map(DataFolder::nodes).orElse(List.of())) {
      if (Files.exists(node.certificate())) {
        known.add(TlsFiles.certificates(node.certificate()).get(0));
      }
    }
    return known;
  }

  private X509ExtendedTrustManager others() throws IOException, GeneralSecurityException {
    KeyStore store = null;
    if (authorities.isPresent()) {
      store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (X509Certificate authority : TlsFiles.certificates(authorities.get())) {
        store.setCertificateEntry("authority-" + number++, authority);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .findFirst()
        .orElseThrow();
  }

  /** A server shows a known certificate; or convinces the others, its name included. */
  private static final class Check extends X509ExtendedTrustManager {
    private final Set<X509Certificate> known;
    private final X509ExtendedTrustManager others;

    Check(Set<X509Certificate> known, X509ExtendedTrustManager others) {
      this.known = known;
      this.others = others;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      if (!known.contains(chain[0])) {
        others.checkServerTrusted(chain, type, socket);
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      if (!known.contains(chain[0])) {
        others.checkServerTrusted(chain, type, engine);
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("of whom this is, is not known");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw noServer();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw noServer();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw noServer();
    }

    private static CertificateException noServer() {
      return new CertificateException("this is a client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return others.getAcceptedIssuers();
    }
  }
}
