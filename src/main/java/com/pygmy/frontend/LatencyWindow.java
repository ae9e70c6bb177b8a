package com.pygmy.frontend;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How long something took, over the last seconds, to an eighth. Any thread may record, which costs
 * one atomic addition; {@link #turn} is called once a second, by one thread at a time.
 */
final class LatencyWindow {

  /** Whole seconds that are looked back at, besides the one that goes on. */
  static final int SECONDS = 5;

  private static final int STEPS = 8; // of each power of two
  private static final int MAX_SHIFT = 23; // a minute, in microseconds
  private static final int BUCKETS = STEPS * (MAX_SHIFT + 2);
  private static final long MAX_MICROS = ((2L * STEPS) << MAX_SHIFT) - 1;

  private final AtomicIntegerArray[] seconds = new AtomicIntegerArray[SECONDS + 1];
  private volatile int current;

  LatencyWindow() {
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = new AtomicIntegerArray(BUCKETS);
    }
  }

  void record(long nanos) {
    long micros = Math.max(0, Math.min(nanos / 1_000, MAX_MICROS));
    seconds[current].incrementAndGet(bucket(micros));
  }

  /** A second has passed: the oldest one is forgotten. */
  void turn() {
    int next = (current + 1) % seconds.length;
    for (int i = 0; i < BUCKETS; i++) {
      seconds[next].set(i, 0);
    }
    current = next;
  }

  /** So many microseconds, or less, it took in this part of all cases; 0 when there were none. */
  long micros(double part) {
    int[] counts = new int[BUCKETS];
    long all = 0;
    for (AtomicIntegerArray second : seconds) {
      for (int i = 0; i < BUCKETS; i++) {
        counts[i] += second.get(i);
        all += second.get(i);
      }
    }
    long wanted = (long) Math.ceil(part * all);
    long seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += counts[i];
      if (seen >= wanted && seen > 0) {
        return upperBound(i);
      }
    }
    return 0;
  }

  private static int bucket(long micros) {
    int shift = Math.max(0, 60 - Long.numberOfLeadingZeros(Math.max(1, micros)));
    return shift * STEPS + (int) (micros >>> shift);
  }

  private static long upperBound(int bucket) {
    int shift = Math.max(0, bucket / STEPS - 1);
    return ((bucket - (long) shift * STEPS + 1) << shift) - 1;
  }
}
