package com.pygmy.sim;

import java.util.Arrays;

/**
 * What a run is like, drawn from its seed. Each run leaves some kinds of trouble out and has more
 * of others: so the rare combinations come up sooner than if all runs were alike. Times are
 * nanoseconds; chances are from 0 to 1.
 */
final class Scenario {
  static final long MICRO = 1_000;
  static final long MILLI = 1_000_000;

  /** Ids of books that are read and written; some of them are added on the way. */
  static final int MAX_BOOK = 6;

  final int frontends;
  final int books;
  final int topics;
  final int batch;

  /** The share of writes that go to the first book. */
  final double hot;

  /** The share of writes that are sure to be seen on the page of a topic. */
  double listed;

  int writers;
  final double drop;
  final double duplicate;
  double slow;
  long slowMax;

  /** A commit takes long with this chance. */
  double stuckCommit;

  final long leaderApplyMax;
  long followerApplyMax;
  final double stalledProposal;

  /** A confirm round takes long with this chance. */
  double longRound;

  /** Of a proposal. */
  final long timeOut;

  /** A deposed leader hears of it so late, at most, and acts on for so long, at most. */
  long learnMax;

  long lingerMax;
  final long readEvery;
  long writeEvery;
  long faultEvery;

  /** How often which kind of fault, relative to one another. */
  final int[] faults = new int[Faults.Kind.ALL.length];

  /** From then on all is well. */
  final long chaosEnd;

  Scenario(Dice dice) {
    frontends = 1 + dice.below(3);
    writers = 1 + dice.below(3);
    books = 2 + dice.below(3);
    topics = 2 + dice.below(2);
    batch = 1 + dice.below(3);
    hot = dice.upTo(0.9);
    listed = dice.chance(0.4) ? 0 : dice.chance(0.2) ? 1 : dice.upTo(1);
    drop = maybe(dice, 0.25);
    duplicate = maybe(dice, 0.2);
    slow = maybe(dice, 0.3);
    slowMax = dice.between(10, 800) * MILLI;
    stuckCommit = maybe(dice, 0.4);
    leaderApplyMax = dice.between(1, 40) * MILLI;
    followerApplyMax = dice.between(1, 80) * MILLI;
    stalledProposal = maybe(dice, 0.2);
    longRound = maybe(dice, 0.3);
    timeOut = dice.between(50, 800) * MILLI;
    learnMax = dice.between(0, 600) * MILLI;
    lingerMax = dice.between(0, 600) * MILLI;
    readEvery = dice.between(10, 80) * MILLI;
    writeEvery = dice.between(5, 150) * MILLI;
    faultEvery = dice.between(40, 400) * MILLI;
    chaosEnd = dice.between(700, 1_500) * MILLI;
    if (dice.chance(0.3)) {
      faults[dice.below(faults.length)] = 1;
    } else {
      for (int i = 0; i < faults.length; i++) {
        faults[i] = dice.chance(0.3) ? 0 : 1 + dice.below(10);
      }
    }
  }

  private static double maybe(Dice dice, double most) {
    return dice.chance(0.3) ? 0 : dice.upTo(most);
  }

  /**
   * More of what brings a mutation to light: the rarest need two or three things to happen within a
   * few milliseconds.
   */
  void bringOut(Mutation mutation) {
    switch (mutation) {
      case ADMITS_BEFORE_READY -> {
        listed = 1;
        writers = 2;
        writeEvery = 10 * MILLI;
        followerApplyMax = 400 * MILLI;
        only(Faults.Kind.LEADER_DEPOSED, 600 * MILLI);
      }
      case NAME_REUSED -> {
        slow = 0.4;
        slowMax = 300 * MILLI;
        writeEvery = 10 * MILLI;
        only(Faults.Kind.FRONTEND_CRASHED, 100 * MILLI);
      }
      case JOINS_EARLIER_ROUND -> {
        longRound = 0.5;
        learnMax = 600 * MILLI;
        lingerMax = 600 * MILLI;
        writeEvery = 10 * MILLI;
        only(Faults.Kind.LEADER_DEPOSED, 500 * MILLI);
      }
      case GRANT_OF_OLD_TERM_TAKEN, RESUME_OF_OLD_TERM_OBEYED -> {
        writeEvery = 15 * MILLI;
        only(Faults.Kind.LEADER_DEPOSED, 300 * MILLI);
      }
      case LEASE_FROM_REPLY, LEASE_FROM_LAST_REQUEST -> {
        slow = 0.3;
        slowMax = 700 * MILLI;
        writeEvery = 10 * MILLI;
      }
      default -> {}
    }
  }

  private void only(Faults.Kind kind, long every) {
    Arrays.fill(faults, 0);
    faults[Arrays.asList(Faults.Kind.ALL).indexOf(kind)] = 1;
    faultEvery = every;
  }

  @Override
  public String toString() {
    return """
        frontends %d, writers %d, books %d, topics %d, batch %d, hot %.2f, listed %.2f
        drop %.2f, duplicate %.2f, slow %.2f up to %d ms, stuck commits %.2f, stalled proposals %.2f, long rounds %.2f
        apply: leader up to %d ms, followers %d ms; time-out %d ms; deposed: %d ms to learn, %d to linger
        every: read %d ms, write %d ms, fault %d ms, of kinds %s; faults end at %d ms"""
        .formatted(
            frontends,
            writers,
            books,
            topics,
            batch,
            hot,
            listed,
            drop,
            duplicate,
            slow,
            slowMax / MILLI,
            stuckCommit,
            stalledProposal,
            longRound,
            leaderApplyMax / MILLI,
            followerApplyMax / MILLI,
            timeOut / MILLI,
            learnMax / MILLI,
            lingerMax / MILLI,
            readEvery / MILLI,
            writeEvery / MILLI,
            faultEvery / MILLI,
            Arrays.toString(faults),
            chaosEnd / MILLI);
  }
}
