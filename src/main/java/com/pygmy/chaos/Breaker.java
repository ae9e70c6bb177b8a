package com.pygmy.chaos;

import com.pygmy.chaos.Network.Direction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Makes faults happen, and takes them back. */
public final class Breaker {

  private static final int SYNC_DELAY_MICROS = 100_000;
  private static final long STRACE_STOP_SECONDS = 5;

  private final Topology topology;
  private final Optional<Network> network;
  private final Optional<Path> faketime;

  /** Something that must be undone for a fault to be over. */
  interface Undo {
    void run() throws IOException;
  }

  private static final Undo NOTHING = () -> {};

  /** A fault that has happened and is not over. */
  record Broken(List<String> nodes, String detail, Undo undo) {}

  /**
   * A breaker of this shop.
   *
   * @param network where its nodes live; needed for faults of {@link FaultKind.Needs#NETWORK}
   * @param faketime the library libfaketime; needed for {@link FaultKind#CLOCK}
   */
  public Breaker(Topology topology, Optional<Network> network, Optional<Path> faketime) {
    this.topology = topology;
    this.network = network;
    this.faketime = faketime;
  }

  /** Whom it would hit now. */
  List<String> targets(Fault fault) {
    List<String> nodes = topology.nodes();
    int any = Math.floorMod(fault.dice(), nodes.size());
    if (fault.kind().hitsLeader()) {
      return List.of(topology.leader().orElse(nodes.get(any)));
    }
    if (fault.kind().sparesLeader() && nodes.size() > 1) {
      List<String> others = new ArrayList<>(nodes);
      others.remove(topology.leader().orElse(nodes.get(any)));
      return List.of(pick(others, fault.dice()));
    }
    return switch (fault.kind()) {
      case KILL_ALL -> nodes;
      case CORRUPT -> List.of(pick(topology.catalogs(), fault.dice()));
      case SPLIT -> {
        List<String> shuffled = new ArrayList<>(nodes);
        Collections.shuffle(shuffled, new Random(fault.dice()));
        yield shuffled.subList(0, Math.max(1, (nodes.size() - 1) / 2));
      }
      default -> List.of(nodes.get(any));
    };
  }

  private static String pick(List<String> names, long dice) {
    return names.get(Math.floorMod(dice, names.size()));
  }

  /**
   * Makes it happen.
   *
   * @param nodes as {@link #targets} chose them
   */
  Broken begin(Fault fault, List<String> nodes) throws IOException {
    String node = nodes.get(0);
    return switch (fault.kind()) {
      case KILL, KILL_LEADER, KILL_FOLLOWER, KILL_ALL -> kill(nodes);
      case FREEZE, FREEZE_LEADER, FREEZE_FOLLOWER -> freeze(node);
      case CUT, CUT_LEADER, SPLIT -> cut(nodes, Direction.BOTH);
      case ONE_WAY ->
          cut(nodes, fault.dice() < 0 ? Direction.FROM_THE_FIRST : Direction.TO_THE_FIRST);
      case WIPE -> {
        topology.kill(nodes);
        Damage.wipe(topology.folder(node));
        topology.release();
        yield new Broken(nodes, "", NOTHING);
      }
      case CORRUPT -> {
        topology.kill(nodes);
        String done = Damage.some(topology.folder(node), fault.dice());
        topology.release();
        yield new Broken(nodes, done, NOTHING);
      }
      case CLOCK -> setClock(nodes, fault.dice() < 0 ? "-3600" : "+3600");
      case SLOW_DISK -> slowDisk(node);
    };
  }

  private Broken kill(List<String> nodes) throws IOException {
    topology.kill(nodes);
    topology.release();
    return new Broken(nodes, "", NOTHING);
  }

  private Broken freeze(String node) throws IOException {
    topology.freeze(node);
    return new Broken(List.of(node), "", () -> topology.thaw(node));
  }

  private Broken cut(List<String> nodes, Direction direction) throws IOException {
    Network all = network.orElseThrow();
    Set<Integer> numbers = new HashSet<>();
    nodes.forEach(node -> numbers.add(topology.nodes().indexOf(node) + 1));
    Undo heal =
        () -> {
          for (int number : numbers) {
            all.heal(number);
          }
        };
    try {
      all.cut(numbers, direction);
    } catch (IOException e) {
      heal.run();
      throw e;
    }
    String detail =
        switch (direction) {
          case BOTH -> "";
          case FROM_THE_FIRST -> "its packets are lost";
          case TO_THE_FIRST -> "packets to it are lost";
        };
    return new Broken(nodes, detail, heal);
  }

  /**
   * Only the wall clock: the monotonic one goes on as it is. The node starts with the wrong one,
   * and sees it jump to the true one while it runs.
   */
  private Broken setClock(List<String> nodes, String seconds) throws IOException {
    String node = nodes.get(0);
    Path offset = topology.folder(node).resolveSibling(node + ".clock");
    Files.writeString(offset, seconds);
    Map<String, String> wrong = new HashMap<>();
    wrong.put("LD_PRELOAD", faketime.orElseThrow().toString());
    wrong.put("FAKETIME_TIMESTAMP_FILE", offset.toString());
    wrong.put("FAKETIME_CACHE_DURATION", "1"); // seconds until it reads the file again
    wrong.put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    wrong.put("DONT_FAKE_MONOTONIC", "1"); // its older name
    wrong.put("FAKETIME_FORCE_MONOTONIC_FIX", "0"); // with it, timed waits of a JVM end at once
    topology.kill(nodes);
    topology.environment(node, wrong);
    topology.release();
    return new Broken(
        nodes,
        seconds + " s",
        () -> {
          Files.writeString(offset, "+0");
          topology.environment(node, Map.of()); // from its next start on
        });
  }

  private Broken slowDisk(String node) throws IOException {
    String delay = "inject=fsync,fdatasync:delay_enter=" + SYNC_DELAY_MICROS;
    String pid = Long.toString(topology.pid(node));
    Process strace =
        new ProcessBuilder(
                "strace",
                "-f",
                "-q",
                "-o",
                "/dev/null",
                "-e",
                "trace=fsync,fdatasync",
                "-e",
                delay,
                "-p",
                pid)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new Broken(List.of(node), "syncs 100 ms longer", () -> detach(strace));
  }

  /** Politely: an strace that is killed leaves its process stopped, on some systems. */
  private static void detach(Process strace) throws IOException {
    strace.destroy();
    try {
      if (!strace.waitFor(STRACE_STOP_SECONDS, TimeUnit.SECONDS)) {
        strace.destroyForcibly();
        throw new IOException("strace does not let go");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      strace.destroyForcibly();
    }
  }
}
