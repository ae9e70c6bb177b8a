package com.pygmy.frontend;

import com.pygmy.coherence.CoherenceMessage.Grant;
import com.pygmy.coherence.ViewLease.Verdict;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Stock;
import java.util.Optional;
import java.util.Set;
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

/**
 * A look-up that the frontend's memory answers, without HTTP: finds the copy, asks the lease, takes
 * the answer. The clock stands still, for a lease of half a second would end under way.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class CacheHitBenchmark {

  /** A power of two. */
  private static final int ASKED = 1 << 14;

  @Param({"1", "10000"})
  public int books;

  private final LeasedCopies copies = new LeasedCopies("n1/1", "store", Copies.MAX_BYTES, () -> 0L);
  private final BookId[] asked = new BookId[ASKED];
  private int next;

  @Setup
  public void prepare() {
    var unused = copies.hear(new Grant(1, 1, copies.renew().request(), 0, Set.of()));
    for (int id = 1; id <= books; id++) {
      copies.keep(new BookId(id), Copy.of(1, Stock.book(id), copies.storeTag()));
    }
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < ASKED; i++) {
      asked[i] = new BookId(1 + random.nextInt(books));
    }
  }

  @Benchmark
  public Reply hit() {
    next = (next + 1) & (ASKED - 1);
    return copies
        .find(asked[next])
        .filter(copy -> copies.check(copy) == Verdict.SERVE)
        .flatMap(Copy::content)
        .orElseThrow()
        .answer(Optional.empty());
  }
}
