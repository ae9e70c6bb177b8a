package com.pygmy.chaos;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can be done to a shop. One node at a time, except where it says otherwise. */
public enum FaultKind {
  /** {@code kill -9}. */
  KILL(Needs.NOTHING),
  KILL_LEADER(Needs.NOTHING),
  /** {@code kill -9} of a node that does not lead. */
  KILL_FOLLOWER(Needs.NOTHING),
  /** {@code SIGSTOP} for 2 s or 10 s, then {@code SIGCONT}. */
  FREEZE(Needs.NOTHING),
  FREEZE_LEADER(Needs.NOTHING),
  FREEZE_FOLLOWER(Needs.NOTHING),
  /** Cut off from all other nodes, but not from its clients. */
  CUT(Needs.NETWORK),
  CUT_LEADER(Needs.NETWORK),
  /** Its packets to the other nodes vanish, theirs to it arrive; or the other way round. */
  ONE_WAY(Needs.NETWORK),
  /** As many nodes as are less than half, cut off from the others; of three, one. */
  SPLIT(Needs.NETWORK),
  /** {@code kill -9} for all nodes at once. */
  KILL_ALL(Needs.NOTHING),
  /** {@code kill -9}, and its folder is deleted. */
  WIPE(Needs.NOTHING),
  /** {@code kill -9}, and bytes of its catalog's database or log are overwritten or cut off. */
  CORRUPT(Needs.NOTHING),
  /** Started anew with its wall clock an hour off, which later jumps to the true time. */
  CLOCK(Needs.FAKETIME),
  /** Each sync of a file takes a tenth of a second longer. */
  SLOW_DISK(Needs.STRACE);

  /** What a fault takes besides the processes. */
  public enum Needs {
    NOTHING,
    NETWORK,
    FAKETIME,
    STRACE
  }

  private final Needs needs;

  FaultKind(Needs needs) {
    this.needs = needs;
  }

  public Needs needs() {
    return needs;
  }

  /** As on the command line: {@code kill-leader}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The kind of a label. */
  public static Optional<FaultKind> of(String label) {
    return Arrays.stream(values()).filter(kind -> kind.label().equals(label)).findFirst();
  }

  /** Does it hit whoever leads when it comes? */
  boolean hitsLeader() {
    return this == KILL_LEADER || this == FREEZE_LEADER || this == CUT_LEADER;
  }

  /** Does it hit another node than the one that leads when it comes? */
  boolean sparesLeader() {
    return this == KILL_FOLLOWER || this == FREEZE_FOLLOWER;
  }
}
