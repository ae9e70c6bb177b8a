package com.pygmy;

import com.pygmy.config.NodeCredentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** Dials a port of a node on this machine over TLS, and says no more than that. */
public final class TlsDial {

  /** Who is refused is told within this time; who is not may wait for ever. */
  private static final int TAKEN_MILLIS = 20_000;

  private static final int HANDSHAKE_MILLIS = 30_000;

  private TlsDial() {}

  /**
   * Does whoever listens there go on after the handshake?
   *
   * @param node whose authority we believe
   * @param shown what we show; nothing: no certificate
   * @throws IOException nobody listens there, or says anything at all
   */
  public static boolean isTaken(int port, NodeCredentials node, KeyManager... shown)
      throws GeneralSecurityException, IOException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(shown, new TrustManager[] {node.believed()}, null);
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, "127.0.0.1", port, true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"}); // gRPC takes nobody without
      socket.setSSLParameters(parameters);
      socket.setSoTimeout(HANDSHAKE_MILLIS);
      try {
        socket.startHandshake();
      } catch (SocketTimeoutException silent) {
        throw new IOException("nothing was said at port " + port, silent);
      } catch (SSLException refused) {
        return false;
      }
      socket.setSoTimeout(TAKEN_MILLIS);
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException waitsForUs) {
      return true;
    } catch (SSLException | SocketException refused) {
      return false;
    }
  }
}
