package com.pygmy.replication.ratis;

import com.pygmy.replication.ratis.Settings.Replica;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Where other replicas are reached. Of each there may be several addresses: the group's
 * configuration says one, as Ratis has it now; the conf does, of those that it names; so does the
 * configuration as it was last seen; and a replica says its own, which is news when it has moved.
 * Where it was last seen to answer goes first, then that order: a conf may be older than the
 * configuration, and what a replica left behind at its old address may run there again.
 * Thread-safe.
 */
final class PeerBook {

  /**
   * A founder that neither the conf nor the configuration names is none of the members any more.
   */
  private static final int NOBODYS_PORT = 1;

  /** A member, and one without its data that has its name. */
  private static final int MAX_SAID = 2;

  private final Settings settings;
  private final Supplier<List<Replica>> configured;
  private final Supplier<List<Replica>> lastSeen;

  /** By name: of those that are known otherwise, and of those that people have let in. */
  private final Map<String, Replica> answering = new ConcurrentHashMap<>();

  /** Of these there are two, and nobody can know which is meant. */
  private final Set<String> twice = ConcurrentHashMap.newKeySet();

  /**
   * By name, the latest word first; of names that are known otherwise only, and of few ids of each,
   * so no stranger makes it grow.
   */
  private final Map<String, List<Said>> said = new ConcurrentHashMap<>();

  private record Said(ReplicaId who, Replica at) {}

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
    if (twice.contains(name)) {
      return Optional.empty();
    }
    return Optional.ofNullable(answering.get(name)).or(() -> supposed(name).stream().findFirst());
  }

  /** Under which a replica can be put into a configuration, be it reachable or not. */
  Replica address(String name) {
    return find(name).orElseGet(() -> new Replica(name, "localhost", NOBODYS_PORT));
  }

  /** The same, of one that stays a member: where it is known to be does not hang on who leads. */
  Replica configuredAddress(String name) {
    return named(configured.get(), name).findFirst().orElseGet(() -> address(name));
  }

  /**
   * Is it where it was seen before, or should be? Where it only says that it is, does not count.
   */
  boolean expects(Replica at) {
    return at.equals(answering.get(at.name())) || supposed(at.name()).contains(at);
  }

  /** Where the conf and the group's configuration have it, without what it says itself. */
  private List<Replica> supposed(String name) {
    return Stream.of(configured.get(), settings.replicas(), lastSeen.get())
        .flatMap(replicas -> named(replicas, name))
        .distinct()
        .toList();
  }

  /** What exactly this replica says of itself: to be believed when it answers there. */
  Optional<Replica> said(ReplicaId who) {
    return said.getOrDefault(who.name(), List.of()).stream()
        .filter(one -> one.who().equals(who))
        .map(Said::at)
        .findFirst();
  }

  /** A replica says where it is reached. */
  void says(ReplicaId who, Replica at) {
    boolean isOther = !who.name().equals(settings.name());
    if (isOther && at.name().equals(who.name()) && !supposed(who.name()).isEmpty()) {
      said.merge(
          who.name(),
          List.of(new Said(who, at)),
          (before, word) ->
              Stream.concat(
                      word.stream(), before.stream().filter(other -> !other.who().equals(who)))
                  .limit(MAX_SAID)
                  .toList());
    }
  }

  /** It answers there, and is to be dialled there. */
  void answers(Replica at) {
    answering.put(at.name(), at);
  }

  /**
   * There are two processes with the data of this one, or there are not any more. As long as there
   * are, neither is dialled: what one of them confirms the other does not know.
   *
   * @return whether that is news
   */
  boolean isTwice(String name, boolean so) {
    if (!so) {
      return twice.remove(name);
    }
    answering.remove(name);
    return twice.add(name);
  }

  /** All but this one: of the conf, in its order, then those that were let in since. */
  List<String> others() {
    Set<String> names = new LinkedHashSet<>();
    Stream.of(settings.replicas(), configured.get(), lastSeen.get())
        .flatMap(List::stream)
        .map(Replica::name)
        .filter(name -> !name.equals(settings.name()))
        .forEach(names::add);
    return List.copyOf(names);
  }

  /** Where each of the others is dialled. */
  List<Replica> dialled() {
    return others().stream().flatMap(name -> find(name).stream()).toList();
  }

  /** Every address at which one of this name may be; the one that answered last is first. */
  List<Replica> candidates(String name) {
    Set<Replica> all = new LinkedHashSet<>();
    Optional.ofNullable(answering.get(name)).ifPresent(all::add);
    all.addAll(supposed(name));
    said.getOrDefault(name, List.of()).forEach(one -> all.add(one.at()));
    return new ArrayList<>(all);
  }

  private static Stream<Replica> named(List<Replica> replicas, String name) {
    return replicas.stream().filter(replica -> replica.name().equals(name));
  }
}
