package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.replication.ratis.ProcessCluster.Replica;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Cuts the leader off the network: each replica lives in a network namespace of its own. Needs root
 * on Linux, with {@code ip} and {@code nft}; skipped elsewhere.
 */
class ReplicaCutsIT {
  private static final int READS = 20;

  @TempDir(cleanup = org.junit.jupiter.api.io.CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void aLeaderThatWasCutOffServesNoStaleRead() throws Exception {
    cutLeaders(3);
  }

  @Tag("long")
  @Test
  void aLeaderThatWasCutOffServesNoStaleReadInTwentyCuts() throws Exception {
    cutLeaders(20);
  }

  private void cutLeaders(int rounds) throws Exception {
    try (Network network = Network.create(3);
        ProcessCluster cluster =
            new ProcessCluster(
                folder,
                network.addresses,
                List.of("ip", "netns", "exec", network.name + "%s"),
                50,
                1000,
                1000)) {
      cluster.startAll().awaitReady();
      int stale = 0;
      int confirmed = 0;
      int unavailable = 0;
      for (int round = 0; round < rounds; round++) {
        cluster.write(cluster.running(), "before-" + round);
        Replica old = cluster.leader();
        network.cut(old.name);
        cluster.write(cluster.without(old), "during-" + round);
        int acknowledged = size(cluster.leader(cluster.without(old)).answer("read"));
        assertTrue(old.answer("read").startsWith("unavailable"), "a leader without a majority");
        unavailable++;
        List<CompletableFuture<String>> reads = reads(old);
        network.heal(old.name);
        reads.addAll(reads(old));
        for (CompletableFuture<String> read : reads) {
          int size = size(ProcessCluster.within(read));
          if (size < 0) {
            unavailable++;
          } else {
            confirmed++;
            stale += size < acknowledged ? 1 : 0;
          }
        }
        TestCluster.await(
            "the healed replica follows", () -> size(old.answer("read")) >= acknowledged);
      }
      System.out.println(
          "CUTS %d: %d confirmed, %d of them stale, %d unavailable"
              .formatted(rounds, confirmed, stale, unavailable));
      assertEquals(0, stale);
    }
  }

  private static List<CompletableFuture<String>> reads(Replica replica) {
    List<CompletableFuture<String>> reads = new ArrayList<>();
    for (int i = 0; i < READS; i++) {
      reads.add(replica.ask("read"));
    }
    return reads;
  }

  private static int size(String answer) {
    String[] words = answer.split(" ", -1);
    return words[0].equals("confirmed") ? Integer.parseInt(words[3]) : -1;
  }

  /** Namespaces on a bridge. */
  private static final class Network implements AutoCloseable {
    private static int made;

    final String name;
    final Map<String, String> addresses = new TreeMap<>();
    private final List<String> spaces = new ArrayList<>();

    private Network(String name) {
      this.name = name;
    }

    static Network create(int size) {
      // Another name each time: what the last one left is removed by the kernel when it likes.
      Network network = new Network("pg" + ProcessHandle.current().pid() % 100_000 + "x" + ++made);
      try {
        network.build(size);
        return network;
      } catch (AssertionError notAllowed) {
        network.close();
        System.out.println("SKIPPED: no network namespaces here: " + notAllowed.getMessage());
        Assumptions.abort("no network namespaces here");
        throw notAllowed;
      }
    }

    private void build(int size) {
      ip("link", "add", name, "type", "bridge");
      ip("link", "set", name, "up");
      for (int i = 1; i <= size; i++) {
        String space = name + "c" + i;
        ip("netns", "add", space);
        spaces.add(space);
        ip("link", "add", space, "type", "veth", "peer", "name", "eth0", "netns", space);
        ip("link", "set", space, "master", name, "up");
        ip("-n", space, "link", "set", "lo", "up");
        ip("-n", space, "addr", "add", "10.211.77." + i + "/24", "dev", "eth0");
        ip("-n", space, "link", "set", "eth0", "up");
        nft(space, "add", "table", "ip", "cut");
        nft(space, "add", "chain", "ip", "cut", "in", "{ type filter hook input priority 0; }");
        nft(space, "add", "chain", "ip", "cut", "out", "{ type filter hook output priority 0; }");
        addresses.put("c" + i, "10.211.77." + i + ":7000");
      }
    }

    /** Silently: packets vanish in both directions. */
    void cut(String replica) {
      nft(name + replica, "add", "rule", "ip", "cut", "in", "iifname", "eth0", "drop");
      nft(name + replica, "add", "rule", "ip", "cut", "out", "oifname", "eth0", "drop");
    }

    void heal(String replica) {
      nft(name + replica, "flush", "table", "ip", "cut");
    }

    private static void ip(String... arguments) {
      command(List.of("ip"), arguments);
    }

    private static void nft(String space, String... arguments) {
      command(List.of("ip", "netns", "exec", space, "nft"), arguments);
    }

    private static void command(List<String> start, String... arguments) {
      List<String> all = new ArrayList<>(start);
      all.addAll(List.of(arguments));
      ProcessCluster.run(all.toArray(String[]::new));
    }

    @Override
    public void close() {
      for (String space : spaces) {
        tryTo(() -> ip("netns", "del", space));
      }
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
}
