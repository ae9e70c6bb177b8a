package com.pygmy.frontend;

import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Limits;
import com.pygmy.domain.Line;
import com.pygmy.domain.Order;
import com.pygmy.domain.Outcome;
import com.pygmy.domain.Purchase;
import com.pygmy.wire.Message.OrdersListed;
import com.pygmy.wire.json.OrderJson;
import com.pygmy.wire.json.OrderJson.Reader;
import com.pygmy.wire.json.RequestJson;
import com.pygmy.wire.json.Route;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Buying, and looking orders up. */
final class Orders {

  /** Orders in one answer. */
  static final int MAX_PAGE = 100;

  private static final int DEFAULT_PAGE = 20;
  private static final Set<String> FIND_PARAMETERS = Set.of("key", "customer", "after", "limit");
  private static final Set<String> BUY_PARAMETERS = Set.of("quantity");

  private final OrderClient orders;
  private final CatalogClient catalog;
  private final CatalogNews news;
  private final ClientLimits limits;
  private final BuyLimit underWay;

  Orders(
      OrderClient orders,
      CatalogClient catalog,
      CatalogNews news,
      ClientLimits limits,
      BuyLimit underWay) {
    this.orders = orders;
    this.catalog = catalog;
    this.news = news;
    this.limits = limits;
    this.underWay = underWay;
  }

  /** {@code POST /orders} */
  Future<Reply> place(Exchange exchange) {
    String key = exchange.key();
    return exchange.body(RequestJson::purchase).compose(purchase -> buy(exchange, key, purchase));
  }

  /** {@code POST /buy/{id}} */
  Future<Reply> buyOne(Exchange exchange) {
    BookId book = exchange.book();
    int quantity =
        (int) exchange.query(BUY_PARAMETERS).integer("quantity", 1, Limits.MAX_QUANTITY, 1);
    Purchase purchase = new Purchase(List.of(new Line(book, quantity)), Optional.empty());
    return buy(exchange, exchange.key(), purchase);
  }

  /** {@code GET /orders/{number}} */
  Future<Reply> byNumber(Exchange exchange) {
    long number = exchange.orderNumber();
    Reader reader = exchange.isAdministrator() ? Reader.OWNER : Reader.STRANGER;
    return orders
        .find(number, exchange.client(), exchange.requestId())
        .map(
            found ->
                found.orElseThrow(
                    () -> new Failure.UnknownOrder(Long.toString(number)).exception()))
        .map(order -> Reply.json(200, OrderJson.order(order, reader)));
  }

  /** {@code GET /orders}: by key for everyone, otherwise for the administrator. */
  Future<Reply> find(Exchange exchange) {
    Query query = exchange.query(FIND_PARAMETERS);
    Optional<String> key = query.text("key");
    return key.isPresent() ? byKey(exchange, query, key.get()) : list(exchange, query);
  }

  private Future<Reply> buy(Exchange exchange, String key, Purchase purchase) {
    limits.requireBuy(exchange.client());
    Command.PlaceOrder command = new Command.PlaceOrder(key, news.admittedIndex(), purchase);
    return underWay
        .admit(() -> orders.buy(command, exchange.requestId()))
        .map(decision -> Granted.of(decision, Outcome.Sold.class))
        .map(
            sold -> {
              Order order = sold.outcome().order();
              return sold.marked(Reply.json(201, OrderJson.order(order, Reader.OWNER)))
                  .with(HttpHeaders.LOCATION, Route.READ_ORDER.path(order.number()));
            });
  }

  private Future<Reply> byKey(Exchange exchange, Query query, String key) {
    if (query.size() > 1) {
      throw new Failure.Invalid("key", "cannot be combined with other parameters").exception();
    }
    if (!Limits.isKey(key)) {
      throw new Failure.Invalid(
              "key", "must be 1 to " + Limits.MAX_KEY_CHARS + " visible ASCII characters")
          .exception();
    }
    return catalog.outcome(key, exchange.requestId()).map(outcome -> answered(key, outcome));
  }

  /** What the buy of this key was answered; keys of other commands are nobody's business here. */
  private static Reply answered(String key, Optional<Outcome> outcome) {
    if (outcome.isPresent() && outcome.get() instanceof Outcome.Sold sold) {
      return Reply.json(200, OrderJson.order(sold.order(), Reader.OWNER));
    } else if (outcome.isPresent()
        && outcome.get() instanceof Outcome.Refused refused
        && refused.why() instanceof Outcome.BuyRefusal) {
      throw new Failure.Refused(refused.why(), true).exception();
    }
    throw new Failure.UnknownOrder("under the key " + key).exception();
  }

  private Future<Reply> list(Exchange exchange, Query query) {
    exchange.requireAdministrator();
    Optional<String> customer = query.text("customer");
    if (customer.isPresent() && !Limits.isText(customer.get(), Limits.MAX_CUSTOMER_CHARS)) {
      throw new Failure.Invalid(
              "customer", "must be 1 to " + Limits.MAX_CUSTOMER_CHARS + " printable characters")
          .exception();
    }
    int limit = (int) query.integer("limit", 1, MAX_PAGE, DEFAULT_PAGE);
    long after = query.integer("after", 0, Long.MAX_VALUE, 0);
    return orders.list(customer, after, limit, exchange.requestId()).map(Orders::page);
  }

  private static Reply page(OrdersListed page) {
    List<Order> orders = page.orders();
    Optional<String> next =
        page.more() && !orders.isEmpty()
            ? Optional.of(Long.toString(orders.get(orders.size() - 1).number()))
            : Optional.empty();
    return Reply.json(200, OrderJson.page(orders, next));
  }
}
