package com.pygmy;

import com.pygmy.config.NodeCredentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** Dials a port of a node on this machine over TLS, and says no more than that. */
public final class TlsDial {

  /** Who is refused is told at once; who is not may wait for ever. */
  private static final int TAKEN_MILLIS = 1_000;

  private TlsDial() {}

  /**
   * Does whoever listens there go on after the handshake?
   *
   * @param node whose authority we believe
   * @param shown what we show; nothing: no certificate
   */
  public static boolean isTaken(int port, NodeCredentials node, KeyManager... shown)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(shown, new TrustManager[] {node.believed()}, null);
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        SSLSocket socket =
            (SSLSocket) context.getSocketFactory().createSocket(plain, "127.0.0.1", port, true)) {
      socket.setSoTimeout(TAKEN_MILLIS);
      socket.startHandshake();
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException waitsForUs) {
      return true;
    } catch (IOException refused) {
      return false;
    }
  }
}
