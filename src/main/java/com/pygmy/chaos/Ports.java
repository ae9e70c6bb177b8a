package com.pygmy.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Ports of the loopback for servers whose port is known before they bind it: replicas that are told
 * one another's addresses, or that start again where they were.
 *
 * <p>No port is given twice, neither in this process nor in another one that asks this class on
 * this machine: they are taken in blocks, and whoever listens on the first port of a block has the
 * rest of it, until his process ends. All lie below the ports that the system gives to clients, so
 * no connection takes one before its server starts, or while that is down.
 */
public final class Ports {

  private static final int LOWEST = 15_000;
  private static final int BLOCKS = 85;
  private static final int BLOCK = 200;

  /** Begins anywhere: what processes that were killed left running is rarely met. */
  private static final Ports OURS = new Ports(ProcessHandle.current().pid());

  private final long begin;
  private final List<ServerSocket> taken = new ArrayList<>();
  private int next;
  private int end;

  Ports(long begin) {
    this.begin = begin;
  }

  /** Nobody listens on it now. */
  public static int free() {
    return OURS.take();
  }

  /** So many. */
  public static List<Integer> free(int count) {
    return Stream.generate(Ports::free).limit(count).toList();
  }

  /** Nobody listens on it. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = listen(port)) {
      return socket.isBound();
    } catch (IOException inUse) {
      return false;
    }
  }

  synchronized int take() {
    int port;
    do {
      if (next == end) {
        int first = takeBlock();
        next = first + 1;
        end = first + BLOCK;
      }
      port = next++;
    } while (!isFree(port));
    return port;
  }

  private int takeBlock() {
    for (int i = 0; i < BLOCKS; i++) {
      int first = LOWEST + BLOCK * (int) ((begin + i) % BLOCKS);
      try {
        taken.add(listen(first));
        return first;
      } catch (IOException anotherHasIt) {
        // The next one may be free.
      }
    }
    throw new IllegalStateException("all ports are taken");
  }

  private static ServerSocket listen(int port) throws IOException {
    return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
  }
}
