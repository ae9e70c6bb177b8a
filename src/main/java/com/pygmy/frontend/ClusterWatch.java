package com.pygmy.frontend;

import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import com.pygmy.wire.json.EventJson;
import com.pygmy.wire.json.EventKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Tells what changed among the replicas from one look at the heartbeats to the next. What is there
 * at the first look is no news. Not thread-safe.
 *
 * <p>Of a replica: {@code back} when it was not there before (or is new), {@code gone} when it is
 * no longer heard, {@code ready} and {@code not-ready} as it says itself; one that comes back ready
 * is both. Of the leader: who leads in which term, once that is somebody else, or another term;
 * that nobody leads is not told.
 */
final class ClusterWatch {

  private record Name(Service service, String replica) implements Comparable<Name> {
    @Override
    public int compareTo(Name other) {
      return Comparator.comparing(Name::service).thenComparing(Name::replica).compare(this, other);
    }
  }

  private record Leader(String replica, String node, long term) {}

  private Optional<Map<Name, Boolean>> ready = Optional.empty();
  private Optional<Leader> leader = Optional.empty();

  /** What is so from now on is no news. */
  void forget() {
    ready = Optional.empty();
    leader = Optional.empty();
  }

  /** What has changed since the last look. */
  List<LiveEvent> look(List<Heartbeat> nodes) {
    Map<Name, Boolean> now = new TreeMap<>();
    Map<Leader, Long> leaders = new HashMap<>();
    for (Heartbeat node : nodes) {
      for (ReplicaState replica : node.replicas()) {
        now.put(new Name(replica.service(), replica.replica()), replica.ready());
        if (replica.service() == Service.CATALOG && replica.role() == Role.LEADER) {
          leaders.put(new Leader(replica.replica(), node.node(), replica.term()), replica.term());
        }
      }
    }
    Optional<Leader> leads =
        leaders.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
    List<LiveEvent> news = new ArrayList<>();
    ready.ifPresent(before -> tellReplicas(before, now, news));
    if (ready.isPresent() && leads.isPresent() && !leads.equals(leader)) {
      Leader is = leads.get();
      news.add(
          LiveEvent.of(EventKind.LEADER, EventJson.leader(is.replica(), is.node(), is.term())));
    }
    ready = Optional.of(now);
    leader = leads.or(() -> leader);
    return news;
  }

  private static void tellReplicas(
      Map<Name, Boolean> before, Map<Name, Boolean> now, List<LiveEvent> news) {
    before.keySet().stream()
        .filter(name -> !now.containsKey(name))
        .forEach(name -> news.add(replica(name, "gone")));
    now.forEach(
        (name, isReady) -> {
          Boolean was = before.get(name);
          if (was == null) {
            news.add(replica(name, "back"));
          }
          if (was == null ? isReady : !was.equals(isReady)) {
            news.add(replica(name, isReady ? "ready" : "not-ready"));
          }
        });
  }

  private static LiveEvent replica(Name name, String state) {
    return LiveEvent.of(
        EventKind.REPLICA, EventJson.replica(name.replica(), name.service(), state));
  }
}
