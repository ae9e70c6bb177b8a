package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.chaos.Network;
import com.pygmy.replication.ratis.ProcessCluster.Replica;
import java.io.IOException;
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
  private static final int SIZE = 3;

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
    try (Network network = networkOrSkip();
        ProcessCluster cluster =
            new ProcessCluster(
                folder, addresses(network), name -> network.at(number(name)), 50, 1000, 1000)) {
      cluster.startAll().awaitReady();
      int stale = 0;
      int confirmed = 0;
      int unavailable = 0;
      for (int round = 0; round < rounds; round++) {
        cluster.write(cluster.running(), "before-" + round);
        Replica old = cluster.leader();
        network.isolate(number(old.name));
        cluster.write(cluster.without(old), "during-" + round);
        int acknowledged = size(cluster.leader(cluster.without(old)).answer("read"));
        assertTrue(old.answer("read").startsWith("unavailable"), "a leader without a majority");
        unavailable++;
        List<CompletableFuture<String>> reads = reads(old);
        network.heal(number(old.name));
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

  private static Network networkOrSkip() {
    try {
      return Network.create(SIZE);
    } catch (IOException notAllowed) {
      System.out.println("SKIPPED: no network namespaces here: " + notAllowed.getMessage());
      return Assumptions.abort("no network namespaces here");
    }
  }

  /** Of the replicas, by their names. */
  private static Map<String, String> addresses(Network network) {
    Map<String, String> addresses = new TreeMap<>();
    for (int i = 1; i <= SIZE; i++) {
      addresses.put("c" + i, network.address(i) + ":7000");
    }
    return addresses;
  }

  private static int number(String replica) {
    return Integer.parseInt(replica.substring(1));
  }
}
