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
  Future<Decision> buy(Command.PlaceOrder command, String requestId) {
    Message request = new Message.Buy(command);
    String session = command.purchase().customer().orElse(command.key());
    Buying buying = new Buying(replicas, request, session, Optional.of(requestId));
    return new UntilDecided(vertx, nanoClock, deadlines, command.key(), buying).decide();
  }

  /** The order of a number, linearizably. */
  Future<Optional<Order>> find(long number, String session, String requestId) {
    return read(new Message.FindOrder(number), Message.OrderFound.class, session, requestId)
        .map(Message.OrderFound::order);
  }

  /** The orders of a customer, or of all, after a number. */
  Future<OrdersListed> list(Optional<String> customer, long after, int limit, String requestId) {
    Message request = new Message.ListOrders(customer, after, limit);
    return read(request, OrdersListed.class, customer.orElse(""), requestId);
  }

  private <T extends Message> Future<T> read(
      Message request, Class<T> answer, String session, String requestId) {
    return new UntilRead<>(
            vertx,
            nanoClock,
            deadlines,
            replicas,
            Service.ORDER,
            session,
            request,
            answer,
            requestId)
        .read();
  }

  /** A buy as the order replicas take it. */
  private record Buying(
      Replicas replicas, Message request, String session, Optional<String> requestId)
      implements Deciders {

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
      return replicas
          .ask(Service.ORDER, replica, request, timeoutMillis, requestId)
          .map(Buying::answer);
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
