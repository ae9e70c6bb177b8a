package com.pygmy.load;

import com.pygmy.cli.Answer;
import com.pygmy.cli.Request;
import com.pygmy.cli.ShopClient;
import com.pygmy.load.Choices.Choice;
import com.pygmy.load.Verdict.Fine;
import com.pygmy.wire.json.JsonKeys;
import com.pygmy.wire.json.Route;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Looks a book up, perhaps buys it, and then reads the order back. Has a frontend where it is at
 * home: driven away from there, it comes back after a while. On one event loop.
 */
final class Customer {

  private static final long AWAY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ShopClient shop;
  private final int home;
  private final Meter meter;
  private final LongSupplier nanos;
  private final Supplier<String> keys;
  private ShopClient client;

  /** When it was driven away from home; empty: it was not. */
  private OptionalLong drivenAway = OptionalLong.empty();

  Customer(ShopClient shop, int home, Meter meter, LongSupplier nanos, Supplier<String> keys) {
    this.shop = shop;
    this.home = home;
    this.meter = meter;
    this.nanos = nanos;
    this.keys = keys;
    goHome();
  }

  private void goHome() {
    client = shop.fellow(home, this::retried);
    drivenAway = OptionalLong.empty();
  }

  private void retried() {
    long now = nanos.getAsLong();
    meter.retried(now);
    if (drivenAway.isEmpty()) {
      drivenAway = OptionalLong.of(now);
    }
  }

  /**
   * One visit to the shop; it never fails. Is true if everything was answered.
   *
   * @param due when it should begin: its first latency counts from there, the others from the
   *     answer before
   */
  Future<Boolean> visit(Choice choice, long due) {
    if (drivenAway.isPresent() && nanos.getAsLong() - drivenAway.getAsLong() > AWAY_NANOS) {
      goHome();
    }
    Request lookup = Request.read(Route.READ_BOOK.path(choice.book()));
    return ask(Kind.LOOKUP, due, lookup, answer -> Check.book(answer, choice.book()))
        .compose(
            verdict ->
                verdict instanceof Fine found && choice.buys()
                    ? buy(choice, found.body())
                    : Future.succeededFuture(isAnswered(verdict)))
        .map(
            isAnswered -> {
              meter.visited();
              return isAnswered;
            });
  }

  private Future<Boolean> buy(Choice choice, JsonObject book) {
    if (book.getInteger(JsonKeys.STOCK) == 0) {
      meter.soldOut();
      return Future.succeededFuture(true);
    }
    Basket basket = new Basket(choice.book(), choice.quantity(), keys.get());
    Request order = Request.change("POST", Route.PLACE_ORDER.path(), basket.key(), basket.body());
    return ask(Kind.BUY, nanos.getAsLong(), order, answer -> Check.receipt(answer, basket))
        .compose(
            verdict ->
                verdict instanceof Fine bought
                    ? readBack(bought.body(), choice.byKey())
                    : Future.succeededFuture(isAnswered(verdict)));
  }

  private Future<Boolean> readBack(JsonObject receipt, boolean byKey) {
    String path =
        byKey
            ? Route.FIND_ORDERS.path()
                + "?key="
                + URLEncoder.encode(receipt.getString(JsonKeys.KEY), StandardCharsets.UTF_8)
            : Route.READ_ORDER.path(receipt.getLong(JsonKeys.NUMBER));
    return ask(
            Kind.ORDER,
            nanos.getAsLong(),
            Request.read(path),
            answer -> Check.order(answer, receipt, byKey))
        .map(Customer::isAnswered);
  }

  private Future<Verdict> ask(
      Kind kind, long due, Request request, Function<Answer, Verdict> judge) {
    meter.begun(kind, nanos.getAsLong());
    return client
        .ask(request)
        .map(
            answer -> {
              Verdict verdict = judge.apply(answer);
              meter.ended(kind, due, nanos.getAsLong(), verdict);
              return verdict;
            });
  }

  private static boolean isAnswered(Verdict verdict) {
    return !(verdict instanceof Verdict.Unanswered);
  }
}
