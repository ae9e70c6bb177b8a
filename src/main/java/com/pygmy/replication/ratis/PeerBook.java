package com.pygmy.replication.ratis;

import com.pygmy.replication.ratis.Settings.Replica;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where other replicas are reached. The conf says it of those that it names; of the others, let in
 * since this replica's conf was written, the group's configuration does: as Ratis has it now or, as
 * long as this replica has no group, as it was last seen. Thread-safe.
 */
final class PeerBook {

  /**
   * A founder that neither the conf nor the configuration names is none of the members any more.
   */
  private static final int NOBODYS_PORT = 1;

  private final Settings settings;
  private final Supplier<List<Replica>> configured;
  private final Supplier<List<Replica>> lastSeen;

  /**
   * @param configured by the group, empty before there is one
   * @param lastSeen in an earlier life
   */
  PeerBook(
      Settings settings, Supplier<List<Replica>> configured, Supplier<List<Replica>> lastSeen) {
    this.settings = settings;
    this.configured = configured;
    this.lastSeen = lastSeen;
  }

  Optional<Replica> find(String name) {
    return named(settings.replicas(), name)
        .or(() -> named(configured.get(), name))
        .or(() -> named(lastSeen.get(), name));
  }

  /** Under which a replica can be put into a configuration, be it reachable or not. */
  Replica address(String name) {
    return find(name).orElseGet(() -> new Replica(name, "localhost", NOBODYS_PORT));
  }

  /** All but this one: of the conf, in its order, then those that were let in since. */
  List<Replica> others() {
    Map<String, Replica> all = new LinkedHashMap<>();
    settings.others().forEach(replica -> all.put(replica.name(), replica));
    List<Replica> added = new ArrayList<>(configured.get());
    added.addAll(lastSeen.get());
    added.stream()
        .filter(replica -> !replica.name().equals(settings.name()))
        .forEach(replica -> all.putIfAbsent(replica.name(), replica));
    return List.copyOf(all.values());
  }

  private static Optional<Replica> named(List<Replica> replicas, String name) {
    return replicas.stream().filter(replica -> replica.name().equals(name)).findFirst();
  }
}
