package com.pygmy.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something done again and again: never while its last run goes on, and after a failed run too. A
 * turn that finds the last run going is left out, and so are those that a frozen process missed. A
 * run must end by itself: time-outs are its own. Stops with the verticle on whose context it was
 * started, or by {@link #stop}.
 */
public final class PeriodicTask {

  private static final Logger log = LoggerFactory.getLogger(PeriodicTask.class);

  private final Vertx vertx;
  private final String name;
  private final Supplier<Future<Void>> run;
  private final LongSupplier nanoClock;
  private final long leastNanos;
  private final long timer;

  /** The run that goes on, done when none does. */
  private final AtomicReference<Future<Void>> current =
      new AtomicReference<>(Future.succeededFuture());

  private volatile boolean stopped;
  private long lastStart;
  private boolean started;

  private PeriodicTask(
      Vertx vertx,
      String name,
      long everyMillis,
      Supplier<Future<Void>> run,
      LongSupplier nanoClock) {
    this.vertx = vertx;
    this.name = name;
    this.run = run;
    this.nanoClock = nanoClock;
    // Vert.x makes up for missed ticks in a burst; a tick this soon after the last is one of those.
    this.leastNanos = TimeUnit.MILLISECONDS.toNanos(everyMillis) / 2;
    this.timer = vertx.setPeriodic(everyMillis, tick -> tick());
  }

  /**
   * Starts it; the first run is one period from now.
   *
   * @param name for the log
   */
  public static PeriodicTask start(
      Vertx vertx,
      String name,
      long everyMillis,
      Supplier<Future<Void>> run,
      LongSupplier nanoClock) {
    return new PeriodicTask(vertx, name, everyMillis, run, nanoClock);
  }

  /**
   * No run starts after this.
   *
   * @return done when the last one has ended; never fails
   */
  public Future<Void> stop() {
    stopped = true;
    vertx.cancelTimer(timer);
    return current.get();
  }

  private void tick() {
    long now = nanoClock.getAsLong();
    if (stopped || !current.get().isComplete() || (started && now - lastStart < leastNanos)) {
      return;
    }
    started = true;
    lastStart = now;
    Promise<Void> ended = Promise.promise();
    current.set(ended.future());
    attempt()
        .onComplete(
            done -> {
              if (done.failed()) {
                log.warn("{} failed; its next run is due as ever", name, done.cause());
              }
              ended.complete();
            });
  }

  private Future<Void> attempt() {
    try {
      return run.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }
}
