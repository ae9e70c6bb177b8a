package com.pygmy.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Network namespaces on a bridge, one for each node, whose traffic can be cut. Needs root on Linux,
 * with {@code ip} and {@code nft}. The bridge has an address of its own, at which this process
 * lives and reaches all nodes. Nodes count from 1.
 */
public final class Network implements AutoCloseable {

  private static final AtomicInteger MADE = new AtomicInteger();

  /** Which packets between two groups of nodes vanish, silently. */
  public enum Direction {
    BOTH,
    FROM_THE_FIRST,
    TO_THE_FIRST
  }

  private final String name;
  private final String subnet;
  private final int size;
  private final List<String> spaces = new ArrayList<>();
  private boolean bridged;

  private Network(String name, String subnet, int size) {
    this.name = name;
    this.subnet = subnet;
    this.size = size;
  }

  /**
   * Makes them.
   *
   * @throws IOException if that is not allowed or not possible here; then nothing is left of it
   */
  public static Network create(int size) throws IOException {
    long pid = ProcessHandle.current().pid();
    // Another name each time: what the last one left is removed by the kernel when it likes.
    Network network =
        new Network(
            "pg" + pid % 100_000 + "x" + MADE.incrementAndGet(),
            "10.%d.%d.".formatted(200 + pid % 50, pid / 50 % 250),
            size);
    try {
      network.build();
      return network;
    } catch (IOException | RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private void build() throws IOException {
    ip("link", "add", name, "type", "bridge");
    bridged = true;
    ip("link", "set", name, "up");
    ip("addr", "add", subnet + "254/24", "dev", name);
    for (int i = 1; i <= size; i++) {
      String space = name + "c" + i;
      ip("netns", "add", space);
      spaces.add(space);
      ip("link", "add", space, "type", "veth", "peer", "name", "eth0", "netns", space);
      ip("link", "set", space, "master", name, "up");
      ip("-n", space, "link", "set", "lo", "up");
      ip("-n", space, "addr", "add", address(i) + "/24", "dev", "eth0");
      ip("-n", space, "link", "set", "eth0", "up");
      nft(i, "add", "table", "ip", "cut");
      nft(i, "add", "chain", "ip", "cut", "in", "{ type filter hook input priority 0; }");
      nft(i, "add", "chain", "ip", "cut", "out", "{ type filter hook output priority 0; }");
    }
  }

  /** Where a node listens. */
  public String address(int node) {
    return subnet + node;
  }

  /** What to put before a command so that it runs at a node, as the same process. */
  public List<String> at(int node) {
    return List.of("ip", "netns", "exec", space(node));
  }

  /** The name of its namespace. */
  public String space(int node) {
    return spaces.get(node - 1);
  }

  /** Nothing reaches this node any more, or leaves it, not even what this process sends. */
  public void isolate(int node) throws IOException {
    nft(node, "add", "rule", "ip", "cut", "in", "iifname", "eth0", "drop");
    nft(node, "add", "rule", "ip", "cut", "out", "oifname", "eth0", "drop");
  }

  /** Cuts these nodes off from all others; this process still reaches everybody. */
  public void cut(Collection<Integer> nodes, Direction direction) throws IOException {
    for (int node : nodes) {
      for (int other = 1; other <= size; other++) {
        if (!nodes.contains(other)) {
          if (direction != Direction.FROM_THE_FIRST) {
            nft(node, "add", "rule", "ip", "cut", "in", "ip", "saddr", address(other), "drop");
          }
          if (direction != Direction.TO_THE_FIRST) {
            nft(node, "add", "rule", "ip", "cut", "out", "ip", "daddr", address(other), "drop");
          }
        }
      }
    }
  }

  /** Takes back whatever was cut at this node. */
  public void heal(int node) throws IOException {
    nft(node, "flush", "table", "ip", "cut");
  }

  private void nft(int node, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(at(node));
    command.add("nft");
    command.addAll(List.of(arguments));
    Shell.run(command);
  }

  private static void ip(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    Shell.run(command);
  }

  /** Removes all of it. Processes that live there keep what they have until they end. */
  @Override
  public synchronized void close() {
    for (String space : spaces) {
      // A space outlives its name while a connection in it does; its link would show as long.
      tryTo("link", "del", space);
      tryTo("netns", "del", space);
    }
    if (bridged) {
      tryTo("link", "del", name);
    }
    spaces.clear();
    bridged = false;
  }

  private static void tryTo(String... arguments) {
    try {
      ip(arguments);
    } catch (IOException notThere) {
      System.err.println("not cleaned up: " + notThere.getMessage());
    }
  }
}
