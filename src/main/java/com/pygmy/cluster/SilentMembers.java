package com.pygmy.cluster;

import com.pygmy.cluster.ClusterSettings.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Finds members whose machine takes a connection but that say nothing, as a frozen process does. A
 * member that is down is not silent: its machine refuses, or does not answer either.
 */
final class SilentMembers {

  /** Both sides of a connection between members begin with this; the one that accepts, second. */
  private static final byte[] GREETING = "HZC".getBytes(StandardCharsets.US_ASCII);

  private static final int PATIENCE_MILLIS = 2_000;

  private SilentMembers() {}

  /** Takes about two seconds; never fails. */
  static CompletableFuture<List<Endpoint>> among(List<Endpoint> members) {
    List<CompletableFuture<Optional<Endpoint>>> probes =
        members.stream().map(SilentMembers::probe).toList();
    return CompletableFuture.allOf(probes.toArray(CompletableFuture[]::new))
        .thenApply(
            all -> probes.stream().map(CompletableFuture::join).flatMap(Optional::stream).toList());
  }

  /** On a thread of its own: there is no Vert.x yet. */
  private static CompletableFuture<Optional<Endpoint>> probe(Endpoint member) {
    CompletableFuture<Optional<Endpoint>> silent = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> silent.complete(isSilent(member) ? Optional.of(member) : Optional.empty()),
            "probe-" + member);
    thread.setDaemon(true);
    thread.start();
    return silent;
  }

  private static boolean isSilent(Endpoint member) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(member.host(), member.port()), PATIENCE_MILLIS);
      return !answers(socket);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean answers(Socket socket) {
    try {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(GREETING);
      InputStream in = socket.getInputStream();
      return in.read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }
}
