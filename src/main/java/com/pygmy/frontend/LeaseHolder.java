package com.pygmy.frontend;

import com.pygmy.cluster.Bus;
import com.pygmy.cluster.PeriodicTask;
import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.coherence.CoherenceMessage;
import com.pygmy.coherence.CoherenceMessage.Grant;
import com.pygmy.coherence.CoherenceMessage.ToHolder;
import com.pygmy.coherence.Timing;
import com.pygmy.frontend.CacheFigures.Result;
import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.CacheState;
import com.pygmy.wire.Message.ReplicaState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the lease under which the frontends of one node serve copies: asks the catalog's leader for
 * it, again and again, and does what the leader says. When this stalls, or nobody hears it, the
 * lease lapses and the frontends fetch; nothing else depends on it.
 *
 * <p>Deployed once a node, before its frontends, and undeployed after them. Another store is met
 * with another name and an empty memory, for what the terms and indexes of two stores say cannot be
 * compared.
 */
public final class LeaseHolder extends VerticleBase {

  /** How often it looks for a new leader, and whether a renewal is due. */
  static final long LOOK_MILLIS = Timing.RENEW_MILLIS / 3;

  /**
   * Without a lease for so long it listens anew, under a new name: when a split cluster merges,
   * subscriptions can get lost.
   */
  static final long RELISTEN_MILLIS = 10_000;

  private static final long RENEW_NANOS = TimeUnit.MILLISECONDS.toNanos(Timing.RENEW_MILLIS);

  /** At most {@link Timing#RENEW_MILLIS} after it asked, if the grant came within 30 ms. */
  private static final long AFTER_GRANT_NANOS =
      TimeUnit.MILLISECONDS.toNanos(Timing.RENEW_MILLIS * 4 / 5);

  private static final long RELISTEN_NANOS = TimeUnit.MILLISECONDS.toNanos(RELISTEN_MILLIS);

  private static final Logger log = LoggerFactory.getLogger(LeaseHolder.class);

  private final String node;
  private final Bus bus;
  private final ReplicaDirectory directory;
  private final MeterRegistry metrics;
  private final Supplier<String> ids;
  private final LongSupplier nanoClock;
  private final long maxBytes;
  private final CacheFigures figures;

  private volatile Optional<LeasedCopies> copies = Optional.empty();
  private final LongAdder formerLosses = new LongAdder();

  // Below: only on the context of this verticle.
  private Optional<PeriodicTask> looking = Optional.empty();
  private Optional<MessageConsumer<Message>> ear = Optional.empty();
  private Optional<Keeper> keeper = Optional.empty();
  private long renewAt;
  private long renewal = -1;
  private long lastLeasedAt;

  /** Who leads in which term, as far as is known; kept when it falls silent. */
  private record Keeper(String replica, long term) {}

  /**
   * @param ids makes ids that were never used before
   */
  public LeaseHolder(
      String node,
      Bus bus,
      ReplicaDirectory directory,
      MeterRegistry metrics,
      Supplier<String> ids,
      LongSupplier nanoClock) {
    this(node, bus, directory, metrics, ids, nanoClock, Copies.MAX_BYTES);
  }

  LeaseHolder(
      String node,
      Bus bus,
      ReplicaDirectory directory,
      MeterRegistry metrics,
      Supplier<String> ids,
      LongSupplier nanoClock,
      long maxBytes) {
    this.node = node;
    this.bus = bus;
    this.directory = directory;
    this.metrics = metrics;
    this.ids = ids;
    this.nanoClock = nanoClock;
    this.maxBytes = maxBytes;
    this.figures = new CacheFigures(metrics);
  }

  @Override
  public Future<?> start() {
    FunctionCounter.builder("pygmy.cache.lease.losses", this, LeaseHolder::losses)
        .description("Leases that ran out, or ended with their term")
        .register(metrics);
    Gauge.builder("pygmy.cache.leased", this, holder -> holder.isLeased() ? 1 : 0)
        .description("1: copies may be served now")
        .register(metrics);
    Gauge.builder("pygmy.cache.entries", this, LeaseHolder::entries)
        .description("Copies in this node's memory")
        .register(metrics);
    looking =
        Optional.of(
            PeriodicTask.start(vertx, "hold the lease", LOOK_MILLIS, this::look, nanoClock));
    return look();
  }

  /**
   * Goes on acknowledging until its last lease has run out at the leader: else a write might wait
   * for it that long.
   */
  @Override
  public Future<?> stop() {
    Future<Void> stopped = looking.map(PeriodicTask::stop).orElse(Future.succeededFuture());
    vertx.cancelTimer(renewal);
    boolean wasLeased = isLeased();
    copies.ifPresent(this::forget);
    return stopped
        .compose(
            done ->
                wasLeased
                    ? vertx.timer(Timing.LEASE_MILLIS, TimeUnit.MILLISECONDS)
                    : Future.succeededFuture())
        .compose(lapsed -> ear.map(MessageConsumer::unregister).orElse(Future.succeededFuture()));
  }

  /** What may be served; absent while the store is not known. */
  Optional<LeasedCopies> copies() {
    return copies;
  }

  CacheFigures figures() {
    return figures;
  }

  /** What the cache of this node did since its start. Thread-safe. */
  public CacheState state() {
    return new CacheState(
        isLeased(),
        figures.of(Result.LOCAL),
        figures.of(Result.SHARED),
        figures.of(Result.MISS),
        figures.of(Result.SUSPENDED) + figures.of(Result.UNLEASED),
        losses());
  }

  private boolean isLeased() {
    return copies.map(LeasedCopies::isLeased).orElse(false);
  }

  private long losses() {
    return formerLosses.sum() + copies.map(LeasedCopies::losses).orElse(0L);
  }

  private long entries() {
    return copies.map(LeasedCopies::size).orElse(0L);
  }

  private Future<Void> look() {
    Optional<ReplicaState> leader = directory.leader();
    Optional<Keeper> now = leader.map(r -> new Keeper(r.replica(), r.term()));
    boolean isNew = now.isPresent() && !now.equals(keeper);
    keeper = now.or(() -> keeper);
    leader
        .flatMap(ReplicaState::storeId)
        .filter(store -> copies.isEmpty() || !copies.get().storeId().equals(store))
        .ifPresent(this::follow);
    if (ear.isPresent()) {
      renewIfDue(isNew);
    }
    return Future.succeededFuture();
  }

  private void renewIfDue(boolean isNewLeader) {
    LeasedCopies current = copies.orElseThrow();
    long now = nanoClock.getAsLong();
    if (current.isLeased() || directory.leader().isEmpty()) {
      lastLeasedAt = now;
    } else if (now - lastLeasedAt >= RELISTEN_NANOS) {
      log.warn("no lease for {} ms: listening anew", RELISTEN_MILLIS);
      follow(current.storeId());
      return;
    }
    if (isNewLeader || now - renewAt >= 0) {
      renew(current);
    }
  }

  private void renew(LeasedCopies current) {
    renewBy(nanoClock.getAsLong() + RENEW_NANOS);
    tellKeeper(current.renew());
  }

  /** Looked for anyway, now and then; this is to be in time. */
  private void renewBy(long due) {
    renewAt = due;
    vertx.cancelTimer(renewal);
    long millis = TimeUnit.NANOSECONDS.toMillis(due - nanoClock.getAsLong()) + 1;
    renewal =
        vertx.setTimer(
            Math.max(1, millis),
            timer -> {
              if (ear.isPresent()) {
                renewIfDue(false);
              }
            });
  }

  /** Who was granted together asks again together, so that one confirm round does for all. */
  private void granted() {
    long due = nanoClock.getAsLong() + AFTER_GRANT_NANOS;
    if (due - renewAt < 0) {
      renewBy(due);
    }
  }

  /** Nothing of the store before is served from now on. */
  private void follow(String storeId) {
    copies.ifPresent(this::forget);
    ear.ifPresent(
        consumer ->
            consumer
                .unregister()
                .onFailure(failure -> log.debug("unregistering a former name", failure)));
    ear = Optional.empty();
    LeasedCopies fresh = new LeasedCopies(node + "/" + ids.get(), storeId, maxBytes, nanoClock);
    copies = Optional.of(fresh);
    bus.listen(Addresses.holder(fresh.holder()), message -> heard(fresh, message))
        .onComplete(
            registered -> {
              if (registered.failed()) {
                log.warn("cannot listen as {}", fresh.holder(), registered.cause());
                if (isCurrent(fresh)) {
                  copies = Optional.empty(); // followed anew when it is looked for next
                }
              } else {
                listening(fresh, registered.result());
              }
            });
  }

  private void listening(LeasedCopies fresh, MessageConsumer<Message> consumer) {
    if (isCurrent(fresh)) {
      ear = Optional.of(consumer);
      lastLeasedAt = nanoClock.getAsLong();
      renew(fresh);
    } else {
      consumer.unregister().onFailure(failure -> log.debug("unregistering a former name", failure));
    }
  }

  private boolean isCurrent(LeasedCopies some) {
    return copies.isPresent() && copies.get() == some;
  }

  private void forget(LeasedCopies former) {
    former.end();
    formerLosses.add(former.losses());
    copies = Optional.empty();
  }

  private void heard(LeasedCopies addressed, Message message) {
    if (message instanceof Message.Coherence coherence
        && coherence.message() instanceof ToHolder said) {
      addressed.hear(said).ifPresent(this::tellKeeper);
      if (said instanceof Grant && isCurrent(addressed)) {
        granted();
      }
    } else {
      log.warn("dropped a {} for the holder of a lease", message.getClass().getSimpleName());
    }
  }

  /**
   * An acknowledgement may reach one who leads no longer, or not yet: then it is asked for again.
   */
  private void tellKeeper(CoherenceMessage said) {
    keeper.ifPresent(k -> bus.tell(Addresses.keeper(k.replica()), new Message.Coherence(said)));
  }
}
