package com.pygmy.frontend;

import com.pygmy.coherence.Fetches;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Reads that share fetches: of each key at most one fetch is in flight and one waits, and a read
 * shares none that began before it came. If a fetch may have several keys, reads of others gather
 * while one is in flight that is not slow. Belongs to one event loop.
 *
 * @param <K> what is read
 * @param <A> what it is answered
 */
final class CoalescedReads<K, A> {

  /** So long after its time is up, at most, is a read that still waits failed. */
  static final long EXPIRE_MILLIS = 50;

  /** Then a fetch is slow: whom it asked may be frozen. */
  static final long SLOW_MILLIS = 50;

  private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(SLOW_MILLIS);

  private final int maxInFlight;
  private final int maxKeys;
  private final long patienceNanos;
  private final Fetch<K, A> fetch;
  private final LongSupplier nanoClock;
  private final Fetches<K, Promise<A>> fetches = new Fetches<>();
  private final Deque<Waiting<K, A>> oldestFirst = new ArrayDeque<>();

  /** Of each key that waits: who asked first. */
  private final Map<K, String> askers = new HashMap<>();

  /** When each fetch in flight began. */
  private final List<Long> inFlight = new ArrayList<>();

  private boolean isStarting;

  private record Waiting<K, A>(K key, Promise<A> read, long endNanos) {}

  /** How something is fetched. */
  interface Fetch<K, A> {

    /**
     * Ends within a time of its own; the answer gives the one for each key.
     *
     * @param requestId of the request that asked first for the first key, on behalf of all
     */
    Future<Function<K, A>> of(List<K> keys, String requestId);
  }

  /**
   * @param maxInFlight fetches at once, if they are slow or have one key each
   * @param maxKeys gathered into one fetch
   * @param patienceMillis of a read: then it fails, whatever it waits for
   */
  CoalescedReads(
      int maxInFlight,
      int maxKeys,
      long patienceMillis,
      Fetch<K, A> fetch,
      LongSupplier nanoClock) {
    this.maxInFlight = maxInFlight;
    this.maxKeys = maxKeys;
    this.patienceNanos = TimeUnit.MILLISECONDS.toNanos(patienceMillis);
    this.fetch = fetch;
    this.nanoClock = nanoClock;
  }

  /** Fails as the fetch does, or with {@link Failure.Unavailable} when its time is up. */
  Future<A> read(K key, String requestId) {
    Promise<A> read = Promise.promise();
    oldestFirst.add(new Waiting<>(key, read, nanoClock.getAsLong() + patienceNanos));
    fetches.join(key, read);
    askers.putIfAbsent(key, requestId);
    startDue();
    return read.future();
  }

  /**
   * Looks for reads whose time is up, and for fetches that got slow. To be called every {@link
   * #EXPIRE_MILLIS}.
   */
  void expire() {
    long now = nanoClock.getAsLong();
    for (Waiting<K, A> next = oldestFirst.peek();
        next != null && (next.read().future().isComplete() || next.endNanos() - now <= 0);
        next = oldestFirst.peek()) {
      oldestFirst.remove();
      if (!next.read().future().isComplete() && fetches.leave(next.key(), next.read())) {
        askers.remove(next.key()); // what nobody waits for takes no turn from others
      }
      next.read().tryFail(new Failure.Unavailable("no answer in time").exception());
    }
    startDue();
  }

  private boolean mayStart() {
    long now = nanoClock.getAsLong();
    return inFlight.size() < maxInFlight
        && (maxKeys == 1 || inFlight.stream().allMatch(began -> now - began >= SLOW_NANOS));
  }

  private void startDue() {
    if (isStarting) {
      return; // a fetch that fails at once comes back here
    }
    isStarting = true;
    try {
      while (mayStart()) {
        List<K> keys = fetches.start(maxKeys);
        if (keys.isEmpty()) {
          return;
        }
        Long began = nanoClock.getAsLong();
        inFlight.add(began);
        String asker = askers.get(keys.get(0));
        keys.forEach(askers::remove);
        fetch.of(keys, asker).onComplete(done -> landed(keys, began, done));
      }
    } finally {
      isStarting = false;
    }
  }

  private void landed(List<K> keys, Long began, AsyncResult<Function<K, A>> done) {
    inFlight.remove(began);
    List<List<Promise<A>>> reads = new ArrayList<>(keys.size());
    keys.forEach(key -> reads.add(fetches.landed(key)));
    startDue();
    for (int i = 0; i < keys.size(); i++) {
      if (done.succeeded()) {
        A answer = done.result().apply(keys.get(i));
        reads.get(i).forEach(read -> read.tryComplete(answer));
      } else {
        reads.get(i).forEach(read -> read.tryFail(done.cause()));
      }
    }
  }
}
