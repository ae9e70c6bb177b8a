package com.pygmy.order;

import com.pygmy.cluster.Bus;
import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.domain.Order;
import com.pygmy.store.OrderLog;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.SalesRead;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the catalog's sale stream into the order log: page after page, each consecutive to the
 * last. A page of another store stops it for good. One event loop.
 */
final class SaleTail {

  static final int PAGE = 500;
  static final long REQUEST_TIMEOUT_MILLIS = 1_500;

  private static final String MOVE_AWAY =
      ": stop this node, move its order folder away, and start it again";

  private static final Logger logger = LoggerFactory.getLogger(SaleTail.class);

  private final Bus bus;
  private final ReplicaDirectory directory;
  private final OrderLog orders;
  private final String preferred;
  private final Consumer<List<Order>> appended;
  private volatile Optional<String> trouble = Optional.empty();
  private Future<Long> running = Future.succeededFuture(0L);
  private Future<Long> waiting;
  private volatile Optional<String> stopped = Optional.empty();
  private int failures;

  /**
   * Starts nothing yet.
   *
   * @param preferred the catalog replica to ask when it is ready: that of the same node
   * @param appended is told of every page that the log took
   */
  SaleTail(
      Bus bus,
      ReplicaDirectory directory,
      OrderLog orders,
      String preferred,
      Consumer<List<Order>> appended) {
    this.bus = bus;
    this.directory = directory;
    this.orders = orders;
    this.preferred = preferred;
    this.appended = appended;
  }

  /** Why the tail stopped for good, if it did. Any thread. */
  Optional<String> stopped() {
    return stopped;
  }

  /** Why the log could not take the last page, if so. Any thread. */
  Optional<String> trouble() {
    return trouble;
  }

  /** Done when no page is on its way. */
  Future<Void> idle() {
    return running.transform(ended -> Future.succeededFuture());
  }

  /** Reads on until the log has what the catalog replica asked had; joins a run under way. */
  Future<Long> follow() {
    if (running.isComplete()) {
      running = run(false);
    }
    return running;
  }

  /**
   * Reads on until the log has every sale that was confirmed before this call. Calls that wait for
   * the same run share it.
   *
   * @return the last order number there was
   */
  Future<Long> catchUp() {
    if (waiting == null) {
      Promise<Long> next = Promise.promise();
      waiting = next.future();
      startWhenIdle(next);
      return next.future();
    }
    return waiting;
  }

  private void startWhenIdle(Promise<Long> next) {
    running.onComplete(
        ended -> {
          if (running.isComplete()) {
            waiting = null;
            running = run(true);
            running.onComplete(next);
          } else {
            startWhenIdle(next);
          }
        });
  }

  /** One replica for the whole run: what one has, another may not have yet. */
  private Future<Long> run(boolean confirmed) {
    if (stopped.isPresent()) {
      return Future.failedFuture(stopped.get());
    }
    List<String> ready = directory.ready(Service.CATALOG);
    if (ready.isEmpty()) {
      return Future.failedFuture("no catalog replica is ready");
    }
    boolean prefers = failures == 0 && ready.contains(preferred);
    String replica = prefers ? preferred : ready.get(failures % ready.size());
    return page(replica, confirmed)
        .compose(head -> reach(replica, head))
        .onComplete(ended -> failures = ended.succeeded() ? 0 : failures + 1);
  }

  private Future<Long> reach(String replica, long head) {
    long before = orders.last();
    if (before >= head) {
      return Future.succeededFuture(head);
    }
    return page(replica, false)
        .compose(
            newer ->
                orders.last() > before
                    ? reach(replica, head)
                    : Future.failedFuture("no sale after " + before + " was handed out"));
  }

  /** Asks for one page and appends it. Pages never overlap: one run at a time, page by page. */
  private Future<Long> page(String replica, boolean confirmed) {
    Message request = new Message.ReadSales(orders.last(), PAGE, confirmed);
    return bus.ask(Service.CATALOG, replica, request, REQUEST_TIMEOUT_MILLIS)
        .compose(
            reply ->
                reply instanceof SalesRead page
                    ? append(page, confirmed)
                    : Future.failedFuture("no sales: " + reply));
  }

  private Future<Long> append(SalesRead page, boolean confirmed) {
    Optional<String> foreign = foreign(page, confirmed);
    if (foreign.isPresent()) {
      stop(foreign.get());
      return Future.failedFuture(foreign.get());
    }
    if (page.storeId().isEmpty() || page.sales().isEmpty()) {
      return Future.succeededFuture(page.head());
    }
    return orders
        .append(page.storeId().get(), page.sales())
        .onSuccess(
            written -> {
              trouble = Optional.empty();
              appended.accept(page.sales());
            })
        .onFailure(this::report)
        .map(written -> page.head());
  }

  /** Why this page belongs to another past than the log here, if it does. */
  private Optional<String> foreign(SalesRead page, boolean confirmed) {
    Optional<String> own = orders.storeId();
    if (own.isPresent() && page.storeId().isPresent() && !own.equals(page.storeId())) {
      return Optional.of(
          page.origin()
                  .filter(origin -> origin.parentStoreId().equals(own.get()))
                  .map(
                      origin ->
                          "the catalog's store %s was restored from a back-up of this order log's store %s as of order %d, and this log has %d"
                              .formatted(
                                  page.storeId().get(),
                                  own.get(),
                                  origin.parentOrders(),
                                  orders.last()))
                  .orElseGet(
                      () ->
                          "the catalog's store is %s, this order log is of %s"
                              .formatted(page.storeId().get(), own.get()))
              + MOVE_AWAY);
    }
    if (confirmed && page.head() < orders.last()) {
      return Optional.of(
          "the catalog's last order is %d, this order log has %d"
                  .formatted(page.head(), orders.last())
              + MOVE_AWAY);
    }
    return Optional.empty();
  }

  private void report(Throwable failure) {
    if (failure instanceof OrderLog.ForeignStoreException) {
      stop(failure.getMessage());
    } else if (trouble.isEmpty()) {
      logger.error("the order log takes no sales: {}", failure.getMessage());
    }
    trouble = Optional.of("the order log takes no sales: " + failure.getMessage());
  }

  private void stop(String why) {
    stopped = Optional.of(why);
    logger.error("the sale tail stops: {}", why);
  }
}
