package com.pygmy.launch;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a frontend's {@code /cluster} tells.
 *
 * @param nodes the names of those that are heard
 * @param frontends the names of those that serve HTTP
 * @param lockHolder who holds the cluster lock
 */
record ClusterView(
    List<String> nodes,
    List<String> frontends,
    List<ReplicaView> replicas,
    List<CacheView> caches,
    Optional<String> lockHolder) {

  /** Under load no replica is ever quite level: so many entries, or orders, are nothing. */
  static final long LEVEL_LAG = 2_000;

  ClusterView {
    nodes = List.copyOf(nodes);
    frontends = List.copyOf(frontends);
    replicas = List.copyOf(replicas);
    caches = List.copyOf(caches);
  }

  /** The cache of one node's frontend: what it did since its start. */
  record CacheView(
      String node,
      boolean leased,
      long localHits,
      long sharedHits,
      long misses,
      long suspendedReads,
      long leaseLosses) {}

  /**
   * One replica, on one node, as last heard of.
   *
   * @param detail why it is not ready; empty when it is
   */
  record ReplicaView(
      String node,
      String service,
      String role,
      long term,
      long appliedIndex,
      long lag,
      boolean ready,
      String detail) {}

  /** Nothing, if it is not what a frontend answers. */
  static Optional<ClusterView> parse(String json) {
    try {
      JsonObject body = new JsonObject(json);
      List<ReplicaView> replicas =
          objects(body, "nodes")
              .flatMap(
                  node ->
                      objects(node, "replicas")
                          .map(replica -> replica(node.getString("node"), replica)))
              .toList();
      List<CacheView> caches =
          objects(body, "nodes")
              .filter(node -> node.containsKey("cache"))
              .map(node -> cache(node.getString("node"), node.getJsonObject("cache")))
              .toList();
      List<String> nodes = objects(body, "nodes").map(node -> node.getString("node")).toList();
      List<String> frontends =
          objects(body, "nodes")
              .filter(node -> node.getValue("url") != null)
              .map(node -> node.getString("node"))
              .toList();
      return Optional.of(
          new ClusterView(nodes, frontends, replicas, caches, lockHolder(body.getValue("lock"))));
    } catch (DecodeException | ClassCastException | NullPointerException other) {
      return Optional.empty();
    }
  }

  /** The leader of the highest term: an older one may not know yet that it is none. */
  Optional<ReplicaView> leader() {
    return replicas.stream()
        .filter(replica -> replica.role().equals("leader"))
        .max(java.util.Comparator.comparingLong(ReplicaView::term));
  }

  /** A replica that holds nothing back: ready, with a vote if it needs one, and not far behind. */
  static boolean isLevel(ReplicaView replica) {
    return replica.ready() && !replica.role().equals("learner") && replica.lag() <= LEVEL_LAG;
  }

  /** Why this node cannot be done without; nothing: it can. */
  Optional<String> needs(String node) {
    List<ReplicaView> its = of(node);
    if (frontends.contains(node) && frontends.size() == 1) {
      return Optional.of("it has the last frontend");
    } else if (its.stream().anyMatch(replica -> replica.service().equals("order"))
        && replicas.stream()
            .noneMatch(
                other ->
                    other.service().equals("order")
                        && !other.node().equals(node)
                        && other.ready())) {
      return Optional.of("no other order replica is ready");
    }
    return Optional.empty();
  }

  List<ReplicaView> of(String node) {
    return replicas.stream().filter(replica -> replica.node().equals(node)).toList();
  }

  private static ReplicaView replica(String node, JsonObject replica) {
    return new ReplicaView(
        node,
        replica.getString("service"),
        replica.getString("role", ""),
        replica.getLong("term", 0L),
        replica.getLong("appliedIndex", 0L),
        replica.getLong("lag", 0L),
        replica.getBoolean("ready", false),
        replica.getString("detail", ""));
  }

  private static CacheView cache(String node, JsonObject cache) {
    return new CacheView(
        node,
        cache.getBoolean("leased", false),
        cache.getLong("localHits", 0L),
        cache.getLong("sharedHits", 0L),
        cache.getLong("misses", 0L),
        cache.getLong("suspendedReads", 0L),
        cache.getLong("leaseLosses", 0L));
  }

  private static Optional<String> lockHolder(Object lock) {
    if (lock instanceof JsonObject held) {
      return Optional.ofNullable(held.getValue("holder")).map(String::valueOf);
    }
    return Optional.ofNullable(lock).map(String::valueOf);
  }

  private static Stream<JsonObject> objects(JsonObject parent, String key) {
    return parent.getJsonArray(key).stream().map(JsonObject.class::cast);
  }
}
