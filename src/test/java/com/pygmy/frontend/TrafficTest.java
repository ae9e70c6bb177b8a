package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.wire.Message.FrontendState;
import com.pygmy.wire.Message.Latency;
import com.pygmy.wire.json.Route;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TrafficTest {

  private final AtomicLong clock = new AtomicLong();
  private final Traffic traffic = new Traffic(clock::get);

  @Test
  void countsReadsBuysRefusalsAndProblems() {
    traffic.count(Route.READ_BOOK).answered(200, 0);
    traffic.count(Route.READ_BOOK).answered(304, 0);
    traffic.count(Route.LIST_TOPICS).answered(503, 0);
    traffic.count(Route.PLACE_ORDER).answered(201, 0);
    traffic.count(Route.BUY).answered(409, 0);
    traffic.count(Route.BUY).answered(503, 0);
    traffic.count(Route.CLUSTER).answered(200, 0);
    traffic.failed();
    traffic.failed();
    traffic.failed();
    traffic.came();
    traffic.came();
    traffic.went();
    FrontendState state = traffic.state();
    assertEquals(3, state.reads());
    assertEquals(1, state.buys());
    assertEquals(1, state.refusals());
    assertEquals(3, state.problems());
    assertEquals(1, state.inFlight());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 7, 15, 16, 17, 1_000, 4_321, 999_999, 60_000_000})
  void knowsALatencyToASixteenth(long micros) {
    traffic.count(Route.BUY).answered(201, TimeUnit.MICROSECONDS.toNanos(micros));
    long known = traffic.state().buyLatency().p99Micros();
    assertTrue(known >= micros && known <= micros + micros / 16, known + " of " + micros);
  }

  @Test
  void knowsHalfAndAlmostAll() {
    LongStream.rangeClosed(1, 1_000)
        .forEach(i -> traffic.count(Route.READ_BOOK).answered(200, i * 1_000_000));
    Latency latency = traffic.state().readLatency();
    assertTrue(Math.abs(latency.p50Micros() - 500_000) < 63_000, latency.toString());
    assertTrue(Math.abs(latency.p99Micros() - 990_000) < 124_000, latency.toString());
    assertEquals(new Latency(0, 0), traffic.state().buyLatency());
  }

  @Test
  void forgetsWhatWasLongAgo() {
    traffic.count(Route.BUY).answered(201, 5_000_000);
    for (int i = 0; i < LatencyWindow.SECONDS; i++) {
      clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
      assertTrue(traffic.state().buyLatency().p50Micros() > 0, "after " + i);
    }
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertEquals(new Latency(0, 0), traffic.state().buyLatency());
    traffic.count(Route.BUY).answered(201, 5_000_000);
    clock.addAndGet(TimeUnit.HOURS.toNanos(1));
    assertEquals(new Latency(0, 0), traffic.state().buyLatency());
    assertEquals(2, traffic.state().buys());
  }

  @Test
  void takesAnyLatency() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      traffic.count(Route.BUY).answered(201, random.nextLong() >>> random.nextInt(64));
    }
    traffic.count(Route.BUY).answered(201, Long.MAX_VALUE);
    traffic.count(Route.BUY).answered(201, -1);
    assertEquals(10_002, traffic.state().buys());
  }
}
