package com.pygmy.cluster;

import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message.Goodbye;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Who is there, from the heartbeats on the bus. A hint, never a proof: whoever is asked checks for
 * itself. Thread-safe.
 */
public final class ReplicaDirectory {

  /**
   * A node not heard of for so long is taken for gone: fifteen heartbeats, for an event loop of a
   * cold process may be busy for long. It is forgotten when another is heard, as this one is all
   * the time.
   */
  public static final long FORGET_MILLIS = 15 * Addresses.HEARTBEAT_MILLIS;

  private static final long FORGET_NANOS = TimeUnit.MILLISECONDS.toNanos(FORGET_MILLIS);

  /**
   * This node's own heartbeat comes five times a second. When there was none for longer, the
   * process was held up, and what others sent meanwhile has yet to be taken in.
   */
  private static final long LIVED_NANOS =
      TimeUnit.MILLISECONDS.toNanos(2 * Addresses.HEARTBEAT_MILLIS);

  private final LongSupplier nanoClock;
  private final Map<String, Heard> nodes = new HashMap<>();
  private long heardNanos;

  /** Time as this process lived it: while it was held up, nobody else was silent. */
  private long livedNanos;

  private volatile View view;

  public ReplicaDirectory(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.heardNanos = nanoClock.getAsLong();
    look();
  }

  /** Takes in a heartbeat, and forgets who fell silent. */
  public synchronized void heard(Heartbeat heartbeat) {
    long now = nanoClock.getAsLong();
    livedNanos += Math.min(now - heardNanos, LIVED_NANOS);
    heardNanos = now;
    nodes.put(heartbeat.node(), new Heard(heartbeat, livedNanos));
    nodes.values().removeIf(heard -> livedNanos - heard.livedNanos() >= FORGET_NANOS);
    look();
  }

  /** Forgets a node that said goodbye, unless it has started anew since. */
  public synchronized void left(Goodbye goodbye) {
    nodes.computeIfPresent(
        goodbye.node(),
        (node, heard) ->
            heard.heartbeat().incarnation().equals(goodbye.incarnation()) ? null : heard);
    look();
  }

  /** The live nodes, by name. */
  public List<Heartbeat> nodes() {
    return view.nodes();
  }

  /** The names of the replicas of a service that say they can serve, sorted. */
  public List<String> ready(Service service) {
    return view.ready().get(service);
  }

  /**
   * The replica that leads the catalog's log: of those that say so, the one of the highest term.
   */
  public Optional<ReplicaState> leader() {
    return view.leader();
  }

  /** The live replicas of a service. */
  public Stream<ReplicaState> replicas(Service service) {
    return replicas(nodes(), service);
  }

  private void look() {
    List<Heartbeat> live =
        nodes.values().stream()
            .map(Heard::heartbeat)
            .sorted(Comparator.comparing(Heartbeat::node))
            .toList();
    Map<Service, List<String>> ready = new EnumMap<>(Service.class);
    for (Service service : Service.values()) {
      ready.put(
          service,
          replicas(live, service)
              .filter(ReplicaState::ready)
              .map(ReplicaState::replica)
              .sorted()
              .toList());
    }
    Optional<ReplicaState> leader =
        replicas(live, Service.CATALOG)
            .filter(r -> r.role() == Role.LEADER)
            .max(Comparator.comparingLong(ReplicaState::term));
    view = new View(live, ready, leader);
  }

  private static Stream<ReplicaState> replicas(List<Heartbeat> of, Service service) {
    return of.stream().flatMap(h -> h.replicas().stream()).filter(r -> r.service() == service);
  }

  private record Heard(Heartbeat heartbeat, long livedNanos) {}

  /** What the heartbeats come to. Every buy asks several times, so it is worked out once. */
  private record View(
      List<Heartbeat> nodes, Map<Service, List<String>> ready, Optional<ReplicaState> leader) {}
}
