package com.pygmy.chaos;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Notices when this process does not get to run: the machine has too much to do, or stood still.
 * What a client measures then is not all the shop's. Thread-safe.
 */
public final class Pulse implements AutoCloseable {

  private static final long BEAT_MILLIS = 20;

  private final LongSupplier nanos;
  private final Windows beats = new Windows();
  private final Thread thread = new Thread(this::beat, "chaos-pulse");

  /** Beats from now on. */
  Pulse(LongSupplier nanos) {
    this.nanos = nanos;
    thread.setDaemon(true);
    thread.start();
  }

  private void beat() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        beats.success(nanos.getAsLong());
        TimeUnit.MILLISECONDS.sleep(BEAT_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The longest time between two beats; some twenty milliseconds on a machine with time. */
  long longestNanos(long from, long to) {
    return beats.longest(from, to, to).nanos();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
