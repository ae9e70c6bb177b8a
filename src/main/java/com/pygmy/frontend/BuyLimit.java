package com.pygmy.frontend;

import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How many buys may be under way: many, as long as they end soon; once they take longer than {@link
 * #AVERAGE_MILLIS} on average, as many as end in that time. What is under way is what ends a second
 * times how long each takes (Little, "A Proof for the Queuing Formula L = λW", 1961), so from the
 * first and the time that is wanted follows the limit. Time in which there is nothing to do, or
 * none ends because the leader is gone, tells nothing of it. Belongs to one event loop.
 */
final class BuyLimit {

  /** A full request to the leader always has room, however long it takes there. */
  static final int MIN = 128;

  static final int MAX = 1_024;

  /**
   * With 40, at twice the capacity, four fifths of it were sold: requests to the leader are smaller
   * then, and more is refused (docs/performance.md).
   */
  static final long AVERAGE_MILLIS = 70;

  /** So often, at most, is the limit set. */
  static final long WINDOW_MILLIS = 100;

  private static final long AVERAGE_NANOS = TimeUnit.MILLISECONDS.toNanos(AVERAGE_MILLIS);

  /** Of one buy: else few that wait for a frozen replica have all others refused. */
  private static final long MOST_NANOS = 2 * AVERAGE_NANOS;

  private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(WINDOW_MILLIS);

  private final LongSupplier nanoClock;
  private int limit = MAX;
  private int underWay;

  // Of this window:
  private long beganAt;
  private int ended;
  private long tookNanos;

  BuyLimit(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.beganAt = nanoClock.getAsLong();
  }

  /** Starts a buy, or fails with {@link Failure.Overloaded} when too many are under way. */
  <T> Future<T> admit(Supplier<Future<T>> buy) {
    long now = nanoClock.getAsLong();
    if (underWay == 0) {
      begin(now);
    } else if (ended > 0 && now - beganAt >= WINDOW_NANOS) {
      boolean isSlow = tookNanos / ended > AVERAGE_NANOS;
      long next = isSlow ? ended * AVERAGE_NANOS / (now - beganAt) : limit + limit / 4;
      limit = (int) Math.max(MIN, Math.min(MAX, next));
      begin(now);
    }
    if (underWay >= limit) {
      return Future.failedFuture(new Failure.Overloaded().exception());
    }
    underWay++;
    return Future.succeededFuture()
        .compose(admitted -> buy.get())
        .onComplete(done -> ended(nanoClock.getAsLong(), now));
  }

  private void ended(long now, long admittedAt) {
    underWay--;
    if (ended == 0 && now - beganAt >= WINDOW_NANOS) {
      begin(now); // none ended for so long
    }
    ended++;
    tookNanos += Math.min(now - admittedAt, MOST_NANOS);
  }

  private void begin(long now) {
    beganAt = now;
    ended = 0;
    tookNanos = 0;
  }
}
