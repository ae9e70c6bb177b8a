package com.pygmy.wire;

import com.pygmy.domain.Command;
import com.pygmy.domain.Stock;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A buy into the bytes of the log and out of them again: once, and once on every replica. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class CommandBenchmark {

  private final Command buy = Stock.buy(4711, 42);
  private final byte[] bytes = CommandCodec.encode(buy);

  @Benchmark
  public byte[] encode() {
    return CommandCodec.encode(buy);
  }

  @Benchmark
  public Command decode() {
    return CommandCodec.decode(bytes);
  }
}
