package com.pygmy.cluster;

import com.pygmy.Ports;
import com.pygmy.cluster.ClusterSettings.Endpoint;
import com.pygmy.cluster.ClusteredVertx.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Clustered Vert.x instances in this JVM, on loopback, and ways to wait for them. */
final class TestCluster {

  private static final long LONGEST_SECONDS = 60;

  private TestCluster() {}

  /** All started at once. */
  static List<Vertx> start(String name, int size) throws Exception {
    List<Endpoint> members = freeEndpoints(size);
    List<Future<Vertx>> starting = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      starting.add(start(name, i, members));
    }
    List<Vertx> all = new ArrayList<>();
    for (Future<Vertx> one : starting) {
      all.add(await(one));
    }
    return all;
  }

  static Future<Vertx> start(String name, int index, List<Endpoint> members) {
    return ClusteredVertx.start(
        new ClusterSettings(name, "n" + index, members.get(index), 0, members, Optional.empty()),
        Metrics.none());
  }

  static List<Endpoint> freeEndpoints(int count) {
    return Ports.free(count).stream().map(port -> new Endpoint("127.0.0.1", port)).toList();
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(LONGEST_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Waits until it holds; fails after {@code millis}. Returns how long it took, in milliseconds.
   */
  static long until(long millis, BooleanSupplier holds) throws InterruptedException {
    long start = System.nanoTime();
    while (!holds.getAsBoolean()) {
      long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      if (waited > millis) {
        throw new AssertionError("not so within " + millis + " ms");
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  static void close(List<Vertx> all) throws Exception {
    List<Future<Void>> closing = all.stream().map(Vertx::close).toList();
    for (Future<Void> one : closing) {
      await(one);
    }
  }
}
