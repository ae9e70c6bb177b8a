package com.pygmy.cluster;

import com.pygmy.wire.Message.Goodbye;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who is there, from the heartbeats on the bus. A hint, never a proof: whoever is asked checks for
 * itself. Thread-safe.
 *
 * <p>Silence is counted in beats of this node, not by the clock: a process, or an event loop, that
 * was busy for a while has the others' heartbeats waiting, and must not take them for gone.
 */
public final class ReplicaDirectory {

  /** A node that was not heard during so many beats is taken for gone: a second, as a rule. */
  static final int FORGET_BEATS = 5;

  private final Map<String, Heard> nodes = new HashMap<>();
  private final Promise<Void> serving = Promise.promise();
  private long beats;
  private volatile View view;

  public ReplicaDirectory() {
    look();
  }

  /** Takes in a heartbeat. */
  public synchronized void heard(Heartbeat heartbeat) {
    nodes.put(heartbeat.node(), new Heard(heartbeat, beats));
    look();
  }

  /**
   * This node has taken in what there was to hear for the time between two heartbeats. Forgets who
   * fell silent.
   */
  public synchronized void beat() {
    beats++;
    if (nodes.values().removeIf(heard -> beats - heard.beat() >= FORGET_BEATS)) {
      look();
    }
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

  /** Done when a leader, and ready replicas of both services, have been heard of at one time. */
  public Future<Void> serving() {
    return serving.future();
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
    if (leader.isPresent()
        && !ready.get(Service.CATALOG).isEmpty()
        && !ready.get(Service.ORDER).isEmpty()) {
      serving.tryComplete();
    }
  }

  private static Stream<ReplicaState> replicas(List<Heartbeat> of, Service service) {
    return of.stream().flatMap(h -> h.replicas().stream()).filter(r -> r.service() == service);
  }

  private record Heard(Heartbeat heartbeat, long beat) {}

  /** What the heartbeats come to. Every buy asks several times, so it is worked out once. */
  private record View(
      List<Heartbeat> nodes, Map<Service, List<String>> ready, Optional<ReplicaState> leader) {}
}
