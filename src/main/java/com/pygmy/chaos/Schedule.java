package com.pygmy.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Faults without end, the same for the same seed and kinds. Each kind once in a round. */
public final class Schedule {

  private static final long SHORT_FREEZE_MILLIS = 2_000;
  private static final long LONG_FREEZE_MILLIS = 10_000;
  private static final long SHORT_CUT_MILLIS = 6_000;

  /** Long enough for the cluster to split for good, and to have to merge. */
  private static final long LONG_CUT_MILLIS = 20_000;

  private static final long SLOW_MILLIS = 5_000;

  private final List<FaultKind> kinds;
  private final Random random;
  private final List<FaultKind> round = new ArrayList<>();
  private int drawn;

  /**
   * @param kinds at least one
   */
  public Schedule(long seed, List<FaultKind> kinds) {
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("a schedule of no faults");
    }
    this.kinds = List.copyOf(kinds);
    this.random = new Random(seed);
  }

  public Fault next() {
    if (round.isEmpty()) {
      round.addAll(kinds);
      Collections.shuffle(round, random);
    }
    FaultKind kind = round.remove(0);
    long hold = holdMillis(kind, random.nextBoolean());
    return new Fault(++drawn, kind, hold, random.nextLong());
  }

  private static long holdMillis(FaultKind kind, boolean isShort) {
    return switch (kind) {
      case FREEZE, FREEZE_LEADER, FREEZE_FOLLOWER ->
          isShort ? SHORT_FREEZE_MILLIS : LONG_FREEZE_MILLIS;
      case CUT, CUT_LEADER, ONE_WAY, SPLIT -> isShort ? SHORT_CUT_MILLIS : LONG_CUT_MILLIS;
      case CLOCK, SLOW_DISK -> SLOW_MILLIS;
      case KILL, KILL_LEADER, KILL_FOLLOWER, KILL_ALL, WIPE, CORRUPT -> 0;
    };
  }
}
