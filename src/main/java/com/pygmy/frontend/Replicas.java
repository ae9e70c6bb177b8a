package com.pygmy.frontend;

import com.pygmy.cluster.Bus;
import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.config.Balancing;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Service;
import com.pygmy.wire.RequestMark;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicas as this frontend sees them: in which order to ask, and asking. Belongs to one event
 * loop.
 */
final class Replicas {

  private static final Logger log = LoggerFactory.getLogger(Replicas.class);

  private static final long SUSPECTED_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Bus bus;
  private final ReplicaDirectory directory;
  private final Balancing balancing;
  private final String node;
  private final LongSupplier nanoClock;
  private final MeterRegistry metrics;
  private final Map<String, Integer> outstanding = new HashMap<>();
  private final Map<String, Long> suspectedAtNanos = new HashMap<>();
  private final Map<Service, Integer> turns = new EnumMap<>(Service.class);

  Replicas(
      Bus bus,
      ReplicaDirectory directory,
      Balancing balancing,
      String node,
      LongSupplier nanoClock,
      MeterRegistry metrics) {
    this.bus = bus;
    this.directory = directory;
    this.balancing = balancing;
    this.node = node;
    this.nanoClock = nanoClock;
    this.metrics = metrics;
  }

  ReplicaDirectory directory() {
    return directory;
  }

  /** Says so when of some of these services no replica is ready; empty when each has one. */
  Optional<String> missing(Service... services) {
    String missing =
        Stream.of(services)
            .filter(service -> directory.ready(service).isEmpty())
            .map(service -> "no " + name(service))
            .collect(Collectors.joining(" and "));
    return missing.isEmpty() ? Optional.empty() : Optional.of(missing + " replica is ready");
  }

  /**
   * The ready replicas of a service, the one to ask first in front.
   *
   * @param session what stays with one replica under {@link Balancing#SESSION}: the customer, or
   *     whatever stands for one
   */
  List<String> inOrder(Service service, String session) {
    List<String> ready = new ArrayList<>(directory.ready(service));
    if (ready.size() < 2) {
      return ready;
    }
    int turn = turns.merge(service, 1, (last, one) -> (last + one) & Integer.MAX_VALUE);
    Collections.rotate(ready, turn % ready.size());
    switch (balancing) {
      case LOCAL_FIRST -> {
        Set<String> local = local(service);
        ready.sort(Comparator.comparing(replica -> !local.contains(replica)));
      }
      case ROUND_ROBIN -> {}
      case LEAST_LOADED -> ready.sort(Comparator.comparingInt(replica -> load(service, replica)));
      case SESSION -> ready.sort(Comparator.comparingLong(replica -> weight(session, replica)));
    }
    ready.sort(Comparator.comparing(replica -> suspected(service + replica)));
    return ready;
  }

  /**
   * The ready replicas of a service for one who stays with a replica as long as it can: one in this
   * node in front, whatever the balancing.
   */
  List<String> nearest(Service service) {
    List<String> ready = new ArrayList<>(directory.ready(service));
    Set<String> local = local(service);
    ready.sort(
        Comparator.<String, Boolean>comparing(replica -> suspected(service + replica))
            .thenComparing(replica -> !local.contains(replica))
            .thenComparing(replica -> weight(node, replica)));
    return ready;
  }

  /** Asks one replica of what no request is behind; see {@link Bus#ask}. */
  Future<Message> ask(Service service, String replica, Message request, long timeoutMillis) {
    return ask(service, replica, request, timeoutMillis, Optional.empty());
  }

  /** Asks one replica for a request. */
  Future<Message> ask(
      Service service,
      String replica,
      Message request,
      long timeoutMillis,
      Optional<String> requestId) {
    String at = service + replica;
    outstanding.merge(at, 1, Integer::sum);
    return bus.ask(service, replica, request, timeoutMillis, requestId)
        .onComplete(
            done -> {
              outstanding.computeIfPresent(at, (r, count) -> count == 1 ? null : count - 1);
              if (done.failed()) {
                RequestMark.of(requestId, request)
                    .around(() -> tellOf(service, replica, done.cause()));
                suspect(service, replica);
                metrics.counter("pygmy.replica.lost", "service", name(service)).increment();
              } else if (done.result() instanceof Message.Unavailable) {
                suspect(service, replica);
              } else if (!(done.result() instanceof Message.Overloaded)) {
                suspectedAtNanos.remove(at);
              }
            });
  }

  /** A defect each time; silence once, while it lasts: there may be many requests. */
  private void tellOf(Service service, String replica, Throwable failure) {
    if (Bus.isOfReplica(failure)) {
      log.warn("{} replica {} failed: {}", name(service), replica, failure.getMessage());
    } else if (!suspected(service + replica)) {
      log.info("{} replica {} does not answer: {}", name(service), replica, failure.getMessage());
    }
  }

  /** For a while this replica is asked after the others: it is slow, silent, or cannot serve. */
  void suspect(Service service, String replica) {
    suspectedAtNanos.put(service + replica, nanoClock.getAsLong());
  }

  static String name(Service service) {
    return service.name().toLowerCase(Locale.ROOT);
  }

  private boolean suspected(String at) {
    Long since = suspectedAtNanos.get(at);
    return since != null && nanoClock.getAsLong() - since < SUSPECTED_NANOS;
  }

  private int load(Service service, String replica) {
    return outstanding.getOrDefault(service + replica, 0);
  }

  private Set<String> local(Service service) {
    return directory.nodes().stream()
        .filter(heartbeat -> heartbeat.node().equals(node))
        .map(Heartbeat::replicas)
        .flatMap(List::stream)
        .filter(replica -> replica.service() == service)
        .map(ReplicaState::replica)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Rendezvous: a replica that goes or comes moves only its own sessions. */
  private static long weight(String session, String replica) {
    long hash = 0xcbf29ce484222325L; // FNV-1a, then mixed so that near names lie far apart
    String text = session + '\n' + replica;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    return hash ^ hash >>> 33;
  }
}
