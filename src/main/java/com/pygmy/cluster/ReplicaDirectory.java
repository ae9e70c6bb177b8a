package com.pygmy.cluster;

import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message.Goodbye;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Who is there, from the heartbeats on the bus. A hint, never a proof: whoever is asked checks for
 * itself. Thread-safe.
 */
public final class ReplicaDirectory {

  /** A node not heard of for so long is taken for gone: five heartbeats. */
  public static final long FORGET_MILLIS = 5 * Addresses.HEARTBEAT_MILLIS;

  private static final long FORGET_NANOS = TimeUnit.MILLISECONDS.toNanos(FORGET_MILLIS);

  private final LongSupplier nanoClock;
  private final Map<String, Heard> nodes = new ConcurrentHashMap<>();

  public ReplicaDirectory(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Takes in a heartbeat. */
  public void heard(Heartbeat heartbeat) {
    Heard heard = new Heard(heartbeat, nanoClock.getAsLong());
    if (nodes.put(heartbeat.node(), heard) == null) {
      nodes.values().removeIf(other -> !isLive(other, heard.atNanos()));
    }
  }

  /** Forgets a node that said goodbye, unless it has started anew since. */
  public void left(Goodbye goodbye) {
    nodes.computeIfPresent(
        goodbye.node(),
        (node, heard) ->
            heard.heartbeat().incarnation().equals(goodbye.incarnation()) ? null : heard);
  }

  /** The live nodes, by name. */
  public List<Heartbeat> nodes() {
    return live().map(Heard::heartbeat).sorted(Comparator.comparing(Heartbeat::node)).toList();
  }

  /** The names of the replicas of a service that say they can serve, sorted. */
  public List<String> ready(Service service) {
    return replicas(service)
        .filter(ReplicaState::ready)
        .map(ReplicaState::replica)
        .sorted()
        .toList();
  }

  /**
   * The replica that leads the catalog's log: of those that say so, the one of the highest term.
   */
  public Optional<ReplicaState> leader() {
    return replicas(Service.CATALOG)
        .filter(r -> r.role() == Role.LEADER)
        .max(Comparator.comparingLong(ReplicaState::term));
  }

  /** The live replicas of a service. */
  public Stream<ReplicaState> replicas(Service service) {
    return live()
        .flatMap(h -> h.heartbeat().replicas().stream())
        .filter(r -> r.service() == service);
  }

  private Stream<Heard> live() {
    long now = nanoClock.getAsLong();
    return nodes.values().stream().filter(heard -> isLive(heard, now));
  }

  private static boolean isLive(Heard heard, long now) {
    return now - heard.atNanos() < FORGET_NANOS;
  }

  private record Heard(Heartbeat heartbeat, long atNanos) {}
}
