package com.pygmy.store;

import com.pygmy.domain.Effect;
import com.pygmy.domain.Recorded;
import com.pygmy.replication.Position;
import com.pygmy.store.Portion.Bound;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * What was applied and is not yet in SQLite, bounded. The applier adds to the portion at hand; the
 * writer takes it as one transaction, and while it writes the next one gathers.
 *
 * <p>An outcome stays findable here until the writer reports its transaction committed.
 */
final class WriteBehind {

  /** A portion of this weight is written without waiting for more. */
  private static final int FULL_PORTION = 4_000;

  /** Mere positions wait so long, in case something worth a transaction comes. */
  private static final long POSITION_LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final CatalogStore.Settings settings;
  private final LongSupplier nanoClock;
  private final Map<String, Recorded> unwritten = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  private final Condition committed = lock.newCondition();
  private final NavigableMap<Long, CompletableFuture<Void>> waiting = new TreeMap<>();
  private Portion gathering = new Portion();
  private Portion writing = new Portion();
  private boolean wasFull;
  private boolean closed;
  private volatile Throwable failure;
  private volatile Position written;

  WriteBehind(CatalogStore.Settings settings, LongSupplier nanoClock, Position written) {
    this.settings = settings;
    this.nanoClock = nanoClock;
    this.written = written;
  }

  Position written() {
    return written;
  }

  Optional<Recorded> find(String key) {
    return Optional.ofNullable(unwritten.get(key));
  }

  /** Makes an outcome findable at once; {@link #add} must follow before its transaction can. */
  void bind(String key, Recorded recorded) {
    unwritten.put(key, recorded);
  }

  /** Waits until there is room, or fails when nothing will ever be written again. */
  void awaitRoom() {
    lock.lock();
    try {
      while (isFull() && !closed && failure == null) {
        committed.awaitUninterruptibly();
      }
      requireUsable();
    } finally {
      lock.unlock();
    }
  }

  void add(
      Position position,
      long at,
      Optional<String> storeId,
      List<Bound> bound,
      List<String> superseded,
      List<Effect> effects) {
    lock.lock();
    try {
      requireUsable();
      boolean hadRows = gathering.hasRows();
      gathering.add(bound, effects);
      gathering.superseded.addAll(superseded);
      gathering.storeId = storeId;
      gathering.at = at;
      reach(position, !hadRows && gathering.hasRows());
    } finally {
      lock.unlock();
    }
  }

  void pass(Position position, long at) {
    lock.lock();
    try {
      requireUsable();
      gathering.at = at;
      reach(position, false);
    } finally {
      lock.unlock();
    }
  }

  /** Wakes the writer only if it has to write now, or sooner than it knows. */
  private void reach(Position position, boolean firstRows) {
    long now = nanoClock.getAsLong();
    boolean isNewBorn = gathering.isEmpty() || firstRows;
    if (isNewBorn) {
      gathering.bornNanos = now;
    }
    gathering.position = position;
    if (isNewBorn || linger(now) <= 0) {
      added.signal();
    }
  }

  /** True until the bounds are reached, then false until half of it has been written. */
  boolean admits() {
    lock.lock();
    try {
      if (closed || failure != null) {
        return false;
      }
      wasFull = wasFull ? fill() > 0.5 : fill() >= 1;
      return !wasFull;
    } finally {
      lock.unlock();
    }
  }

  private boolean isFull() {
    return fill() >= 1;
  }

  /** How full this is, by number or by age, whichever is worse; 1 is full. */
  private double fill() {
    double byNumber =
        (double) (writing.weight() + gathering.weight()) / settings.maxUnwrittenOutcomes();
    Portion oldest = writing.hasRows() ? writing : gathering;
    if (!oldest.hasRows()) {
      return byNumber;
    }
    double age = nanoClock.getAsLong() - oldest.bornNanos;
    return Math.max(byNumber, age / TimeUnit.MILLISECONDS.toNanos(settings.maxUnwrittenMillis()));
  }

  /**
   * Waits for a portion that is worth a transaction, at most so long.
   *
   * @return an empty portion when the time is up, or when this is closed and all is written
   */
  Portion take(long maxNanos) throws InterruptedException {
    lock.lock();
    try {
      long deadline = nanoClock.getAsLong() + maxNanos;
      while (true) {
        long now = nanoClock.getAsLong();
        long due = gathering.isEmpty() ? deadline : Math.min(deadline, now + linger(now));
        if (closed || now >= due) {
          break;
        }
        long left = added.awaitNanos(due - now);
        assert left <= due - now;
      }
      if (!gathering.isEmpty() && (closed || linger(nanoClock.getAsLong()) <= 0)) {
        writing = gathering;
        gathering = new Portion();
        return writing;
      }
      return new Portion();
    } finally {
      lock.unlock();
    }
  }

  /** How long the portion at hand may still wait for more. */
  private long linger(long now) {
    boolean wanted = !waiting.isEmpty() && waiting.firstKey() <= gathering.position.index();
    if (wanted || gathering.weight() >= FULL_PORTION) {
      return 0;
    }
    long allowed =
        gathering.hasRows()
            ? TimeUnit.MILLISECONDS.toNanos(settings.lingerMillis())
            : POSITION_LINGER_NANOS;
    return gathering.bornNanos + allowed - now;
  }

  /** The portion that was taken last is in the database. */
  void committed() {
    for (Bound bound : writing.outcomes) {
      // Not if a newer outcome has taken the key since.
      unwritten.remove(bound.key(), bound.recorded());
    }
    List<CompletableFuture<Void>> reached;
    lock.lock();
    try {
      written = writing.position;
      writing = new Portion();
      reached = take(waiting.headMap(written.index(), true));
      committed.signalAll();
    } finally {
      lock.unlock();
    }
    reached.forEach(future -> future.complete(null));
  }

  /**
   * Completes once the entry at {@code index} is written; fails when this is closed, or cannot
   * write.
   */
  CompletionStage<Void> whenWritten(long index) {
    lock.lock();
    try {
      if (written.index() >= index) {
        return CompletableFuture.completedStage(null);
      }
      if (closed || failure != null) {
        return CompletableFuture.failedStage(unusable());
      }
      added.signal();
      return waiting
          .computeIfAbsent(index, i -> new CompletableFuture<>())
          .minimalCompletionStage();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing will be right any more: {@link #awaitRoom} and {@link #add} fail from now on. */
  void fail(Throwable cause) {
    lock.lock();
    try {
      failure = failure == null ? cause : failure;
    } finally {
      lock.unlock();
    }
    close();
  }

  /** Nothing more is taken in, and what is here is given up. */
  void abandon() {
    lock.lock();
    try {
      gathering = new Portion();
    } finally {
      lock.unlock();
    }
    close();
  }

  /** Nothing more is taken in; what is here is still to be written. */
  void close() {
    lock.lock();
    try {
      closed = true;
      added.signalAll();
      committed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The writer has ended: whoever still waits, waits in vain. */
  void abandonWaiting() {
    List<CompletableFuture<Void>> left;
    lock.lock();
    try {
      left = take(waiting);
    } finally {
      lock.unlock();
    }
    left.forEach(future -> future.completeExceptionally(unusable()));
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed && gathering.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private static List<CompletableFuture<Void>> take(Map<Long, CompletableFuture<Void>> some) {
    List<CompletableFuture<Void>> taken = List.copyOf(some.values());
    some.clear();
    return taken;
  }

  private void requireUsable() {
    if (closed || failure != null) {
      throw unusable();
    }
  }

  private IllegalStateException unusable() {
    return new IllegalStateException(
        failure == null ? "the catalog store is closed" : "the catalog store has failed", failure);
  }
}
