package com.pygmy.order;

import com.pygmy.cluster.Bus;
import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.domain.Command.PlaceOrder;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Order;
import com.pygmy.store.OrderLog;
import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Answer;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One order replica on the bus: takes buys and sends them to the catalog leader, keeps the whole
 * order log by tailing the sale stream, and answers for orders. It decides nothing: that a key is
 * unknown, or a buy refused, only the log can tell.
 */
public final class OrderVerticle extends VerticleBase {

  /** How often the sale stream is asked for, when no hint comes first. */
  static final long POLL_MILLIS = 200;

  /** How often new leaders, slow requests, and buys that waited too long are looked for. */
  static final long TICK_MILLIS = 50;

  /** What is under way when this replica stops is given so long; what is not goes back at once. */
  static final long DRAIN_MILLIS = 2_000;

  /** A read waits for the log to catch up no longer than this. */
  static final long CATCH_UP_MILLIS = 2_000;

  /** Orders in one answer, at most. */
  static final int MAX_PAGE = 100;

  private final String replica;
  private final Bus bus;
  private final OrderLog orders;
  private final ReplicaDirectory directory;
  private final KnownSales known = new KnownSales();
  private final BuyGatherer gatherer;
  private final SaleTail tail;
  private final List<MessageConsumer<Message>> consumers = new ArrayList<>();
  private volatile boolean caughtUp;

  /**
   * A replica that starts nothing yet.
   *
   * @param nanoClock monotonic
   */
  public OrderVerticle(
      String replica,
      OrderLog orders,
      Bus bus,
      ReplicaDirectory directory,
      LongSupplier nanoClock) {
    this.replica = replica;
    this.orders = orders;
    this.directory = directory;
    this.bus = bus;
    this.gatherer = new BuyGatherer(bus, directory, nanoClock, this::nextTurn);
    this.tail = new SaleTail(bus, directory, orders, replica, known::add);
  }

  /** For the heartbeat. Ready once it has had every sale there was at some moment. Any thread. */
  public ReplicaState state() {
    Optional<String> trouble = tail.stopped().or(tail::trouble);
    boolean ready = caughtUp && trouble.isEmpty();
    String detail = trouble.orElse(ready ? "" : "catching up, has the orders to " + orders.last());
    return new ReplicaState(
        replica, Service.ORDER, Role.SERVING, 0, orders.last(), ready, orders.storeId(), detail);
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(TICK_MILLIS, timer -> gatherer.tick());
    vertx.setPeriodic(POLL_MILLIS, timer -> poll());
    return Future.all(
            bus.serve(Service.ORDER, replica, this::answer).onSuccess(consumers::add),
            bus.listen(Addresses.SALES, hint -> follow()).onSuccess(consumers::add))
        .mapEmpty();
  }

  @Override
  public Future<?> stop() {
    return Future.join(consumers.stream().map(MessageConsumer::unregister).toList())
        .transform(
            unregistered -> {
              gatherer.giveBackUnsent();
              return Future.join(gatherer.idle(), tail.idle());
            })
        .timeout(DRAIN_MILLIS, TimeUnit.MILLISECONDS)
        .otherwiseEmpty();
  }

  private void nextTurn(Runnable task) {
    context.runOnContext(now -> task.run());
  }

  private void poll() {
    if (caughtUp) {
      follow();
    } else {
      tail.catchUp().onSuccess(head -> caughtUp = true);
    }
  }

  private void follow() {
    // A failed run is nothing to act on: the next poll asks another catalog replica.
    tail.follow().onFailure(failure -> {});
  }

  private Future<Message> answer(Message request) {
    if (tail.stopped().isPresent()) {
      // What is here may be of another past: nothing of it is told.
      return unavailable(tail.stopped().get());
    } else if (request instanceof Message.Buy buy) {
      return buy(buy.command()).map(Message.Bought::new);
    } else if (request instanceof Message.FindOrder find) {
      return find(find.number());
    } else if (request instanceof Message.ListOrders list) {
      return list(list);
    } else {
      return unavailable("an order replica takes no " + request.getClass().getSimpleName());
    }
  }

  private Future<Answer> buy(PlaceOrder command) {
    Optional<Decision> decided = mayBeTold() ? known.decided(command) : Optional.empty();
    if (decided.isPresent()) {
      return Future.succeededFuture(new Answer.Decided(0, decided.get()));
    }
    return gatherer
        .buy(command)
        .compose(
            answer ->
                answer instanceof Answer.Unknown
                    ? knownSale(command, answer)
                    : Future.succeededFuture(answer));
  }

  /** Nobody can tell: is there a sale with this key that this replica holds? */
  private Future<Answer> knownSale(PlaceOrder command, Answer otherwise) {
    if (!mayBeTold()) {
      return Future.succeededFuture(otherwise);
    }
    return orders
        .byKey(command.key())
        .map(
            sale ->
                sale.<Answer>map(order -> new Answer.Decided(0, KnownSales.replay(order, command)))
                    .orElse(otherwise))
        .otherwise(otherwise);
  }

  /** Only once the catalog has agreed to what is here: it may have been restored meanwhile. */
  private boolean mayBeTold() {
    return caughtUp && tail.stopped().isEmpty() && !leaderIsOfAnotherStore();
  }

  /** It says so in its heartbeats, which may be heard before the sale stream is asked again. */
  private boolean leaderIsOfAnotherStore() {
    return directory
        .leader()
        .flatMap(ReplicaState::storeId)
        .filter(storeId -> !orders.storeId().equals(Optional.of(storeId)))
        .isPresent();
  }

  private Future<Message> find(long number) {
    Future<Long> reached =
        mayBeTold() && number <= orders.last() ? Future.succeededFuture(orders.last()) : caughtUp();
    return reached
        .compose(
            last ->
                number <= last
                    ? orders.byNumber(number)
                    : Future.succeededFuture(Optional.<Order>empty()))
        .<Message>map(Message.OrderFound::new)
        .otherwise(failure -> new Message.Unavailable(failure.getMessage()));
  }

  private Future<Message> list(Message.ListOrders list) {
    int limit = Math.max(1, Math.min(list.limit(), MAX_PAGE));
    return caughtUp()
        .compose(head -> page(list, limit + 1))
        .<Message>map(
            found -> {
              boolean more = found.size() > limit;
              return new Message.OrdersListed(more ? found.subList(0, limit) : found, more);
            })
        .otherwise(failure -> new Message.Unavailable(failure.getMessage()));
  }

  private Future<List<Order>> page(Message.ListOrders list, int limit) {
    return list.customer().isPresent()
        ? orders.byCustomer(list.customer().get(), list.after(), limit)
        : orders.after(list.after(), limit);
  }

  private Future<Long> caughtUp() {
    return tail.catchUp().timeout(CATCH_UP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static Future<Message> unavailable(String why) {
    return Future.succeededFuture(new Message.Unavailable(why));
  }
}
