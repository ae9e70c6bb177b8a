package com.pygmy.sim;

import java.util.Locale;
import java.util.Properties;

/** What happened in runs: figures for the record, and proof that a run was not idle. */
@SuppressWarnings("EnumOrdinal") // an array, for it counts every event
public final class Tally {

  /** What is counted. */
  public enum Of {
    SEEDS,
    EVENTS,
    READS_FROM_CACHE,
    READS_FROM_SHARED_MAP,
    READS_FETCHED,
    READS_GIVEN_UP,
    COMMANDS_COMMITTED,
    COMMANDS_FENCED_OFF,
    BATCHES_ANSWERED,
    FATES_APPLIED,
    FATES_NEVER,
    FATES_UNKNOWN,
    LEADERS,
    FREEZES,
    CUTS,
    CRASHES,
    GRANTS,
    LEASES_LOST,
    SUSPENDS_HEARD,
    RESUMES_OBEYED
  }

  private static final Of[] ALL = Of.values();

  private final long[] counts = new long[ALL.length];

  void count(Of what) {
    counts[what.ordinal()]++;
  }

  void count(Of what, long so) {
    counts[what.ordinal()] += so;
  }

  public long get(Of what) {
    return counts[what.ordinal()];
  }

  /** What {@link #copyTo} wrote; nothing of what it did not. */
  static Tally of(Properties kept) {
    Tally tally = new Tally();
    for (Of what : ALL) {
      tally.count(what, Long.parseLong(kept.getProperty(what.name(), "0")));
    }
    return tally;
  }

  void copyTo(Properties kept) {
    for (Of what : ALL) {
      kept.setProperty(what.name(), String.valueOf(get(what)));
    }
  }

  void add(Tally other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
  }

  /** One line each. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Of what : ALL) {
      String name = what.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      text.append(String.format(Locale.ROOT, "%-22s %,15d%n", name, get(what)));
    }
    return text.toString();
  }
}
