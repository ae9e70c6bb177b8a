package com.pygmy.catalog;

import com.pygmy.Ports;
import com.pygmy.cluster.Bus;
import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.Decision;
import com.pygmy.replication.ReplicatedLog;
import com.pygmy.replication.ratis.Outside;
import com.pygmy.replication.ratis.RatisLog;
import com.pygmy.replication.ratis.Settings;
import com.pygmy.store.CatalogStore;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Service;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGeneratorFactory;

/**
 * A catalog replica in this JVM: a real database, a real log, on the bus of a Vert.x that has one
 * worker thread.
 */
final class ReplicaOnTheBus implements AutoCloseable {

  static final String NAME = "c1";
  static final long PATIENCE_SECONDS = 30;

  final Vertx vertx;
  final Bus bus;
  final CatalogStore store;
  final ReplicatedLog<Decision> log;
  private final BlockingQueue<Throwable> fatal = new LinkedBlockingQueue<>();

  /**
   * @param replicas of the conf, of which only this one runs
   */
  ReplicaOnTheBus(Path folder, int replicas) throws Exception {
    vertx = Vertx.vertx(new VertxOptions().setWorkerPoolSize(1));
    bus = new Bus(vertx);
    Outside outside =
        new Outside(
            System::nanoTime,
            System::currentTimeMillis,
            RandomGeneratorFactory.of("L64X128MixRandom").create(1),
            fatal::add);
    store =
        CatalogStore.open(
            folder.resolve("catalog.db"),
            CatalogStore.Settings.defaults(),
            System::nanoTime,
            fatal::add);
    List<Settings.Replica> all = new ArrayList<>();
    for (int i = 1; i <= replicas; i++) {
      all.add(new Settings.Replica("c" + i, "127.0.0.1", Ports.free()));
    }
    Settings settings = Settings.of("test", NAME, all, folder.resolve("raft"));
    log = RatisLog.start(settings, new CatalogStateMachine(store), outside);
    await(
        vertx.deployVerticle(
            new CatalogVerticle(
                NAME,
                store,
                log,
                bus,
                Optional.empty(),
                new SimpleMeterRegistry(),
                folder.resolve("backups"),
                System::nanoTime)));
  }

  ReplicaOnTheBus untilItLeads() {
    until("it leads", () -> log.leadership().ready());
    return this;
  }

  void found(String storeId, List<NewBook> books) {
    await(new Founder(store, log, books, () -> storeId).foundIfDue());
  }

  Future<Message> send(Message request) {
    return bus.ask(Service.CATALOG, NAME, request, TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
  }

  Message ask(Message request) {
    return await(send(request));
  }

  static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  static void until(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited in vain until " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  @Override
  public void close() {
    await(vertx.close());
    log.close();
    store.close();
    if (!fatal.isEmpty()) {
      throw new AssertionError("the replica failed", fatal.peek());
    }
  }
}
