package com.pygmy.config;

import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/** Certificates and keys as PEM text. {@link TlsFiles} reads it. */
public final class Pem {

  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  public static String of(List<X509Certificate> certificates) {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      try {
        text.append(of("CERTIFICATE", certificate.getEncoded()));
      } catch (CertificateEncodingException wasDecodedBefore) {
        throw new IllegalStateException(wasDecodedBefore);
      }
    }
    return text.toString();
  }

  /** PKCS #8, without a password. */
  public static String of(PrivateKey key) {
    return of("PRIVATE KEY", key.getEncoded());
  }

  private static String of(String kind, byte[] der) {
    String lines = LINES.encodeToString(der);
    return "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n";
  }
}
