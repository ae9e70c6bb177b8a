package com.pygmy.frontend;

import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Order;
import com.pygmy.frontend.FrontendSettings.Deadlines;
import com.pygmy.frontend.UntilDecided.Deciders;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Answer;
import com.pygmy.wire.Message.OrdersListed;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What a frontend asks of the order replicas. Belongs to one event loop. */
final class OrderClient {

  private final Vertx vertx;
  private final LongSupplier nanoClock;
  private final Deadlines deadlines;
  private final Replicas replicas;

  OrderClient(Vertx vertx, LongSupplier nanoClock, Deadlines deadlines, Replicas replicas) {
    this.vertx = vertx;
    this.nanoClock = nanoClock;
    this.deadlines = deadlines;
    this.replicas = replicas;
  }

  /**
   * Has a buy decided, by whatever order replica can. Every attempt carries the same key and the
   * same admitted index. See {@link UntilDecided} for how it may end.
   */
  Future<Decision> buy(Command.PlaceOrder command) {
    Message request = new Message.Buy(command);
    String session = command.purchase().customer().orElse(command.key());
    return new UntilDecided(
            vertx, nanoClock, deadlines, command.key(), new Buying(replicas, request, session))
        .decide();
  }

  /** The order of a number, linearizably. */
  Future<Optional<Order>> find(long number, String session) {
    return read(new Message.FindOrder(number), Message.OrderFound.class, session)
        .map(Message.OrderFound::order);
  }

  /** The orders of a customer, or of all, after a number. */
  Future<OrdersListed> list(Optional<String> customer, long after, int limit) {
    return read(
        new Message.ListOrders(customer, after, limit), OrdersListed.class, customer.orElse(""));
  }

  private <T extends Message> Future<T> read(Message request, Class<T> answer, String session) {
    return new UntilRead<>(
            vertx, nanoClock, deadlines, replicas, Service.ORDER, session, request, answer)
        .read();
  }

  /** A buy as the order replicas take it. */
  private record Buying(Replicas replicas, Message request, String session) implements Deciders {

    /** Without the catalog no order replica can have it decided. */
    @Override
    public Optional<String> obstacle() {
      return replicas.missing(Service.CATALOG, Service.ORDER);
    }

    @Override
    public List<String> inOrder() {
      return replicas.inOrder(Service.ORDER, session);
    }

    @Override
    public Future<Answer> ask(String replica, long timeoutMillis) {
      return replicas.ask(Service.ORDER, replica, request, timeoutMillis).map(Buying::answer);
    }

    @Override
    public void suspect(String replica) {
      replicas.suspect(Service.ORDER, replica);
    }

    private static Answer answer(Message message) {
      if (message instanceof Message.Bought bought) {
        // an order replica looks for the leader itself: its hint names nobody that we could ask
        return bought.answer() instanceof Answer.NotLeader
            ? new Answer.NotLeader(Optional.empty())
            : bought.answer();
      } else if (message instanceof Message.Unavailable unavailable) {
        return new Answer.Unavailable(unavailable.why());
      }
      return new Answer.Unknown("an answer to something else");
    }
  }
}
