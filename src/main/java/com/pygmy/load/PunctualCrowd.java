package com.pygmy.load;

import com.pygmy.load.Plan.Extent;
import com.pygmy.load.Plan.Pace;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Visits begin by the clock, however the shop does (an open loop), by one customer after the other.
 * A visit that is begun late counts from when it was due. One that is due while too many are under
 * way is shed, and counted.
 */
final class PunctualCrowd implements Crowd {

  private static final long TICK_MILLIS = 1;

  private final Vertx vertx;
  private final List<Customer> customers;
  private final Choices choices;
  private final Extent extent;
  private final Pace pace;
  private final Meter meter;
  private final LongSupplier nanos;
  private final long begin;
  private final Promise<Void> over = Promise.promise();
  private long due;
  private int outstanding;
  private volatile boolean isStopped;

  PunctualCrowd(
      Vertx vertx,
      List<Customer> customers,
      Choices choices,
      Extent extent,
      Pace pace,
      Meter meter,
      LongSupplier nanos) {
    this.vertx = vertx;
    this.customers = List.copyOf(customers);
    this.choices = choices;
    this.extent = extent;
    this.pace = pace;
    this.meter = meter;
    this.nanos = nanos;
    this.begin = nanos.getAsLong();
  }

  @Override
  public Future<Void> work() {
    vertx.setPeriodic(TICK_MILLIS, this::tick);
    return over.future();
  }

  @Override
  public void stop() {
    isStopped = true;
  }

  private void tick(long timer) {
    long elapsed = nanos.getAsLong() - begin;
    while (!isOver() && pace.dueNanos(due) <= elapsed) {
      visit(begin + pace.dueNanos(due));
      due++;
    }
    if (isOver()) {
      vertx.cancelTimer(timer);
      endIfAllAreBack();
    }
  }

  private boolean isOver() {
    return isStopped || due >= extent.visits() || pace.dueNanos(due) >= extent.nanos();
  }

  private void visit(long dueAt) {
    Choices.Choice choice = choices.next();
    if (outstanding >= pace.maxOutstanding()) {
      meter.shed(dueAt);
      return;
    }
    outstanding++;
    customers
        .get((int) (due % customers.size()))
        .visit(choice, dueAt)
        .onComplete(
            isAnswered -> {
              outstanding--;
              endIfAllAreBack();
            },
            over::tryFail);
  }

  private void endIfAllAreBack() {
    if (isOver() && outstanding == 0) {
      over.tryComplete();
    }
  }
}
