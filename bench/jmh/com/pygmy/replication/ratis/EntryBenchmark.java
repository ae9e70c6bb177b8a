package com.pygmy.replication.ratis;

import com.pygmy.domain.Stock;
import com.pygmy.replication.ratis.EntryFormat.Written;
import com.pygmy.wire.CommandCodec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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

/** A batch of buys, as one entry of the log. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class EntryBenchmark {

  @Param({"1", "64", "256"})
  public int buys;

  private Written entry;
  private byte[] bytes;

  @Setup
  public void prepare() {
    List<byte[]> commands =
        IntStream.range(0, buys).mapToObj(i -> CommandCodec.encode(Stock.buy(i, 1 + i))).toList();
    entry = new Written(7, 1_700_000_000_000L, new UUID(1, 2), 4711, commands);
    bytes = EntryFormat.encode(entry);
  }

  @Benchmark
  public byte[] encode() {
    return EntryFormat.encode(entry);
  }

  @Benchmark
  public Written decode() {
    return EntryFormat.decode(ByteBuffer.wrap(bytes));
  }
}
