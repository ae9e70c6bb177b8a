package com.pygmy.catalog;

import com.pygmy.store.CatalogStore;
import com.pygmy.store.FoundBooks;
import com.pygmy.wire.Message;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Full-text search, on a thread of its own: a search may take tens of milliseconds, and no other
 * read shall wait for it. Belongs to one event loop.
 *
 * <p>A page shows nothing that a sale changes. So it need not wait until the sales before it are
 * written, only until the last change of a book's description is, and is then exact.
 *
 * <p>More than it can do it sheds: the answer is {@link Message.Overloaded}.
 */
final class Searches {

  /** Searches that wait, at most. */
  static final int MAX_WAITING = 64;

  /**
   * One that has waited for longer, for the database or for the thread, is dropped: whoever typed
   * it has typed on since, and the frontend that asked will soon ask another replica.
   */
  static final long MAX_WAIT_MILLIS = 1_000;

  private final String replica;
  private final CatalogStore store;
  private final LongSupplier nanoClock;
  private WorkerExecutor thread;
  private int waiting;

  Searches(String replica, CatalogStore store, LongSupplier nanoClock) {
    this.replica = replica;
    this.store = store;
    this.nanoClock = nanoClock;
  }

  void start(Vertx vertx) {
    thread = vertx.createSharedWorkerExecutor(threadName(replica), 1);
  }

  static String threadName(String replica) {
    return "pygmy-search-" + replica;
  }

  Future<Void> stop() {
    return thread.close();
  }

  /** To be called after a read point that was confirmed for it. */
  Future<Message> find(Message.SearchBooks search, Context context) {
    if (waiting >= MAX_WAITING) {
      return Future.succeededFuture(
          new Message.Overloaded("more than " + MAX_WAITING + " searches at once"));
    }
    waiting++;
    long came = nanoClock.getAsLong();
    long asOf = store.applied().index();
    return Future.fromCompletionStage(store.whenDescribed(), context)
        .compose(written -> thread.executeBlocking(() -> answer(search, asOf, came), true))
        .onComplete(done -> waiting--);
  }

  private Message answer(Message.SearchBooks search, long asOf, long came) {
    if (nanoClock.getAsLong() - came > TimeUnit.MILLISECONDS.toNanos(MAX_WAIT_MILLIS)) {
      return new Message.Overloaded(
          "the search has waited for more than " + MAX_WAIT_MILLIS + " ms");
    }
    int limit = Math.max(1, Math.min(search.limit(), CatalogVerticle.MAX_PAGE));
    FoundBooks found = store.search(search.words(), search.after(), limit);
    return new Message.BooksFound(asOf, found.books(), found.more(), found.afterIsLost());
  }
}
