package com.pygmy.frontend;

import com.pygmy.wire.Message.FrontendState;
import com.pygmy.wire.Message.Latency;
import com.pygmy.wire.json.Route;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** What the frontends of one node answer, for its heartbeat. Thread-safe. */
public final class Traffic {

  private static final Set<Route> READS =
      Set.of(
          Route.READ_BOOK,
          Route.LOOKUP,
          Route.LIST_BOOKS,
          Route.SEARCH,
          Route.LIST_TOPICS,
          Route.READ_ORDER,
          Route.FIND_ORDERS);
  private static final Set<Route> BUYS = Set.of(Route.PLACE_ORDER, Route.BUY);
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier nanoClock;
  private final LongAdder reads = new LongAdder();
  private final LongAdder buys = new LongAdder();
  private final LongAdder refusals = new LongAdder();
  private final LongAdder problems = new LongAdder();
  private final LongAdder inFlight = new LongAdder();
  private final LatencyWindow readTimes = new LatencyWindow();
  private final LatencyWindow buyTimes = new LatencyWindow();
  private long turnedAt;

  public Traffic(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.turnedAt = nanoClock.getAsLong();
  }

  /** A request has come that is not answered at once. */
  void came() {
    inFlight.increment();
  }

  /** It was answered. */
  void went() {
    inFlight.decrement();
  }

  /** A request was answered that something is wrong here (5xx): of any route, or shed unseen. */
  void failed() {
    problems.increment();
  }

  /** How a request of this route is counted once it was answered. */
  Count count(Route route) {
    if (READS.contains(route)) {
      return this::read;
    }
    return BUYS.contains(route) ? this::bought : (status, nanos) -> {};
  }

  @FunctionalInterface
  interface Count {
    void answered(int status, long nanos);
  }

  private void read(int status, long nanos) {
    reads.increment();
    readTimes.record(nanos);
  }

  private void bought(int status, long nanos) {
    if (status < 300) {
      buys.increment();
    } else if (status < 500) {
      refusals.increment();
    }
    buyTimes.record(nanos);
  }

  /** Up to now; latencies over the last seconds. */
  public synchronized FrontendState state() {
    for (int i = 0;
        i <= LatencyWindow.SECONDS && nanoClock.getAsLong() - turnedAt >= SECOND_NANOS;
        i++) {
      readTimes.turn();
      buyTimes.turn();
      turnedAt += SECOND_NANOS;
    }
    if (nanoClock.getAsLong() - turnedAt >= SECOND_NANOS) {
      turnedAt = nanoClock.getAsLong(); // nobody asked for long: all was forgotten
    }
    return new FrontendState(
        reads.sum(),
        buys.sum(),
        refusals.sum(),
        problems.sum(),
        inFlight.sum(),
        latency(readTimes),
        latency(buyTimes));
  }

  private static Latency latency(LatencyWindow times) {
    return new Latency(times.micros(0.5), times.micros(0.99));
  }
}
