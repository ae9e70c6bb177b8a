package com.pygmy.frontend;

import com.pygmy.cluster.Bus;
import com.pygmy.cluster.PeriodicTask;
import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.config.Balancing;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens in the shop, for those who listen at the frontends of one node: asks a catalog
 * replica what changed, looks who leads and who is there, and tells every {@link Audience}. Asks
 * nobody while nobody listens.
 *
 * <p>Deployed once a node, before its frontends, and undeployed after them.
 */
public final class LiveFeed extends VerticleBase {

  /** Between two questions for news, while somebody listens. */
  static final long POLL_MILLIS = 50;

  /** For one replica's answer, before another is asked. */
  static final long ATTEMPT_MILLIS = 1_000;

  private static final Logger log = LoggerFactory.getLogger(LiveFeed.class);

  /**
   * How much is granted to those who listen.
   *
   * @param maxListeners of a node; more are refused as {@code overloaded}
   * @param maxPendingBytes sent to one who has not taken them; while so much is pending it is told
   *     nothing more (but what cannot be asked for later, who leads and who is there), and is told
   *     later what it missed. Nor does its connection hold more of them
   * @param maxPendingBytesOfAll of a node; while so much is pending nobody is told more, and from
   *     half of it on nobody what it missed
   * @param stuckMillis who has taken nothing for so long while something is pending is dropped
   * @param stuckWhenFullMillis the same of one with {@code maxPendingBytes} or more pending, while
   *     the node has all that it may have
   * @param aheadMillis who has an id from beyond the log for so long is told to read again
   * @param heartbeatMillis something is sent at least so often
   */
  record Bounds(
      int maxListeners,
      int maxPendingBytes,
      long maxPendingBytesOfAll,
      long stuckMillis,
      long stuckWhenFullMillis,
      long aheadMillis,
      long heartbeatMillis) {

    static Bounds usual() {
      return new Bounds(1_000, 16 * 1024, 16 << 20, 5_000, 500, 5_000, 10_000);
    }
  }

  private final Bus bus;
  private final ReplicaDirectory directory;
  private final String node;
  private final MeterRegistry metrics;
  private final LongSupplier nanoClock;
  private final Bounds bounds;
  private final List<Audience> audiences = new CopyOnWriteArrayList<>();
  private final AtomicInteger listeners = new AtomicInteger();
  private final AtomicLong pendingBytes = new AtomicLong();
  private final ClusterWatch watch = new ClusterWatch();

  // Below: only on the context of this verticle.
  private ChangesReader reader;
  private Optional<PeriodicTask> asking = Optional.empty();
  private Optional<EventId> cursor = Optional.empty();
  private Future<Void> question = Future.succeededFuture();
  private Counter dropped;

  public LiveFeed(
      String node,
      Bus bus,
      ReplicaDirectory directory,
      MeterRegistry metrics,
      LongSupplier nanoClock) {
    this(node, bus, directory, metrics, nanoClock, Bounds.usual());
  }

  LiveFeed(
      String node,
      Bus bus,
      ReplicaDirectory directory,
      MeterRegistry metrics,
      LongSupplier nanoClock,
      Bounds bounds) {
    this.node = node;
    this.bus = bus;
    this.directory = directory;
    this.metrics = metrics;
    this.nanoClock = nanoClock;
    this.bounds = bounds;
  }

  @Override
  public Future<?> start() {
    reader =
        new ChangesReader(
            new Replicas(bus, directory, Balancing.LOCAL_FIRST, node, nanoClock, metrics),
            ATTEMPT_MILLIS);
    Gauge.builder("pygmy.events.listeners", listeners, AtomicInteger::get)
        .description("Streams of events that are open")
        .register(metrics);
    Gauge.builder("pygmy.events.pending", pendingBytes, AtomicLong::get)
        .description("Bytes of events that were sent, and that clients have not taken yet")
        .baseUnit("bytes")
        .register(metrics);
    dropped =
        Counter.builder("pygmy.events.dropped")
            .description("Streams of events that were closed because the client was too slow")
            .register(metrics);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    return asking
        .map(PeriodicTask::stop)
        .orElse(Future.succeededFuture())
        .eventually(() -> question);
  }

  Bounds bounds() {
    return bounds;
  }

  /** An event loop of a frontend is there to be told. Any thread. */
  void join(Audience audience) {
    audiences.add(audience);
  }

  /** It is not to be told any more. Any thread. */
  void leave(Audience audience) {
    audiences.remove(audience);
  }

  /** One wants to listen; unless this refuses it, {@link #left} must follow. Any thread. */
  boolean admits() {
    if (listeners.incrementAndGet() > bounds.maxListeners()) {
      listeners.decrementAndGet();
      return false;
    }
    context.runOnContext(now -> wake());
    return true;
  }

  /** One listens no longer. Any thread. */
  void left() {
    listeners.decrementAndGet();
  }

  /** For what is sent to one who listens. Any thread. */
  Outflow outflow(Function<Buffer, Future<Void>> connection) {
    return new Outflow(connection, bounds.maxPendingBytes(), pendingBytes, nanoClock.getAsLong());
  }

  /** Is so much pending that nobody is to be told more? Any thread. */
  boolean isFull() {
    return pendingBytes.get() >= bounds.maxPendingBytesOfAll();
  }

  /**
   * May those who missed something be told it now? What they are told is long, so some room is kept
   * for those who are up to date. Any thread.
   */
  boolean hasRoomForMissed() {
    return pendingBytes.get() < bounds.maxPendingBytesOfAll() / 2;
  }

  /** One was too slow. Any thread. */
  void dropped() {
    dropped.increment();
  }

  private void wake() {
    if (asking.isEmpty()) {
      asking =
          Optional.of(
              PeriodicTask.start(vertx, "ask what happens", POLL_MILLIS, this::look, nanoClock));
      watch.look(directory.nodes());
      ask();
    }
  }

  private void sleep(PeriodicTask task) {
    task.stop().onComplete(stopped -> log.debug("nobody listens"));
    asking = Optional.empty();
    cursor = Optional.empty();
    watch.forget();
    audiences.forEach(Audience::forget);
  }

  private Future<Void> look() {
    if (listeners.get() == 0) {
      asking.ifPresent(this::sleep);
      return Future.succeededFuture();
    }
    List<LiveEvent> news = watch.look(directory.nodes());
    if (!news.isEmpty()) {
      audiences.forEach(audience -> audience.tell(news));
    }
    ask();
    return Future.succeededFuture();
  }

  /** Looks go on meanwhile: who leads is news above all when no replica answers. */
  private void ask() {
    if (question.isComplete()) {
      question = ask(cursor);
    }
  }

  private Future<Void> ask(Optional<EventId> since) {
    return reader
        .since(since)
        .transform(
            got -> {
              if (got.failed()) {
                log.debug("no news of the catalog", got.cause());
              } else if (cursor.equals(since) && asking.isPresent()) {
                tell(got.result());
              }
              return Future.succeededFuture();
            });
  }

  private void tell(Progress progress) {
    EventId end = progress.end();
    boolean isNews =
        cursor.isEmpty() || progress instanceof Progress.Gap || end.index() > cursor.get().index();
    if (isNews) {
      cursor = Optional.of(end);
      audiences.forEach(audience -> audience.tell(progress));
    }
  }
}
