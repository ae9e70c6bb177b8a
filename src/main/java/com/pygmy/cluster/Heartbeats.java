package com.pygmy.cluster;

import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Goodbye;
import com.pygmy.wire.Message.Heartbeat;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what this node is doing every {@link Addresses#HEARTBEAT_MILLIS}, and takes in what the
 * others publish. This node's own heartbeat goes into the directory directly, so a node that is cut
 * off knows itself.
 *
 * <p><b>What it proves that a node hears itself.</b> A clustered event bus looks the subscribers up
 * (in its own copy of the cluster's subscriptions) and hands a message for its own node over
 * without the network. So a node that hears itself has live event loops, and its subscription
 * stands in its own copy, or the copy is empty. A node that does not has lost its subscription, as
 * may happen when a split cluster merges, or cannot look it up; others cannot ask its replicas
 * either. It proves nothing about the network, nor that others have the subscription: for this
 * there is {@link #lastHeardOtherNanos}, to be held against how many others there should be.
 */
public final class Heartbeats {

  /** A node that does not hear itself for so long is deaf. */
  public static final long DEAF_MILLIS = 3_000;

  private static final long DEAF_NANOS = TimeUnit.MILLISECONDS.toNanos(DEAF_MILLIS);

  /** And for so many of its heartbeats: a node that wakes from being frozen is not deaf yet. */
  private static final int DEAF_BEATS = (int) (DEAF_MILLIS / Addresses.HEARTBEAT_MILLIS / 2);

  private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);

  private final Vertx vertx;
  private final Bus bus;
  private final ReplicaDirectory directory;
  private final Supplier<Heartbeat> self;
  private final Runnable deaf;
  private final LongSupplier nanoClock;

  private Optional<PeriodicTask> beats = Optional.empty();
  private Optional<MessageConsumer<Message>> ear = Optional.empty();
  private volatile long lastHeardSelf;
  private volatile long lastHeardOther;
  private final AtomicInteger unheard = new AtomicInteger();
  private volatile String incarnation = "";

  /** Done when each event loop has turned since it was begun. */
  private Future<Void> turn = Future.succeededFuture();

  private boolean isDeaf;

  /**
   * @param self what to say of this node; called on the event loop, must not block
   * @param deaf called once each time this node ceases to hear itself for {@link #DEAF_MILLIS}
   * @param nanoClock monotonic
   */
  public Heartbeats(
      Vertx vertx,
      Bus bus,
      ReplicaDirectory directory,
      Supplier<Heartbeat> self,
      Runnable deaf,
      LongSupplier nanoClock) {
    this.vertx = vertx;
    this.bus = bus;
    this.directory = directory;
    this.self = self;
    this.deaf = deaf;
    this.nanoClock = nanoClock;
  }

  /**
   * Starts to listen and to publish.
   *
   * @return done when the cluster knows that this node listens, and the first heartbeat is out
   */
  public Future<Void> start() {
    incarnation = self.get().incarnation();
    return bus.listen(Addresses.HEARTBEAT, this::heard)
        .compose(
            consumer -> {
              ear = Optional.of(consumer);
              lastHeardSelf = nanoClock.getAsLong();
              lastHeardOther = lastHeardSelf;
              beats =
                  Optional.of(
                      PeriodicTask.start(
                          vertx, "heartbeat", Addresses.HEARTBEAT_MILLIS, this::beat, nanoClock));
              return beat();
            });
  }

  /**
   * Says goodbye, so that the others need not wait.
   *
   * @return done when this node no longer listens
   */
  public Future<Void> stop() {
    return beats
        .map(PeriodicTask::stop)
        .orElse(Future.succeededFuture())
        .compose(
            stopped -> {
              Heartbeat last = self.get();
              bus.publish(Addresses.HEARTBEAT, new Goodbye(last.node(), last.incarnation()));
              return ear.map(MessageConsumer::unregister).orElse(Future.succeededFuture());
            });
  }

  /** When this node last heard its own heartbeat over the bus, by the clock given. */
  public long lastHeardSelfNanos() {
    return lastHeardSelf;
  }

  /** When this node last heard another one; its start, when it never did. */
  public long lastHeardOtherNanos() {
    return lastHeardOther;
  }

  /** Publishes now, besides the regular beats: something has changed that others wait for. */
  public void beatNow() {
    vertx.runOnContext(
        now -> {
          Heartbeat changed = self.get();
          directory.heard(changed);
          bus.publish(Addresses.HEARTBEAT, changed);
        });
  }

  private Future<Void> beat() {
    Heartbeat now = self.get();
    directory.heard(now);
    if (turn.isComplete()) {
      directory.beat();
      turn = everyEventLoopTurns();
    }
    listenToSilence();
    bus.publish(Addresses.HEARTBEAT, now);
    unheard.incrementAndGet();
    return Future.succeededFuture();
  }

  /** One that is busy may be the one that reads what others say. */
  private Future<Void> everyEventLoopTurns() {
    List<Future<Void>> turns = new ArrayList<>();
    for (EventExecutor loop : ((VertxInternal) vertx).eventLoopGroup()) {
      Promise<Void> turned = Promise.promise();
      loop.execute(turned::complete);
      turns.add(turned.future());
    }
    return Future.all(turns).mapEmpty();
  }

  private void listenToSilence() {
    boolean silent =
        unheard.get() >= DEAF_BEATS && nanoClock.getAsLong() - lastHeardSelf >= DEAF_NANOS;
    if (silent && !isDeaf) {
      log.warn("this node has not heard itself on the bus for {} ms", DEAF_MILLIS);
      isDeaf = true;
      deaf.run();
    }
    isDeaf = silent;
  }

  private void heard(Message message) {
    if (message instanceof Heartbeat heartbeat) {
      directory.heard(heartbeat);
      if (heartbeat.incarnation().equals(incarnation)) {
        lastHeardSelf = nanoClock.getAsLong();
        unheard.set(0);
      } else {
        lastHeardOther = nanoClock.getAsLong();
      }
    } else if (message instanceof Goodbye goodbye) {
      directory.left(goodbye);
    }
  }
}
