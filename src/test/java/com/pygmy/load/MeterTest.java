package com.pygmy.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.cli.ExitCode;
import com.pygmy.load.Verdict.Fine;
import com.pygmy.load.Verdict.Mismatch;
import com.pygmy.load.Verdict.Refused;
import com.pygmy.load.Verdict.Unanswered;
import com.pygmy.load.Verdict.Unexpected;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

final class MeterTest {

  private static final long MILLI = 1_000_000;
  private static final Verdict FINE = new Fine(new JsonObject());

  private final Meter meter = new Meter(0, 500 * MILLI);

  private void ended(Kind kind, long millis, Verdict verdict) {
    meter.begun(kind, 0);
    meter.ended(kind, 0, millis * MILLI, verdict);
  }

  @Test
  void percentilesAreOfEachKindByItself() {
    for (int i = 1; i <= 100; i++) {
      ended(Kind.LOOKUP, i, FINE);
    }
    ended(Kind.BUY, 700, FINE);
    Figures figures = meter.figures(1_000 * MILLI);
    Latencies lookups = figures.of(Kind.LOOKUP).latencies();
    assertEquals(50, lookups.percentile(50), 0.1);
    assertEquals(90, lookups.percentile(90), 0.1);
    assertEquals(99, lookups.percentile(99), 0.1);
    assertEquals(100, lookups.max(), 0.1);
    assertEquals(50.5, lookups.mean(), 0.1);
    assertEquals(700, figures.of(Kind.BUY).latencies().percentile(50), 0.5);
    assertEquals(0, figures.of(Kind.ORDER).latencies().max());
  }

  @Test
  void latencyCountsFromWhenARequestWasDue() {
    meter.begun(Kind.LOOKUP, 900 * MILLI);
    meter.ended(Kind.LOOKUP, 100 * MILLI, 905 * MILLI, FINE);
    assertEquals(805, meter.figures(1_000 * MILLI).of(Kind.LOOKUP).latencies().max(), 0.5);
  }

  @Test
  void aRefusalIsAnAnswerAndAnErrorIsNone() {
    ended(Kind.BUY, 5, new Refused());
    ended(Kind.BUY, 5_000, new Unexpected("500"));
    Figures.Count buys = meter.figures(6_000 * MILLI).of(Kind.BUY);
    assertEquals(2, buys.count());
    assertEquals(1, buys.refused());
    assertEquals(1, buys.errors());
    assertEquals(1, buys.latencies().count());
    assertEquals(5, buys.latencies().max(), 0.1);
  }

  @Test
  void wrongAnswersWeighMoreThanNone() {
    ended(Kind.LOOKUP, 1, FINE);
    ended(Kind.BUY, 1, new Refused());
    assertEquals(ExitCode.OK, meter.figures(MILLI).exitCode());
    ended(Kind.BUY, 1, new Unanswered("nobody there"));
    assertEquals(ExitCode.UNAVAILABLE, meter.figures(MILLI).exitCode());
    ended(Kind.ORDER, 1, new Mismatch("total"));
    assertEquals(ExitCode.REFUSED, meter.figures(MILLI).exitCode());
    assertEquals(2, meter.figures(MILLI).complaints().size());
  }

  @Test
  void keepsTheFirstComplaintsAndCountsAll() {
    for (int i = 0; i < 1_000; i++) {
      ended(Kind.BUY, 1, new Mismatch("number " + i));
    }
    Figures figures = meter.figures(MILLI);
    assertEquals(100, figures.complaints().size());
    assertEquals(1_000, figures.errors());
  }

  @Test
  void aGlanceIsOfTheTimeSinceTheLast() {
    ended(Kind.LOOKUP, 900, FINE);
    assertEquals(1, meter.glance().served());
    ended(Kind.LOOKUP, 3, FINE);
    ended(Kind.LOOKUP, 3, FINE);
    Meter.Glance glance = meter.glance();
    assertEquals(2, glance.served());
    assertEquals(3, glance.p99(), 0.1);
    assertEquals(3, meter.figures(MILLI).requests());
  }

  @Test
  void longestAndShortestLatenciesAreBounded() {
    ended(Kind.LOOKUP, 0, FINE);
    ended(Kind.LOOKUP, 10_000_000, FINE);
    assertEquals(120_000, meter.figures(MILLI).of(Kind.LOOKUP).latencies().max(), 100);
  }
}
