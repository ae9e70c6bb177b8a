package com.pygmy.frontend;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A bucket of units for each client: full at first, a unit comes back after each {@code
 * refillNanos}, and what would overflow is lost. Thread-safe.
 *
 * <p>Only buckets that are not full are remembered, and so many at most; when one more is needed,
 * the one that would be full soonest is taken for full. So a crowd of clients costs no more memory
 * than that, keeps nobody from having a bucket, and frees itself, if at all, of the least that it
 * has to wait.
 */
final class RateLimiter {

  private final int burst;
  private final long refillNanos;
  private final int maxClients;
  private final LongSupplier nanoClock;
  private final long beginNanos;
  private final Map<String, Bucket> buckets = new HashMap<>();
  private final TreeSet<Bucket> soonestFullFirst =
      new TreeSet<>(Comparator.comparingLong(Bucket::fullAt).thenComparing(Bucket::client));

  /**
   * All that there is to know of a bucket: when it will be full, in nanoseconds since the begin.
   */
  private record Bucket(String client, long fullAt) {}

  /**
   * @param burst units in a full bucket
   * @param maxClients whose buckets are not full
   */
  RateLimiter(int burst, long refillNanos, int maxClients, LongSupplier nanoClock) {
    this.burst = burst;
    this.refillNanos = refillNanos;
    this.maxClients = maxClients;
    this.nanoClock = nanoClock;
    this.beginNanos = nanoClock.getAsLong();
  }

  /**
   * Takes a unit of the client's. Otherwise, so many seconds pass until there is one, rounded up.
   */
  synchronized int take(String client) {
    long now = now();
    long wait = waitNanos(client, now);
    if (wait == 0) {
      remember(client, Math.max(fullAt(client), now) + refillNanos, now);
    }
    return seconds(wait);
  }

  /** Seconds until the client has a unit, rounded up; 0: it has one. Takes none. */
  synchronized int secondsToWait(String client) {
    return seconds(waitNanos(client, now()));
  }

  /** How many clients are remembered. */
  synchronized int clients() {
    return buckets.size();
  }

  /** A unit is there when no more than all others are missing. */
  private long waitNanos(String client, long now) {
    return Math.max(0, fullAt(client) - now - (burst - 1) * refillNanos);
  }

  private long fullAt(String client) {
    Bucket bucket = buckets.get(client);
    return bucket == null ? 0 : bucket.fullAt();
  }

  private void remember(String client, long fullAt, long now) {
    Bucket before = buckets.remove(client);
    if (before != null) {
      soonestFullFirst.remove(before);
    }
    while (!soonestFullFirst.isEmpty()
        && (soonestFullFirst.first().fullAt() <= now || buckets.size() >= maxClients)) {
      buckets.remove(soonestFullFirst.pollFirst().client());
    }
    Bucket after = new Bucket(client, fullAt);
    buckets.put(client, after);
    soonestFullFirst.add(after);
  }

  private long now() {
    return nanoClock.getAsLong() - beginNanos;
  }

  private static int seconds(long nanos) {
    long second = TimeUnit.SECONDS.toNanos(1);
    return Math.toIntExact((nanos + second - 1) / second);
  }
}
