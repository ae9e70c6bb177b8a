package com.pygmy.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.pygmy.chaos.FaultKind.Needs;
import com.pygmy.chaos.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What the machine has for faults, and why it lacks the rest.
 *
 * @param missing the reason for each thing that is needed and not there
 */
record ChaosTools(Optional<Network> network, Optional<Path> faketime, Map<Needs, String> missing) {

  /** Below a root: the architecture, the folder, the library. */
  private static final int DEPTH = 3;

  private static final long ATTACH_MILLIS = 500;
  private static final long PATIENCE_SECONDS = 5;

  /** Looks for what is needed, and makes the network if it is among it. */
  static ChaosTools find(Set<Needs> needed, int nodes) {
    Map<Needs, String> missing = new HashMap<>();
    Optional<Network> network = Optional.empty();
    if (needed.contains(Needs.NETWORK)) {
      try {
        network = Optional.of(Network.create(nodes));
      } catch (IOException e) {
        missing.put(Needs.NETWORK, "no network namespaces here: " + e.getMessage());
      }
    }
    Optional<Path> faketime = Optional.empty();
    if (needed.contains(Needs.FAKETIME)) {
      faketime = findFaketime();
      if (faketime.isEmpty()) {
        missing.put(Needs.FAKETIME, "there is no libfaketime (Debian: apt install libfaketime)");
      }
    }
    if (needed.contains(Needs.STRACE)) {
      strace().ifPresent(why -> missing.put(Needs.STRACE, why));
    }
    return new ChaosTools(network, faketime, missing);
  }

  private static Optional<Path> findFaketime() {
    for (Path root : List.of(Path.of("/usr/lib"), Path.of("/usr/lib64"), Path.of("/usr/local"))) {
      try (Stream<Path> found =
          Files.find(root, DEPTH, (file, about) -> file.endsWith("faketime/libfaketime.so.1"))) {
        Optional<Path> library = found.findFirst();
        if (library.isPresent()) {
          return library;
        }
      } catch (IOException | UncheckedIOException unreadable) {
        // It may be in the next one.
      }
    }
    return Optional.empty();
  }

  /** Why another process's syncs cannot be delayed here; empty: they can. */
  private static Optional<String> strace() {
    try {
      Process sleep = new ProcessBuilder("sleep", Long.toString(PATIENCE_SECONDS)).start();
      String pid = Long.toString(sleep.pid());
      Process strace =
          new ProcessBuilder(
                  "strace", "-f", "-q", "-e", "inject=fsync,fdatasync:delay_enter=1", "-p", pid)
              .redirectErrorStream(true)
              .start();
      try {
        boolean refused = strace.waitFor(ATTACH_MILLIS, TimeUnit.MILLISECONDS);
        return refused
            ? Optional.of(
                "strace may not attach: "
                    + new String(strace.getInputStream().readAllBytes(), UTF_8).strip())
            : Optional.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.of("interrupted");
      } finally {
        strace.destroy();
        sleep.destroyForcibly();
      }
    } catch (IOException e) {
      return Optional.of("there is no strace (Debian: apt install strace)");
    }
  }
}
