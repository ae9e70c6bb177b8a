package com.pygmy.replication.ratis;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Who has a vote.
 *
 * @param current the members
 * @param previous those that they are about to replace; empty when no change is under way
 */
record Voters(Set<ReplicaId> current, Set<ReplicaId> previous) {

  /** The member of this name, of those that remain. */
  Optional<ReplicaId> named(String name) {
    return current.stream().filter(id -> id.name().equals(name)).findFirst();
  }

  boolean isStable() {
    return previous.isEmpty();
  }

  Set<ReplicaId> all() {
    Set<ReplicaId> all = new HashSet<>(current);
    all.addAll(previous);
    return all;
  }

  /** During a change it takes a majority of both. */
  boolean isMajority(Set<ReplicaId> those) {
    return isMajority(current, those) && (previous.isEmpty() || isMajority(previous, those));
  }

  private static boolean isMajority(Set<ReplicaId> members, Set<ReplicaId> those) {
    return members.stream().filter(those::contains).count() * 2 > members.size();
  }
}
