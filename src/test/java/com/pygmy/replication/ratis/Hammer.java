package com.pygmy.replication.ratis;

import com.pygmy.replication.ReadPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/**
 * Reads without a pause from within a replica's process, so that one is about to begin whenever the
 * process is frozen: the first thing it does when it thaws is to read. Remembers when each
 * confirmed read began, by the machine's monotonic clock, and how long the list was.
 */
final class Hammer {
  private static final int MAX_REMEMBERED = 1_000_000;

  private record Seen(long begunNanos, int size) {}

  private final RatisLog<Long> log;
  private final LineState state;
  private final List<Seen> seen = new ArrayList<>();
  private volatile boolean stopped;

  Hammer(RatisLog<Long> log, LineState state) {
    this.log = log;
    this.state = state;
  }

  void start(int threads) {
    for (int i = 0; i < threads; i++) {
      Thread thread = new Thread(this::read, "hammer-" + i);
      thread.setDaemon(true);
      thread.start();
    }
  }

  void stop() {
    stopped = true;
  }

  private void read() {
    try {
      while (!stopped) {
        long begun = System.nanoTime();
        ReadPoint point = log.confirmRead().toCompletableFuture().get();
        if (point instanceof ReadPoint.Confirmed) {
          remember(new Seen(begun, state.size()));
        }
      }
    } catch (InterruptedException | ExecutionException gone) {
      throw new IllegalStateException(gone);
    }
  }

  private synchronized void remember(Seen read) {
    if (seen.size() < MAX_REMEMBERED) {
      seen.add(read);
    }
  }

  /** Of the confirmed reads that began after a time: how many there were, how many saw less. */
  synchronized String verdict(long sinceNanos, int size) {
    long after = seen.stream().filter(s -> s.begunNanos() - sinceNanos > 0).count();
    long stale =
        seen.stream().filter(s -> s.begunNanos() - sinceNanos > 0 && s.size() < size).count();
    return after + " " + stale;
  }
}
