package com.pygmy.domain;

import java.util.stream.LongStream;

/** Seeds of property tests: fixed ones, or the one of {@code -Dpygmy.seed=N}. */
public final class Seeds {
  private Seeds() {}

  /** The seeds 1 to {@code count}, or the given one alone. */
  public static LongStream of(int count) {
    String given = System.getProperty("pygmy.seed", "");
    return given.isBlank()
        ? LongStream.rangeClosed(1, count)
        : LongStream.of(Long.parseLong(given.strip()));
  }

  /** How to see a failure again. */
  public static String replay(long seed) {
    return "replay with -Dpygmy.seed=" + seed;
  }
}
