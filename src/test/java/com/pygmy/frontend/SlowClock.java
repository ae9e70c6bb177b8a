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
  private final AtomicLong stoppedAt = new AtomicLong(Long.MIN_VALUE);

  void jump(long millis) {
    jumped.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** From now on it only jumps. */
  void stop() {
    stoppedAt.set(System.nanoTime() / RATE);
  }

  @Override
  public long getAsLong() {
    long stopped = stoppedAt.get();
    long slow = stopped == Long.MIN_VALUE ? System.nanoTime() / RATE : stopped;
    return slow + jumped.get();
  }
}
