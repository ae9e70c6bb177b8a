package com.pygmy.cluster;

import com.pygmy.wire.MalformedMessage;
import com.pygmy.wire.Message;
import com.pygmy.wire.MessageCodec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.AsyncMap;
import java.util.Base64;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers of the catalog in a map that all nodes of the cluster share, by the request that each
 * answers. What is found may be old, or missing: its {@code asOf} says what it may be used for. The
 * map saves work and no more, so nobody waits for it longer than {@link #BOUND_MILLIS}, and it is
 * left out while it is slow. Bounded in size on each node, and in time. Thread-safe.
 */
public final class SharedCopies {

  /** A call that takes longer counts as unanswered. */
  public static final long BOUND_MILLIS = 20;

  /** After a call that was too slow, or failed, the map is left out for so long. */
  static final long SKIP_MILLIS = 1_000;

  /** Calls at once, at most: most of them hold a worker thread for as long as they last. */
  static final int MAX_CALLS = 4;

  static final long TTL_MILLIS = 60_000;

  private static final long SKIP_NANOS = TimeUnit.MILLISECONDS.toNanos(SKIP_MILLIS);

  /** On a busy machine the map may be left out every second; that is worth a line now and then. */
  private static final long TELL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final Logger log = LoggerFactory.getLogger(SharedCopies.class);

  private final Supplier<Future<AsyncMap<String, byte[]>>> open;
  private final LongSupplier nanoClock;
  private final AtomicInteger calls = new AtomicInteger();
  private Future<AsyncMap<String, byte[]>> map;
  private volatile long skipSince;
  private volatile boolean wasSkipped;
  private long toldSince;
  private int untold;

  /**
   * The map of a cluster.
   *
   * @param vertx clustered: alone it has nobody to share with, and its maps have no bound
   */
  public static SharedCopies of(Vertx vertx, LongSupplier nanoClock) {
    return new SharedCopies(
        () -> vertx.sharedData().getClusterWideMap(HazelcastSettings.COPIES), nanoClock);
  }

  /**
   * @param open opens the map; again when it failed to
   */
  public SharedCopies(Supplier<Future<AsyncMap<String, byte[]>>> open, LongSupplier nanoClock) {
    this.open = open;
    this.nanoClock = nanoClock;
    this.map = open.get();
  }

  /**
   * What is kept as the answer to a request.
   *
   * @param storeId of the store that is asked
   * @return never fails; empty when there is nothing, or the map is slow, left out, or broken
   */
  public Future<Optional<Message>> get(String storeId, Message request) {
    return call(map -> map.get(key(storeId, request)))
        .map(found -> found.flatMap(SharedCopies::decoded));
  }

  /** Keeps an answer, if the map can be had. */
  public void put(String storeId, Message request, Message answer) {
    byte[] bytes = MessageCodec.encode(answer);
    Future<?> unusedDone =
        call(map -> map.put(key(storeId, request), bytes, TTL_MILLIS).map(done -> bytes));
  }

  /** Drops the answers to these requests, as many as the map can be had for. */
  public void remove(String storeId, Collection<? extends Message> requests) {
    for (Message request : requests) {
      Future<?> unusedDone = call(map -> map.remove(key(storeId, request)));
    }
  }

  /** How many calls have not ended, those that nobody waits for any more included. */
  int calls() {
    return calls.get();
  }

  private Future<Optional<byte[]>> call(
      Function<AsyncMap<String, byte[]>, Future<byte[]>> operation) {
    Optional<AsyncMap<String, byte[]>> usable = usable();
    if (usable.isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    if (calls.incrementAndGet() > MAX_CALLS) {
      calls.decrementAndGet();
      return Future.succeededFuture(Optional.empty());
    }
    Future<byte[]> answer;
    try {
      answer = operation.apply(usable.get());
    } catch (RuntimeException e) {
      answer = Future.failedFuture(e);
    }
    return answer
        .onComplete(ended -> calls.decrementAndGet())
        .timeout(BOUND_MILLIS, TimeUnit.MILLISECONDS)
        .onFailure(this::skip)
        .map(Optional::ofNullable)
        .otherwise(Optional.empty());
  }

  /** Nobody waits for the map to be opened. */
  private Optional<AsyncMap<String, byte[]>> usable() {
    if (isSkipped()) {
      return Optional.empty();
    }
    synchronized (this) {
      if (map.failed()) {
        skip(map.cause());
        map = open.get();
      }
      return Optional.ofNullable(map.result());
    }
  }

  private boolean isSkipped() {
    return wasSkipped && nanoClock.getAsLong() - skipSince < SKIP_NANOS;
  }

  private void skip(Throwable why) {
    long now = nanoClock.getAsLong();
    if (!isSkipped()) {
      tell(why instanceof TimeoutException ? "no answer in time" : why.toString(), now);
    }
    skipSince = now;
    wasSkipped = true;
  }

  private synchronized void tell(String why, long now) {
    untold++;
    if (!wasSkipped || now - toldSince >= TELL_NANOS) {
      log.info("the shared map is left out for {} ms (times: {}): {}", SKIP_MILLIS, untold, why);
      toldSince = now;
      untold = 0;
    }
  }

  private static Optional<Message> decoded(byte[] bytes) {
    try {
      return Optional.of(MessageCodec.decode(bytes));
    } catch (MalformedMessage e) {
      log.warn("dropped a malformed copy from the shared map: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private static String key(String storeId, Message request) {
    return storeId
        + "/"
        + Base64.getEncoder().withoutPadding().encodeToString(MessageCodec.encode(request));
  }
}
