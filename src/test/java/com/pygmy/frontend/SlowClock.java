package com.pygmy.frontend;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Goes ten times as slow as the real one, so that a busy machine does not make leases run out; a
 * test that wants time to pass has it jump, as it does for a process that was frozen.
 */
final class SlowClock implements LongSupplier {

  private static final long RATE = 10;

  private final AtomicLong jumped = new AtomicLong();

  void jump(long millis) {
    jumped.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  @Override
  public long getAsLong() {
    return System.nanoTime() / RATE + jumped.get();
  }
}
