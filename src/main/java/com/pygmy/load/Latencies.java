package com.pygmy.load;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How long answers took: microseconds, three digits exact, two minutes at most. */
final class Latencies {

  private static final long MOST_MICROS = TimeUnit.MINUTES.toMicros(2);
  private static final int DIGITS = 3;

  private final Histogram histogram;

  Latencies() {
    this(new Histogram(1, MOST_MICROS, DIGITS));
  }

  private Latencies(Histogram histogram) {
    this.histogram = histogram;
  }

  /** A longer one counts as the longest, a shorter one as a microsecond. */
  static long micros(long nanos) {
    return Math.max(1, Math.min(MOST_MICROS, TimeUnit.NANOSECONDS.toMicros(nanos)));
  }

  void add(long micros) {
    histogram.recordValue(micros);
  }

  void forget() {
    histogram.reset();
  }

  Latencies copy() {
    return new Latencies(histogram.copy());
  }

  long count() {
    return histogram.getTotalCount();
  }

  /** Of so many percent the longest, in milliseconds; 0 if there is none. */
  double percentile(double percent) {
    return count() == 0 ? 0 : histogram.getValueAtPercentile(percent) / 1e3;
  }

  double mean() {
    return count() == 0 ? 0 : histogram.getMean() / 1e3;
  }

  double max() {
    return count() == 0 ? 0 : percentile(100);
  }
}
