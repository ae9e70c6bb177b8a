package com.pygmy.fault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Network namespaces on a bridge, one for each node of a test, whose traffic can be cut. Needs root
 * on Linux, with {@code ip} and {@code nft}. The bridge has an address of its own, at which the
 * test lives.
 */
public final class Network implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 10;

  private final String name;
  private final String subnet;
  private final int size;
  private final List<String> spaces = new ArrayList<>();

  private Network(String name, String subnet, int size) {
    this.name = name;
    this.subnet = subnet;
    this.size = size;
  }

  /**
   * Makes them; says loudly when that is not allowed here.
   *
   * @return empty when it is not allowed here
   */
  public static Optional<Network> create(int size) {
    long pid = ProcessHandle.current().pid();
    Network network =
        new Network(
            "pg" + pid % 100_000, "10.%d.%d.".formatted(200 + pid % 50, pid / 50 % 250), size);
    try {
      network.build();
      return Optional.of(network);
    } catch (AssertionError notAllowed) {
      network.close();
      System.out.println("SKIPPED: no network namespaces here: " + notAllowed.getMessage());
      return Optional.empty();
    }
  }

  private void build() {
    ip("link", "add", name, "type", "bridge");
    ip("link", "set", name, "up");
    ip("addr", "add", subnet + "254/24", "dev", name);
    for (int i = 1; i <= size; i++) {
      String space = space(i);
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

  private String space(int node) {
    return name + "c" + node;
  }

  /** Where a node listens; nodes count from 1. */
  public String address(int node) {
    return subnet + node;
  }

  /** What to put before a command so that it runs at a node. */
  public List<String> at(int node) {
    return List.of("ip", "netns", "exec", space(node));
  }

  /** Nothing reaches this node any more, or leaves it. Silently: packets vanish. */
  public void cut(int node) {
    nft(node, "add", "rule", "ip", "cut", "in", "iifname", "eth0", "drop");
    nft(node, "add", "rule", "ip", "cut", "out", "oifname", "eth0", "drop");
  }

  /** The other nodes do not reach this one any more, nor it them; the test still does. */
  public void cutFromOthers(int node) {
    for (int other = 1; other <= size; other++) {
      if (other != node) {
        nft(node, "add", "rule", "ip", "cut", "in", "ip", "saddr", address(other), "drop");
        nft(node, "add", "rule", "ip", "cut", "out", "ip", "daddr", address(other), "drop");
      }
    }
  }

  public void heal(int node) {
    nft(node, "flush", "table", "ip", "cut");
  }

  private void nft(int node, String... arguments) {
    List<String> command = new ArrayList<>(at(node));
    command.add("nft");
    command.addAll(List.of(arguments));
    run(command);
  }

  private static void ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    run(command);
  }

  private static void run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        fail(String.join(" ", command) + ": " + said.strip());
      }
    } catch (IOException e) {
      fail(String.join(" ", command) + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail("interrupted");
    }
  }

  @Override
  public void close() {
    spaces.forEach(space -> tryTo(() -> ip("netns", "del", space)));
    tryTo(() -> ip("link", "del", name));
  }

  private static void tryTo(Runnable cleanup) {
    try {
      cleanup.run();
    } catch (AssertionError notThere) {
      System.out.println("not cleaned up: " + notThere.getMessage());
    }
  }
}
