package com.pygmy.launch;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a frontend's {@code /cluster} tells.
 *
 * @param lockHolder who holds the cluster lock
 */
record ClusterView(
    List<ReplicaView> replicas, List<CacheView> caches, Optional<String> lockHolder) {

  ClusterView {
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

  /** One replica, on one node, as last heard of. */
  record ReplicaView(
      String node,
      String service,
      String role,
      long term,
      long appliedIndex,
      long lag,
      boolean ready) {}

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
      return Optional.of(new ClusterView(replicas, caches, lockHolder(body.getValue("lock"))));
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
        replica.getBoolean("ready", false));
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
