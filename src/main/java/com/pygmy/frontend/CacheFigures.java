package com.pygmy.frontend;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How a node's reads of cacheable views were answered, since its start. Thread-safe. */
final class CacheFigures {

  /** How a read was answered. */
  enum Result {
    /** From this node's memory. */
    LOCAL,
    /** From the cluster-shared map. */
    SHARED,
    /** Fetched, for there was no copy, or none that was new enough. */
    MISS,
    /** Fetched, for a write was changing the view. */
    SUSPENDED,
    /** Fetched, for there was no lease. */
    UNLEASED
  }

  private final Map<Result, LongAdder> reads = new EnumMap<>(Result.class);

  CacheFigures(MeterRegistry metrics) {
    for (Result result : Result.values()) {
      LongAdder count = new LongAdder();
      reads.put(result, count);
      FunctionCounter.builder("pygmy.cache.reads", count, LongAdder::sum)
          .description("Reads of cacheable views, by how they were answered")
          .tag("result", result.name().toLowerCase(Locale.ROOT))
          .register(metrics);
    }
  }

  void count(Result result) {
    reads.get(result).increment();
  }

  long of(Result result) {
    return reads.get(result).sum();
  }
}
