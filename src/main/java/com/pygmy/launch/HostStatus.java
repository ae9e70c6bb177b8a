package com.pygmy.launch;

import com.pygmy.deploy.Found;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * What {@code status} on a host tells.
 *
 * @param json as it was told
 * @param view what a frontend sees; absent: none answered
 */
record HostStatus(Found found, JsonObject json, Optional<ClusterView> view) {

  static HostStatus of(Found found) {
    try {
      JsonObject json = found.status().map(JsonObject::new).orElseGet(JsonObject::new);
      JsonArray heard = new JsonArray();
      nodes(json).filter(node -> node.containsKey("replicas")).forEach(heard::add);
      Optional<ClusterView> view =
          json.getBoolean("answered", false)
              ? ClusterView.parse(json.copy().put("nodes", heard).encode())
              : Optional.empty();
      return new HostStatus(found, json, view);
    } catch (DecodeException | ClassCastException other) {
      return new HostStatus(found, new JsonObject(), Optional.empty());
    }
  }

  /** The one that hears most of the others, and of the latest leader. */
  static Optional<HostStatus> best(Collection<HostStatus> all) {
    return all.stream()
        .filter(status -> status.view().isPresent())
        .max(
            Comparator.comparingLong(HostStatus::term)
                .thenComparing(status -> status.view().get().nodes().size()));
  }

  private long term() {
    return view.flatMap(ClusterView::leader).map(ClusterView.ReplicaView::term).orElse(0L);
  }

  /** What it tells of a node. */
  Optional<JsonObject> of(String node) {
    return nodes(json).filter(one -> node.equals(one.getString("node"))).findFirst();
  }

  private static java.util.stream.Stream<JsonObject> nodes(JsonObject json) {
    return json.getJsonArray("nodes", new JsonArray()).stream().map(JsonObject.class::cast);
  }
}
