package com.pygmy.frontend;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** Sends bytes that no HTTP client would, and reads whatever comes until the server hangs up. */
final class RawClient {

  private static final int READ_MILLIS = 8_000;

  private final int port;

  RawClient(int port) {
    this.port = port;
  }

  /** All that the server says before it hangs up; fails when it does not within 8 s. */
  String exchange(byte[] request) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(READ_MILLIS);
      try {
        socket.getOutputStream().write(request);
        socket.getOutputStream().flush();
      } catch (SocketException hungUp) {
        // it may have answered before it hung up
      }
      return readAll(socket.getInputStream());
    } catch (IOException e) {
      throw new AssertionError("no end of the answer", e);
    }
  }

  String exchange(String request) {
    return exchange(request.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The status of an answer; 0 when there was none. */
  static int status(String answer) {
    return answer.startsWith("HTTP/1.") ? Integer.parseInt(answer.substring(9, 12)) : 0;
  }

  /** To its end; of a stream of events, which has none, the beginning. */
  private static String readAll(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] part = new byte[8_192];
    try {
      int read = in.read(part);
      while (read >= 0) {
        all.write(part, 0, read);
        read = isStream(all) ? -1 : in.read(part);
      }
    } catch (SocketException reset) {
      // what came before the reset counts
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  private static boolean isStream(ByteArrayOutputStream answer) {
    return answer.toString(StandardCharsets.ISO_8859_1).contains("text/event-stream");
  }
}
