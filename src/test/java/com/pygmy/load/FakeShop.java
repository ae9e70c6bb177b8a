package com.pygmy.load;

import static com.pygmy.cli.FakeFrontend.answer;
import static com.pygmy.cli.FakeFrontend.problem;

import com.pygmy.cli.FakeFrontend;
import com.pygmy.cli.FakeFrontend.Heard;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;

/**
 * A shop of a few books behind one frontend, which is honest unless a test has it lie. Its requests
 * come on one event loop.
 */
final class FakeShop implements AutoCloseable {

  static final int BOOKS = 120;
  private static final int PRICE = 250;

  private final FakeFrontend frontend;
  private final Map<String, JsonObject> orders = new LinkedHashMap<>();
  private final int stock;
  private final Lie lie;

  /** What is answered instead of the truth. */
  record Said(int status, String body) {
    Said(int status, JsonObject body) {
      this(status, body.encode());
    }
  }

  /** Turns a request and the true answer into another one, or the same. */
  interface Lie extends BiFunction<Heard, Said, Said> {}

  FakeShop(Vertx vertx) throws TimeoutException {
    this(vertx, 1_000, (heard, said) -> said);
  }

  FakeShop(Vertx vertx, int stock, Lie lie) throws TimeoutException {
    this.stock = stock;
    this.lie = lie;
    this.frontend = new FakeFrontend(vertx, this::take);
  }

  String url() {
    return frontend.url();
  }

  List<Heard> heard(String method) {
    return frontend.heard.stream().filter(one -> one.method().equals(method)).toList();
  }

  private void take(HttpServerRequest request, Heard heard) {
    Said said = lie.apply(heard, truth(heard));
    answer(request, said.status(), said.body());
  }

  private Said truth(Heard heard) {
    String path = heard.uri();
    if (heard.method().equals("POST")) {
      return stock == 0
          ? new Said(409, problem("out-of-stock", "none"))
          : new Said(201, orders.computeIfAbsent(heard.key(), key -> order(key, heard.json())));
    } else if (path.startsWith("/books?")) {
      return page(path);
    } else if (path.startsWith("/books/")) {
      int id = Integer.parseInt(path.substring("/books/".length()));
      return new Said(200, new JsonObject().put("id", id).put("stock", Math.max(1, stock)));
    } else if (path.startsWith("/orders?key=")) {
      return new Said(200, orders.get(path.substring("/orders?key=".length())));
    }
    int number = Integer.parseInt(path.substring("/orders/".length()));
    JsonObject shown = new ArrayList<>(orders.values()).get(number - 1).copy();
    Object unused = shown.remove("key");
    return new Said(200, shown);
  }

  private static Said page(String path) {
    boolean isFirst = !path.contains("after=");
    JsonArray items = new JsonArray();
    for (int id = isFirst ? 1 : 101; id <= (isFirst ? 100 : BOOKS); id++) {
      items.add(new JsonObject().put("id", id));
    }
    JsonObject page = new JsonObject().put("items", items);
    return new Said(200, isFirst ? page.put("next", "a+b") : page);
  }

  private JsonObject order(String key, JsonObject asked) {
    JsonObject line = asked.getJsonArray("items").getJsonObject(0);
    return new JsonObject()
        .put("number", orders.size() + 1)
        .put("key", key)
        .put("items", new JsonArray().add(line.copy().put("priceCents", PRICE)))
        .put("totalCents", PRICE * line.getInteger("quantity"))
        .put("at", "2026-01-02T03:04:05Z");
  }

  @Override
  public void close() throws TimeoutException {
    frontend.close();
  }
}
