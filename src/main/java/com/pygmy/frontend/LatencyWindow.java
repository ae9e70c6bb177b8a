package com.pygmy.frontend;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;

/**
 * How long something took, over the last seconds, to a sixteenth. Any thread may record; {@link
 * #turn} is called once a second, by one thread at a time.
 */
final class LatencyWindow {

  /** Whole seconds that are looked back at, besides the one that goes on. */
  static final int SECONDS = 5;

  /** What took longer counts as that. */
  private static final long MAX_MICROS = TimeUnit.MINUTES.toMicros(1);

  private static final int DIGITS = 1;

  private final AbstractHistogram[] seconds = new AbstractHistogram[SECONDS + 1];
  private volatile int current;

  LatencyWindow() {
    Arrays.setAll(seconds, i -> new AtomicHistogram(MAX_MICROS, DIGITS));
  }

  void record(long nanos) {
    seconds[current].recordValue(Math.max(0, Math.min(nanos / 1_000, MAX_MICROS)));
  }

  /** A second has passed: the oldest one is forgotten. */
  void turn() {
    int next = (current + 1) % seconds.length;
    seconds[next].reset();
    current = next;
  }

  /** So many microseconds, or less, it took in this part of all cases; 0 when there were none. */
  long micros(double part) {
    Histogram all = new Histogram(MAX_MICROS, DIGITS);
    for (AbstractHistogram second : seconds) {
      all.add(second);
    }
    return all.getValueAtPercentile(100 * part);
  }
}
