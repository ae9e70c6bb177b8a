package com.pygmy.wire.json;

import com.pygmy.domain.Book;
import com.pygmy.domain.Order;
import com.pygmy.domain.Stock;
import com.pygmy.wire.json.OrderJson.Reader;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
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

/** What a look-up that is not in memory is answered, and what a buyer is. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class AnswerBenchmark {

  private final Book book = Stock.book(42);
  private final Order order =
      new Order(
          4711,
          Stock.buy(4711, 42).key(),
          List.of(new Order.Sold(book.id(), 1, book.priceCents())),
          Optional.empty(),
          1_700_000_000_000L);

  @Benchmark
  public Buffer book() {
    return BookJson.book(book);
  }

  @Benchmark
  public Buffer order() {
    return OrderJson.order(order, Reader.OWNER);
  }
}
