package com.pygmy.order;

import com.pygmy.cluster.Bus;
import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command.PlaceOrder;
import com.pygmy.domain.Line;
import com.pygmy.domain.Order;
import com.pygmy.domain.Purchase;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Goodbye;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/** A bus without a cluster, a clock that stands still, and catalogs that say what a test wants. */
final class OrderFixture implements AutoCloseable {

  static final String STORE = "store-1";

  final Vertx vertx = Vertx.vertx();
  final Bus bus = new Bus(vertx);
  final AtomicLong nanos = new AtomicLong();
  final ReplicaDirectory directory = new ReplicaDirectory();
  private final Context context = vertx.getOrCreateContext();

  /** A catalog replica that answers every request so. */
  void catalog(String name, Function<Message, Future<Message>> answers) {
    await(bus.serve(Service.CATALOG, name, answers));
  }

  /** Its heartbeat is heard. */
  void heard(String name, Role role, long term) {
    heard(name, role, term, STORE);
  }

  void heard(String name, Role role, long term, String storeId) {
    ReplicaState state =
        new ReplicaState(name, Service.CATALOG, role, term, 0, true, Optional.of(storeId), "");
    directory.heard(new Heartbeat(name, "i", Optional.empty(), false, List.of(state)));
  }

  /** Its goodbye is heard. */
  void left(String name) {
    directory.left(new Goodbye(name, "i"));
  }

  /** After what waits on the event loop of the tested part. */
  void nextTurn(Runnable task) {
    context.runOnContext(now -> task.run());
  }

  /** On the event loop of the tested part, for it is not thread-safe. */
  <T> Future<T> on(Supplier<Future<T>> call) {
    Promise<T> promise = Promise.promise();
    context.runOnContext(now -> call.get().onComplete(promise));
    return promise.future();
  }

  void run(Runnable call) {
    await(
        on(
            () -> {
              call.run();
              return Future.succeededFuture();
            }));
  }

  void pass(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  static PlaceOrder buy(String key, int book) {
    return new PlaceOrder(
        key, 0, new Purchase(List.of(new Line(new BookId(book), 1)), Optional.empty()));
  }

  static Order sale(long number, PlaceOrder command) {
    BookId book = command.purchase().lines().get(0).book();
    return new Order(
        number, command.key(), List.of(new Order.Sold(book, 1, 100)), Optional.empty(), 7);
  }

  static Order sale(long number) {
    return sale(number, buy("key-" + number, 1));
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
