package com.pygmy.launch;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Can a node listen there, and if not, who is in the way? */
final class PortUse {

  private static final Path PROC = Path.of("/proc");
  private static final String LISTEN = "0A";
  private static final int ADDRESS_FIELD = 1;
  private static final int STATE_FIELD = 3;
  private static final int INODE_FIELD = 9;

  /** Why nobody can listen there now; empty: it was possible a moment ago. */
  static Optional<String> complaint(String host, int port) {
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      return Optional.of("the host " + host + " is unknown");
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(address, port));
      return Optional.empty();
    } catch (BindException e) {
      return Optional.of(
          isHere(address)
              ? "port " + port + " is in use" + by(port)
              : "the host " + host + " is no address of this machine; start its node there");
    } catch (IOException e) {
      return Optional.of("port " + port + " cannot be opened: " + e.getMessage());
    }
  }

  private static boolean isHere(InetAddress address) {
    try (ServerSocket anyPort = new ServerSocket()) {
      anyPort.bind(new InetSocketAddress(address, 0));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static String by(int port) {
    return listener(port)
        .map(
            process ->
                " by pid "
                    + process.pid()
                    + process
                        .info()
                        .command()
                        .map(command -> " (" + Path.of(command).getFileName() + ")")
                        .orElse(""))
        .orElse("");
  }

  /** Who listens on a port; only known on Linux, and of processes that we may look into. */
  static Optional<ProcessHandle> listener(int port) {
    Set<String> sockets = listeningSockets("net/tcp", port);
    sockets.addAll(listeningSockets("net/tcp6", port));
    if (sockets.isEmpty()) {
      return Optional.empty();
    }
    return ProcessHandle.allProcesses().filter(p -> hasOpen(p.pid(), sockets)).findFirst();
  }

  private static Set<String> listeningSockets(String table, int port) {
    Set<String> sockets = new HashSet<>();
    try (Stream<String> lines = Files.lines(PROC.resolve(table))) {
      lines.skip(1).forEach(line -> listeningSocket(line, port).ifPresent(sockets::add));
      return sockets;
    } catch (IOException notLinux) {
      return sockets;
    }
  }

  private static Optional<String> listeningSocket(String line, int port) {
    String[] fields = line.strip().split("\\s+", -1);
    String hexPort = String.format(Locale.ROOT, ":%04X", port);
    boolean isIt = fields[STATE_FIELD].equals(LISTEN) && fields[ADDRESS_FIELD].endsWith(hexPort);
    return isIt ? Optional.of("socket:[" + fields[INODE_FIELD] + "]") : Optional.empty();
  }

  private static boolean hasOpen(long pid, Set<String> sockets) {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(PROC.resolve(pid + "/fd"))) {
      for (Path descriptor : open) {
        if (isLinkTo(descriptor, sockets)) {
          return true;
        }
      }
    } catch (IOException | SecurityException | java.nio.file.DirectoryIteratorException hidden) {
      return false;
    }
    return false;
  }

  private static boolean isLinkTo(Path descriptor, Set<String> targets) {
    try {
      return targets.contains(Files.readSymbolicLink(descriptor).toString());
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  private PortUse() {}
}
