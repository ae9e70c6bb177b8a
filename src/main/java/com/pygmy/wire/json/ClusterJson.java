package com.pygmy.wire.json;

import com.pygmy.wire.Message.CacheState;
import com.pygmy.wire.Message.FrontendState;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.Latency;
import com.pygmy.wire.Message.LeadingState;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Service;
import com.pygmy.wire.Message.Voter;
import io.vertx.core.buffer.Buffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Who is there and what they do. */
public final class ClusterJson {

  private ClusterJson() {}

  /**
   * The live nodes. The lag of a replica is counted from the furthest live one of its service: of
   * order replicas that are all behind the catalog's sale stream it does not tell how far, for no
   * heartbeat carries the catalog's last order number.
   */
  public static Buffer cluster(List<Heartbeat> nodes) {
    Map<Service, Long> heads = new EnumMap<>(Service.class);
    nodes.stream()
        .flatMap(node -> node.replicas().stream())
        .forEach(r -> heads.merge(r.service(), r.appliedIndex(), Math::max));
    Optional<String> lock =
        nodes.stream().filter(Heartbeat::holdsLock).map(Heartbeat::node).findFirst();
    JsonWriter out =
        new JsonWriter()
            .beginObject()
            .array(JsonKeys.NODES, nodes, (json, node) -> node(json, node, heads))
            .name(JsonKeys.LOCK);
    lock.ifPresentOrElse(out::text, out::nothing);
    return out.endObject().toBuffer();
  }

  /** The catalog replicas that vote; {@code underWay}: before a change that is not through yet. */
  public static Buffer voters(List<Voter> voters, boolean underWay) {
    return new JsonWriter()
        .beginObject()
        .array(JsonKeys.REPLICAS, voters, ClusterJson::voter)
        .name(JsonKeys.UNDER_WAY)
        .bool(underWay)
        .endObject()
        .toBuffer();
  }

  private static void voter(JsonWriter out, Voter voter) {
    out.beginObject()
        .text(JsonKeys.NAME, voter.replica())
        .text(JsonKeys.HOST, voter.host())
        .number(JsonKeys.RAFT_PORT, voter.raftPort())
        .endObject();
  }

  private static void node(JsonWriter out, Heartbeat node, Map<Service, Long> heads) {
    out.beginObject()
        .text(JsonKeys.NODE, node.node())
        .text(JsonKeys.URL, node.url())
        .array(JsonKeys.REPLICAS, node.replicas(), (json, r) -> replica(json, r, heads));
    node.cache().ifPresent(cache -> cache(out.name(JsonKeys.CACHE), cache));
    node.frontend().ifPresent(state -> frontend(out.name(JsonKeys.FRONTEND), state));
    node.leading().ifPresent(state -> leading(out.name(JsonKeys.LEADING), state));
    out.endObject();
  }

  private static void frontend(JsonWriter out, FrontendState state) {
    out.beginObject()
        .number(JsonKeys.READS, state.reads())
        .number(JsonKeys.BUYS, state.buys())
        .number(JsonKeys.REFUSALS, state.refusals())
        .number(JsonKeys.PROBLEMS, state.problems())
        .number(JsonKeys.IN_FLIGHT, state.inFlight());
    latency(out.name(JsonKeys.READ_MICROS), state.readLatency());
    latency(out.name(JsonKeys.BUY_MICROS), state.buyLatency());
    out.endObject();
  }

  private static void latency(JsonWriter out, Latency latency) {
    out.beginObject()
        .number(JsonKeys.P50, latency.p50Micros())
        .number(JsonKeys.P99, latency.p99Micros())
        .endObject();
  }

  private static void leading(JsonWriter out, LeadingState state) {
    out.beginObject()
        .number(JsonKeys.HOLDERS, state.holders())
        .number(JsonKeys.OPEN_WRITES, state.openWrites())
        .endObject();
  }

  private static void cache(JsonWriter out, CacheState cache) {
    out.beginObject()
        .name(JsonKeys.LEASED)
        .bool(cache.leased())
        .number(JsonKeys.LOCAL_HITS, cache.localHits())
        .number(JsonKeys.SHARED_HITS, cache.sharedHits())
        .number(JsonKeys.MISSES, cache.misses())
        .number(JsonKeys.SUSPENDED_READS, cache.suspendedReads())
        .number(JsonKeys.LEASE_LOSSES, cache.leaseLosses())
        .endObject();
  }

  private static void replica(JsonWriter out, ReplicaState replica, Map<Service, Long> heads) {
    out.beginObject()
        .text(JsonKeys.REPLICA, replica.replica())
        .text(JsonKeys.SERVICE, lower(replica.service()))
        .text(JsonKeys.ROLE, lower(replica.role()))
        .number(JsonKeys.TERM, replica.term())
        .number(JsonKeys.APPLIED_INDEX, replica.appliedIndex())
        .number(JsonKeys.LAG, heads.get(replica.service()) - replica.appliedIndex())
        .name(JsonKeys.READY)
        .bool(replica.ready());
    if (!replica.detail().isEmpty()) {
      out.text(JsonKeys.DETAIL, replica.detail());
    }
    out.endObject();
  }

  private static String lower(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }
}
