package com.pygmy.catalog;

import com.pygmy.store.CatalogStore;
import com.pygmy.store.FoundBooks;
import com.pygmy.wire.Message;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;

/**
 * Full-text search, on a thread of its own: a search may take tens of milliseconds, and no other
 * read shall wait for it. Belongs to one event loop.
 *
 * <p>A page shows nothing that a sale changes. So it need not wait until the sales before it are
 * written, only until the last change of a book's description is, and is then exact.
 */
final class Searches {

  /** Searches that wait for the thread, at most. */
  static final int MAX_WAITING = 64;

  private final String replica;
  private final CatalogStore store;
  private WorkerExecutor thread;
  private int waiting;

  Searches(String replica, CatalogStore store) {
    this.replica = replica;
    this.store = store;
  }

  void start(Vertx vertx) {
    thread = vertx.createSharedWorkerExecutor("pygmy-search-" + replica, 1);
  }

  Future<Void> stop() {
    return thread.close();
  }

  /** To be called after a read point that was confirmed for it. */
  Future<Message> find(Message.SearchBooks search, Context context) {
    if (waiting >= MAX_WAITING) {
      return Future.succeededFuture(
          new Message.Unavailable("more than " + MAX_WAITING + " searches at once"));
    }
    waiting++;
    long asOf = store.applied().index();
    int limit = Math.max(1, Math.min(search.limit(), CatalogVerticle.MAX_PAGE));
    return Future.fromCompletionStage(store.whenDescribed(), context)
        .compose(
            written ->
                thread.executeBlocking(
                    () -> store.search(search.words(), search.after(), limit), true))
        .map(found -> answer(asOf, found))
        .onComplete(done -> waiting--);
  }

  private static Message answer(long asOf, FoundBooks found) {
    return new Message.BooksFound(asOf, found.books(), found.more(), found.afterIsLost());
  }
}
