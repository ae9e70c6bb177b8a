package com.pygmy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cluster.ClusteredVertx.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The lock on a Vert.x that is not clustered: many contenders of one JVM. */
final class ClusterLockTest {

  private Vertx vertx;

  @BeforeEach
  void start() {
    vertx = ClusteredVertx.local(Metrics.none());
  }

  @AfterEach
  void stop() throws Exception {
    TestCluster.await(vertx.close());
  }

  @Test
  void neverHasTwoHoldersAmongSixtyContenders() throws Exception {
    assertNeverTwoHolders(List.of(vertx), 60);
  }

  @Test
  void holderKeepsItAndTheOtherGivesUpInTime() throws Exception {
    ClusterLock holder = lock("a", System::nanoTime);
    assertTrue(TestCluster.await(holder.acquire(1_000)));
    ClusterLock other = lock("b", System::nanoTime);
    assertFalse(TestCluster.await(other.acquire(4_000)), "longer than a takeover takes");
    assertTrue(holder.holdsNow());
    assertFalse(other.holdsNow());
  }

  @Test
  void releaseLetsAnotherInWithoutWaitingForATakeover() throws Exception {
    ClusterLock holder = lock("a", System::nanoTime);
    assertTrue(TestCluster.await(holder.acquire(1_000)));
    ClusterLock other = lock("b", System::nanoTime);
    other.contend();
    Future<Void> released = holder.release();
    assertFalse(holder.holdsNow(), "from the moment it is released");
    TestCluster.await(released);
    TestCluster.until(1_500, other::holdsNow);
  }

  @Test
  void lateHolderReleasesNobodyElsesLock() throws Exception {
    AtomicLong frozen = new AtomicLong(System.nanoTime());
    ClusterLock sleeper = lock("a", frozen::get);
    assertTrue(TestCluster.await(sleeper.acquire(1_000)));
    TestCluster.await(
        vertx
            .sharedData()
            .<String, String>getAsyncMap("pygmy.lock")
            .compose(map -> map.put("job", "b:1")));
    TestCluster.await(sleeper.release());
    String left =
        TestCluster.await(
            vertx
                .sharedData()
                .<String, String>getAsyncMap("pygmy.lock")
                .compose(map -> map.get("job")));
    assertEquals("b:1", left);
  }

  @Test
  void canBeTakenAgainAfterARelease() throws Exception {
    ClusterLock lock = lock("a", System::nanoTime);
    for (int i = 0; i < 5; i++) {
      assertTrue(TestCluster.await(lock.acquire(1_000)));
      TestCluster.await(lock.release());
    }
  }

  private ClusterLock lock(String owner, java.util.function.LongSupplier clock) {
    return new ClusterLock(vertx, "job", owner, clock);
  }

  /** All contend at once; whoever gets it works a moment under it and lets go. */
  static void assertNeverTwoHolders(List<Vertx> nodes, int each) throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Future<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < nodes.size() * each; i++) {
      Vertx node = nodes.get(i % nodes.size());
      ClusterLock lock = new ClusterLock(node, "many", "c" + i, System::nanoTime);
      all.add(
          lock.acquire(55_000)
              .compose(
                  held -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    return node.timer(5);
                  })
              .compose(
                  worked -> {
                    boolean held = lock.holdsNow();
                    inside.decrementAndGet();
                    return lock.release().map(held);
                  }));
    }
    for (Future<Boolean> one : all) {
      assertTrue(TestCluster.await(one), "held it while it worked");
    }
    assertEquals(1, most.get(), "holders at a time");
  }
}
