package com.pygmy.frontend;

import com.pygmy.wire.Addresses;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Those who listen at one event loop of a frontend. Hands on what the node's {@link LiveFeed}
 * tells; has those who missed something told that first; drops those who are too slow. Belongs to
 * that event loop, but for what says otherwise.
 */
final class Audience {

  /** Between two looks at everyone. */
  static final long LOOK_MILLIS = Addresses.HEARTBEAT_MILLIS / 2;

  /** Questions for what somebody missed, at the same time; who missed the same shares one. */
  static final int MAX_CATCHING_UP = 16;

  /** Questions that wait; whose does not is asked again at the next look. */
  static final int MAX_WAITING = 1_000;

  private final LiveFeed feed;
  private final JoinedReads<EventId, Progress> missed;
  private final LongSupplier nanoClock;
  private final BooleanSupplier leaving;
  private final long heartbeatNanos;
  private final long stuckNanos;
  private final long stuckWhenFullNanos;
  private final long aheadNanos;
  private final Context context;
  private final Set<Listener> listeners = new LinkedHashSet<>();
  private Optional<EventId> cursor = Optional.empty();

  /**
   * @param idleMillis for so long a connection may be silent
   * @param leaving whether everybody is to listen elsewhere
   */
  Audience(
      Vertx vertx,
      LiveFeed feed,
      ChangesReader reader,
      LongSupplier nanoClock,
      BooleanSupplier leaving,
      long idleMillis) {
    this.feed = feed;
    this.missed =
        new JoinedReads<>(
            MAX_CATCHING_UP, MAX_WAITING, position -> reader.since(Optional.of(position)));
    this.nanoClock = nanoClock;
    this.leaving = leaving;
    LiveFeed.Bounds bounds = feed.bounds();
    this.heartbeatNanos = nanos(Math.min(bounds.heartbeatMillis(), idleMillis / 3));
    this.stuckNanos = nanos(bounds.stuckMillis());
    this.stuckWhenFullNanos = nanos(bounds.stuckWhenFullMillis());
    this.aheadNanos = nanos(bounds.aheadMillis());
    this.context = vertx.getOrCreateContext();
    vertx.setPeriodic(LOOK_MILLIS, timer -> look());
    feed.join(this);
  }

  /** One begins to listen, who was admitted by the feed. */
  Future<Void> add(Listener listener) {
    listeners.add(listener);
    listener
        .gone()
        .onComplete(
            gone -> {
              listeners.remove(listener);
              feed.left();
            });
    if (listener.position().isPresent()) {
      catchUp(listener);
    } else {
      cursor.ifPresent(state -> listener.beginAt(state, now()));
    }
    return listener.gone();
  }

  /** Any thread. */
  void tell(Progress progress) {
    context.runOnContext(now -> heard(progress));
  }

  /** Any thread. */
  void tell(List<LiveEvent> news) {
    context.runOnContext(now -> listeners().forEach(listener -> listener.hear(news, now())));
  }

  /** How far the log is, is not known any more. Any thread. */
  void forget() {
    context.runOnContext(now -> cursor = Optional.empty());
  }

  /** Ends all streams, and listens to the feed no longer. */
  void end() {
    feed.leave(this);
    listeners().forEach(Listener::end);
  }

  private void heard(Progress progress) {
    cursor = Optional.of(progress.end());
    for (Listener listener : listeners()) {
      // Who is put off is told later what it missed, or dropped when it takes nothing.
      if (!isPutOff(listener) && !listener.hear(progress, now())) {
        catchUp(listener);
      }
    }
  }

  private void catchUp(Listener listener) {
    if (listener.isCatchingUp() || isTooSlow(listener) || !feed.hasRoomForMissed()) {
      return;
    }
    listener.setCatchingUp(true);
    missed
        .read(listener.position().orElseThrow())
        .onComplete(
            (progress, failure) -> {
              listener.setCatchingUp(false);
              if (failure == null && listeners.contains(listener) && !isPutOff(listener)) {
                caughtUp(listener, progress);
              }
            });
  }

  /** The page may not be the last one; where it tells nothing new, the next look sees to it. */
  private void caughtUp(Listener listener, Progress progress) {
    Optional<EventId> before = listener.position();
    boolean heard = listener.hear(progress, now());
    if (heard && !listener.position().equals(before) && isBehind(listener)) {
      catchUp(listener);
    }
  }

  private boolean isBehind(Listener listener) {
    return cursor.isPresent()
        && listener.position().isPresent()
        && !listener.position().equals(cursor)
        && listener.position().get().index() <= cursor.get().index();
  }

  private void look() {
    if (listeners.isEmpty()) {
      return;
    }
    if (leaving.getAsBoolean()) {
      listeners().forEach(Listener::end);
      return;
    }
    listeners().forEach(this::look);
  }

  private void look(Listener listener) {
    long now = now();
    boolean isInTheWay = feed.isFull() && isTooSlow(listener);
    if (listener.isStuck(now, isInTheWay ? stuckWhenFullNanos : stuckNanos)) {
      drop(listener);
      return;
    }
    cursor.filter(state -> !listener.isGreeted()).ifPresent(state -> listener.beginAt(state, now));
    if (isBehind(listener)) {
      catchUp(listener);
    } else if (!listener.isGreeted() && now - listener.sinceNanos() >= aheadNanos) {
      cursor.ifPresent(state -> listener.reset(state, now));
    }
    if (now - listener.sentNanos() >= heartbeatNanos && listener.pendingBytes() == 0) {
      listener.beat(now);
    }
  }

  private boolean isPutOff(Listener listener) {
    return isTooSlow(listener) || feed.isFull();
  }

  private boolean isTooSlow(Listener listener) {
    return listener.pendingBytes() >= feed.bounds().maxPendingBytes();
  }

  private void drop(Listener listener) {
    feed.dropped();
    listener.drop();
  }

  /** Those of now: who is told something may go while it is told. */
  private List<Listener> listeners() {
    return new ArrayList<>(listeners);
  }

  private long now() {
    return nanoClock.getAsLong();
  }

  private static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
