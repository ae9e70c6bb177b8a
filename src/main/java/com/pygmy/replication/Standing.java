package com.pygmy.replication;

/** What a replica is to its group, as far as it knows. */
public enum Standing {
  /** It belongs to no group: it waits to be let into one. */
  OUTSIDE,
  /** It catches up and has no vote yet. */
  LEARNER,
  MEMBER,
  /** It was a member once, and the group has removed it. Its next start is a new beginning. */
  REMOVED
}
