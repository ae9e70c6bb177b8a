package com.pygmy.catalog;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.pygmy.domain.Words;
import com.pygmy.store.CatalogStore;
import com.pygmy.wire.Message;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches of an empty shelf, by a made-up clock. */
final class SearchesTest {

  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(Searches.MAX_WAIT_MILLIS);

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final AtomicLong clock = new AtomicLong();
  private final CountDownLatch free = new CountDownLatch(1);
  private CatalogStore store;
  private Searches searches;
  private WorkerExecutor thread;

  @BeforeEach
  void start() throws Exception {
    store =
        CatalogStore.open(
            folder.resolve("catalog.db"),
            CatalogStore.Settings.defaults(),
            System::nanoTime,
            failure -> {});
    searches = new Searches("c1", store, clock::get);
    searches.start(vertx);
    thread = vertx.createSharedWorkerExecutor(Searches.threadName("c1"), 1);
  }

  @AfterEach
  void stop() {
    free.countDown();
    ReplicaOnTheBus.await(vertx.close());
    store.close();
  }

  @Test
  void whatHasWaitedForMoreThanASecondIsDroppedAndTheRestIsAnswered() {
    Future<Void> busy = occupyTheThread();
    List<Future<Message>> late = Stream.generate(this::find).limit(3).toList();
    clock.addAndGet(1);
    Future<Message> inTime = find();
    clock.addAndGet(WAIT_NANOS);
    free.countDown();
    ReplicaOnTheBus.await(busy);
    for (Future<Message> one : late) {
      assertInstanceOf(Message.Overloaded.class, ReplicaOnTheBus.await(one));
    }
    assertInstanceOf(Message.BooksFound.class, ReplicaOnTheBus.await(inTime));
    assertInstanceOf(Message.BooksFound.class, ReplicaOnTheBus.await(find()));
  }

  private Future<Void> occupyTheThread() {
    return thread.executeBlocking(
        () -> {
          free.await();
          return null;
        });
  }

  /** On its way when this returns. */
  private Future<Message> find() {
    Promise<Future<Message>> asked = Promise.promise();
    context.runOnContext(
        now ->
            asked.complete(
                searches.find(new Message.SearchBooks(Words.of("any"), 0, 10), context)));
    return ReplicaOnTheBus.await(asked.future());
  }
}
