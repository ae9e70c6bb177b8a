package com.pygmy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cluster.ClusteredVertx.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PeriodicTaskTest {

  private static final long EVERY_MILLIS = 5;

  private final AtomicInteger runs = new AtomicInteger();
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
  void runsAgainAfterAFailureOfEitherKind() throws Exception {
    begin(
        () -> {
          if (runs.incrementAndGet() % 2 == 0) {
            throw new IllegalStateException("thrown, as it should");
          }
          return Future.failedFuture("failed, as it should");
        });
    TestCluster.until(5_000, () -> runs.get() > 4);
  }

  @Test
  void neverRunsWhileItsLastRunGoesOn() throws Exception {
    Promise<Void> going = Promise.promise();
    begin(
        () -> {
          runs.incrementAndGet();
          return going.future();
        });
    TestCluster.until(5_000, () -> runs.get() == 1);
    TestCluster.await(vertx.timer(20 * EVERY_MILLIS));
    assertEquals(1, runs.get());
    going.complete();
    TestCluster.until(5_000, () -> runs.get() > 2);
  }

  @Test
  void stopWaitsForTheRunThatGoesOnAndNoneFollows() throws Exception {
    Promise<Void> going = Promise.promise();
    PeriodicTask task =
        begin(
            () -> {
              runs.incrementAndGet();
              return going.future();
            });
    TestCluster.until(5_000, () -> runs.get() == 1);
    Future<Void> stopped = task.stop();
    TestCluster.await(vertx.timer(4 * EVERY_MILLIS));
    assertFalse(stopped.isComplete());
    going.complete();
    TestCluster.await(stopped);
    TestCluster.await(vertx.timer(10 * EVERY_MILLIS));
    assertEquals(1, runs.get());
  }

  @Test
  void undeployStopsIt() throws Exception {
    VerticleBase verticle =
        new VerticleBase() {
          @Override
          public Future<?> start() {
            PeriodicTask task =
                begin(
                    () -> {
                      runs.incrementAndGet();
                      return Future.succeededFuture();
                    });
            return Future.succeededFuture(task);
          }
        };
    String id = TestCluster.await(vertx.deployVerticle(verticle));
    TestCluster.until(5_000, () -> runs.get() > 2);
    TestCluster.await(vertx.undeploy(id));
    int then = runs.get();
    TestCluster.await(vertx.timer(20 * EVERY_MILLIS));
    assertTrue(runs.get() - then <= 1, "one that was under way at most");
  }

  private PeriodicTask begin(Supplier<Future<Void>> run) {
    return PeriodicTask.start(vertx, "test", EVERY_MILLIS, run, System::nanoTime);
  }
}
