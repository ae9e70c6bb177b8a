package com.pygmy.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a second whether the cluster still has on record where this node listens. A cluster
 * that merges after a split may have lost that: then heartbeats still come and go, and nobody can
 * ask this node's replicas.
 */
public final class SubscriptionCheck {

  static final long EVERY_MILLIS = 1_000;

  /** In a row, and not sooner one after the other than they are due: a merge takes a while. */
  static final int TIMES = 4;

  /** Looks that were held up come in a bunch, which counts as one. */
  private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS * 9 / 10);

  private static final Logger log = LoggerFactory.getLogger(SubscriptionCheck.class);

  /** For one look: what gets no answer must not end the looking. */
  static final long TIMEOUT_MILLIS = 6_000;

  private final Supplier<Future<List<String>>> look;
  private final long timeoutMillis;
  private final Consumer<List<String>> lost;
  private final LongSupplier nanoClock;
  private long countedNanos;
  private List<String> missing = List.of();
  private int times;

  private SubscriptionCheck(
      Supplier<Future<List<String>>> look,
      long timeoutMillis,
      Consumer<List<String>> lost,
      LongSupplier nanoClock) {
    this.look = look;
    this.timeoutMillis = timeoutMillis;
    this.lost = lost;
    this.nanoClock = nanoClock;
  }

  /**
   * Starts to check.
   *
   * @param lost called, once, with what was lost {@link #TIMES} times in a row: some 4 s after the
   *     loss
   */
  public static PeriodicTask start(
      Vertx vertx, Bus bus, Consumer<List<String>> lost, LongSupplier nanoClock) {
    return start(vertx, bus::lost, TIMEOUT_MILLIS, lost, nanoClock);
  }

  static PeriodicTask start(
      Vertx vertx,
      Supplier<Future<List<String>>> look,
      long timeoutMillis,
      Consumer<List<String>> lost,
      LongSupplier nanoClock) {
    SubscriptionCheck check = new SubscriptionCheck(look, timeoutMillis, lost, nanoClock);
    return PeriodicTask.start(
        vertx, "look for lost subscriptions", EVERY_MILLIS, check::look, nanoClock);
  }

  private Future<Void> look() {
    return look.get()
        .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
        .onSuccess(this::found)
        .mapEmpty();
  }

  private void found(List<String> found) {
    missing = found.stream().filter(address -> times == 0 || missing.contains(address)).toList();
    long now = nanoClock.getAsLong();
    if (missing.isEmpty()) {
      times = 0;
    } else if (times == 0 || now - countedNanos >= APART_NANOS) {
      times++;
      countedNanos = now;
      log.warn("the cluster does not know that this node listens at {}", missing);
      if (times == TIMES) {
        lost.accept(missing);
      }
    }
  }
}
