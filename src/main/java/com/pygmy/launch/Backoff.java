package com.pygmy.launch;

/** How long to wait before a node that died is started again. Not thread-safe. */
final class Backoff {

  static final long FIRST_MILLIS = 500;
  static final long MAX_MILLIS = 30_000;

  /** Who lived so long has not died of its start: the next wait is the first again. */
  static final long HEALTHY_MILLIS = 60_000;

  private final long maxMillis;
  private long nextMillis = FIRST_MILLIS;

  Backoff() {
    this(MAX_MILLIS);
  }

  Backoff(long maxMillis) {
    this.maxMillis = maxMillis;
  }

  /** The wait after a life of so many milliseconds. */
  long afterLifeOf(long livedMillis) {
    if (livedMillis >= HEALTHY_MILLIS) {
      nextMillis = FIRST_MILLIS;
    }
    long wait = nextMillis;
    nextMillis = Math.min(2 * nextMillis, maxMillis);
    return wait;
  }
}
