package com.pygmy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cluster.ClusteredVertx.Metrics;
import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class HeartbeatsTest {

  private final AtomicLong ahead = new AtomicLong();
  private final AtomicInteger deaf = new AtomicInteger();
  private final ReplicaDirectory directory = new ReplicaDirectory();
  private final AtomicInteger beaten = new AtomicInteger();
  private volatile Thread beating;
  private Vertx vertx;
  private Bus bus;
  private Heartbeats heartbeats;

  @BeforeEach
  void start() throws Exception {
    vertx = ClusteredVertx.local(Metrics.none());
    bus = new Bus(vertx);
    heartbeats =
        new Heartbeats(
            vertx,
            bus,
            directory,
            this::own,
            deaf::incrementAndGet,
            () -> System.nanoTime() + ahead.get());
    TestCluster.await(heartbeats.start());
  }

  @AfterEach
  void stop() throws Exception {
    TestCluster.await(vertx.close());
  }

  private Heartbeat own() {
    beaten.incrementAndGet();
    beating = Thread.currentThread();
    return heartbeat("n1", "a");
  }

  static Heartbeat heartbeat(String node, String incarnation) {
    return new Heartbeat(
        node,
        incarnation,
        Optional.empty(),
        false,
        List.of(
            new ReplicaState(node, Service.ORDER, Role.SERVING, 0, 0, true, Optional.empty(), "")));
  }

  @Test
  void knowsItselfFromTheStart() {
    assertEquals(List.of(heartbeat("n1", "a")), directory.nodes());
  }

  @Test
  void hearsItselfAndOthersAgainAndAgain() throws Exception {
    long start = heartbeats.lastHeardSelfNanos();
    long other = heartbeats.lastHeardOtherNanos();
    TestCluster.until(5_000, () -> heartbeats.lastHeardSelfNanos() > start);
    long second = heartbeats.lastHeardSelfNanos();
    TestCluster.until(5_000, () -> heartbeats.lastHeardSelfNanos() > second);
    assertEquals(other, heartbeats.lastHeardOtherNanos());
    bus.publish(Addresses.HEARTBEAT, heartbeat("n2", "b"));
    TestCluster.until(5_000, () -> directory.nodes().size() == 2);
    assertTrue(heartbeats.lastHeardOtherNanos() > other);
    assertEquals(List.of("n1", "n2"), directory.ready(Service.ORDER));
  }

  /** It may be the one that reads what others say, so that nobody can be heard. */
  @Test
  void whileAnEventLoopIsBusyNobodyIsForgotten() throws Exception {
    TestCluster.until(5_000, () -> beaten.get() > 1);
    EventExecutor busy =
        StreamSupport.stream(((VertxInternal) vertx).eventLoopGroup().spliterator(), false)
            .filter(loop -> !loop.inEventLoop(beating))
            .findFirst()
            .orElseThrow();
    CountDownLatch free = new CountDownLatch(1);
    try {
      busy.execute(() -> awaitQuietly(free));
      directory.heard(heartbeat("n2", "b"));
      int from = beaten.get();
      TestCluster.until(10_000, () -> beaten.get() - from > 2 * ReplicaDirectory.FORGET_BEATS);
      assertEquals(List.of("n1", "n2"), directory.ready(Service.ORDER));
    } finally {
      free.countDown();
    }
    TestCluster.until(5_000, () -> directory.nodes().size() == 1);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void saysGoodbyeWhenItStops() throws Exception {
    ReplicaDirectory elsewhere = new ReplicaDirectory();
    TestCluster.await(
        bus.listen(
            Addresses.HEARTBEAT,
            message -> {
              if (message instanceof Heartbeat heartbeat) {
                elsewhere.heard(heartbeat);
              } else if (message instanceof com.pygmy.wire.Message.Goodbye goodbye) {
                elsewhere.left(goodbye);
              }
            }));
    TestCluster.until(5_000, () -> elsewhere.nodes().size() == 1);
    TestCluster.await(heartbeats.stop());
    TestCluster.until(5_000, () -> elsewhere.nodes().isEmpty());
  }

  @Test
  void leapOfTheClockAloneMakesNobodyDeaf() throws Exception {
    ahead.addAndGet(TimeUnit.SECONDS.toNanos(10));
    long now = heartbeats.lastHeardSelfNanos();
    TestCluster.until(5_000, () -> heartbeats.lastHeardSelfNanos() > now);
    assertEquals(0, deaf.get());
  }

  @Test
  void callsOnceWhenItNoLongerHearsItself() throws Exception {
    Heartbeats cut =
        new Heartbeats(
            vertx,
            bus,
            directory,
            new java.util.function.Supplier<>() {
              private int calls;

              /** Others are heard under this address, never the incarnation it began with. */
              @Override
              public Heartbeat get() {
                return heartbeat("n3", "x" + calls++);
              }
            },
            deaf::incrementAndGet,
            System::nanoTime);
    TestCluster.await(cut.start());
    long millis = TestCluster.until(8_000, () -> deaf.get() > 0);
    assertTrue(millis > Heartbeats.DEAF_MILLIS / 2, "after " + millis + " ms");
    long heard = heartbeats.lastHeardSelfNanos();
    TestCluster.until(
        8_000, () -> heartbeats.lastHeardSelfNanos() - heard > TimeUnit.MILLISECONDS.toNanos(600));
    assertEquals(1, deaf.get());
  }
}
