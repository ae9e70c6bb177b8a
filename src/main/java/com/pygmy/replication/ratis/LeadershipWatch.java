package com.pygmy.replication.ratis;

import com.pygmy.replication.Leadership;
import com.pygmy.replication.Takeover;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners who leads, in order and from one thread; and notices when Ratis has closed the
 * group by itself, for whatever reason. Looks when it is poked, and every {@value #LOOK_MILLIS} ms
 * because Ratis does not announce everything (a candidate, a term raised by a vote).
 */
final class LeadershipWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeadershipWatch.class);
  private static final long LOOK_MILLIS = 20;

  /** Ratis tells dearly since when it has a role, or heard its leader: asked every so often. */
  private static final int LOOKS_A_SAMPLE = 5;

  private final Group group;
  private final BooleanSupplier ratisClosed;
  private final Consumer<Throwable> fatal;
  private final Thread thread;
  private final List<Consumer<Leadership>> listeners = new ArrayList<>();
  private final Queue<Consumer<Leadership>> newcomers = new ConcurrentLinkedQueue<>();
  private final List<Consumer<Takeover>> takeovers = new CopyOnWriteArrayList<>();
  private final TakeoverClock clock = new TakeoverClock();
  private final LongSupplier nanoClock;
  private final Semaphore pokes = new Semaphore(0);
  private Leadership last;
  private int looks;
  private boolean isPuzzled;
  private volatile boolean closed;

  LeadershipWatch(
      Group group,
      BooleanSupplier ratisClosed,
      String name,
      LongSupplier nanoClock,
      Consumer<Throwable> fatal) {
    this.group = group;
    this.ratisClosed = ratisClosed;
    this.nanoClock = nanoClock;
    this.fatal = fatal;
    this.thread = new Thread(this::run, name + "-leadership");
    thread.setDaemon(true);
    thread.start();
  }

  /** The listener hears the present state first. */
  void add(Consumer<Leadership> listener) {
    newcomers.add(listener);
    poke();
  }

  void addTakeover(Consumer<Takeover> listener) {
    takeovers.add(listener);
  }

  void poke() {
    pokes.release();
  }

  private void run() {
    try {
      while (!closed) {
        boolean unused = pokes.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        pokes.drainPermits();
        lookWhateverRatisSays();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** What fails once may well be known at the next look; nobody would tell who leads else. */
  private void lookWhateverRatisSays() {
    try {
      look();
      isPuzzled = false;
    } catch (RuntimeException surprise) {
      if (!isPuzzled) {
        LOG.warn("{}: who leads is not known", group.own(), surprise);
      }
      isPuzzled = true;
    }
  }

  private void look() {
    if ((group.isClosed() || ratisClosed.getAsBoolean()) && !closed) {
      fatal.accept(new IllegalStateException("Ratis closed " + group.own() + " by itself"));
    }
    Leadership now = group.leadership();
    boolean changed = !now.equals(last);
    if (changed) {
      LOG.debug("{}: {}", group.own(), now);
      last = now;
      listeners.forEach(listener -> tell(listener, now));
    }
    for (Consumer<Leadership> fresh = newcomers.poll(); fresh != null; fresh = newcomers.poll()) {
      tell(fresh, now);
      listeners.add(fresh);
    }
    if (changed || ++looks % LOOKS_A_SAMPLE == 0) {
      takeover(now).ifPresent(takeover -> takeovers.forEach(listener -> tell(listener, takeover)));
    }
  }

  /** A figure only: whatever Ratis says while it starts or stops, who leads is told. */
  private Optional<Takeover> takeover(Leadership now) {
    try {
      return clock.look(
          now, nanoClock.getAsLong(), () -> TimeUnit.MILLISECONDS.toNanos(group.roleMillis()));
    } catch (RuntimeException failure) {
      LOG.warn("{}: how long the take-over took is not known", group.own(), failure);
      return Optional.empty();
    }
  }

  private static <T> void tell(Consumer<T> listener, T news) {
    try {
      listener.accept(news);
    } catch (RuntimeException failure) {
      LOG.error("A listener of the leadership failed on {}", news, failure);
    }
  }

  @Override
  public void close() {
    closed = true;
    poke();
  }
}
