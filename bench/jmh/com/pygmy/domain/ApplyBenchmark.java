package com.pygmy.domain;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Deciding a buy of one unit in memory: the part that every replica does for every buy. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ApplyBenchmark {

  private static final int BOOKS = 10_000;

  /** A power of two, made beforehand. */
  private static final int BUYS = 1 << 14;

  /** How many of the books are bought, evenly. */
  @Param({"1", "10000"})
  public int bought;

  private final KnownOutcomes nothingKnown = key -> Optional.empty();
  private final Command[] buys = new Command[BUYS];
  private Catalog catalog;
  private long index;

  @Setup
  public void prepare() {
    catalog = Stock.catalog(BOOKS);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < BUYS; i++) {
      buys[i] = Stock.buy(i, 1 + random.nextInt(bought));
    }
    index = 0;
  }

  @Benchmark
  public Effect buy() {
    // An attempt that is older than the horizon would be refused: the indexes go round.
    index = (index + 1) & (BUYS - 1);
    return catalog.apply(index, buys[(int) index], nothingKnown);
  }
}
