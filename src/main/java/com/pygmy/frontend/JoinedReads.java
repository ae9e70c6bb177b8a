package com.pygmy.frontend;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Reads that join one of the same key, also one that is in flight already: an answer may be a
 * little older than the read. See {@link CoalescedReads} for those that must not be. Belongs to one
 * event loop.
 *
 * @param <K> what is read
 * @param <A> what it is answered
 */
final class JoinedReads<K, A> {

  private final int maxInFlight;
  private final int maxWaiting;
  private final Function<K, Future<A>> fetch;
  private final Map<K, Promise<A>> reads = new HashMap<>();
  private final Deque<K> waiting = new ArrayDeque<>();
  private int inFlight;
  private boolean isStarting;

  /**
   * @param maxInFlight fetches at once; others wait
   * @param maxWaiting keys that wait; a read of one more fails at once
   * @param fetch ends within a time of its own
   */
  JoinedReads(int maxInFlight, int maxWaiting, Function<K, Future<A>> fetch) {
    this.maxInFlight = maxInFlight;
    this.maxWaiting = maxWaiting;
    this.fetch = fetch;
  }

  /** Fails as the fetch does. */
  Future<A> read(K key) {
    Promise<A> read = reads.get(key);
    if (read == null) {
      if (waiting.size() >= maxWaiting) {
        return Future.failedFuture("more than " + maxWaiting + " reads wait");
      }
      read = Promise.promise();
      reads.put(key, read);
      waiting.add(key);
      startDue();
    }
    return read.future();
  }

  private void startDue() {
    if (isStarting) {
      return; // a fetch that fails at once comes back here
    }
    isStarting = true;
    try {
      while (inFlight < maxInFlight && !waiting.isEmpty()) {
        K key = waiting.remove();
        inFlight++;
        fetch.apply(key).onComplete(done -> landed(key, done));
      }
    } finally {
      isStarting = false;
    }
  }

  private void landed(K key, AsyncResult<A> done) {
    inFlight--;
    Promise<A> read = reads.remove(key);
    startDue();
    if (done.succeeded()) {
      read.complete(done.result());
    } else {
      read.fail(done.cause());
    }
  }
}
