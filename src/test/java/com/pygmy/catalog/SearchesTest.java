package com.pygmy.catalog;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Words;
import com.pygmy.replication.Position;
import com.pygmy.store.CatalogStore;
import com.pygmy.wire.Message;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
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
            file(), CatalogStore.Settings.defaults(), System::nanoTime, failure -> {});
    searches = new Searches("c1", store, clock::get);
    searches.start(vertx);
    thread = vertx.createSharedWorkerExecutor(Searches.threadName("c1"), 1);
  }

  private Path file() {
    return folder.resolve("catalog.db");
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

  /** Nobody waits for the answer any more, whatever it was that took so long. */
  @Test
  void theWaitUntilTheDatabaseDescribesEveryBookCounts() throws Exception {
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE"); // holds the writer up
      NewBook book = new NewBook(Optional.of(new BookId(1)), "A", "A", "t", 100, 5);
      store.apply(
          new Position(1, 1), 1, List.of(new Command.AddBooks("a", 0, List.of(book), false)));
      Future<Message> late = find();
      clock.addAndGet(WAIT_NANOS + 1);
      statement.execute("ROLLBACK");
      assertInstanceOf(Message.Overloaded.class, ReplicaOnTheBus.await(late));
      assertInstanceOf(Message.BooksFound.class, ReplicaOnTheBus.await(find()));
    }
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
