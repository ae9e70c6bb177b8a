package com.pygmy.replication;

import java.util.Optional;

/**
 * Who leads, as this replica knows it.
 *
 * @param term the replica's current term
 * @param leader the name of the replica believed to lead, without its incarnation
 * @param ready this replica leads in {@code term} and has applied an entry of it
 */
public record Leadership(long term, Role role, Optional<String> leader, boolean ready) {

  public enum Role {
    /** Has no group yet, or is being caught up: has no vote. */
    LEARNER,
    FOLLOWER,
    CANDIDATE,
    LEADER
  }

  public boolean leads() {
    return role == Role.LEADER;
  }
}
