package com.pygmy.chaos;

import com.pygmy.history.Outcome;
import com.pygmy.history.Recorder;
import com.pygmy.history.Request;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Buys, or, as administrator, restocks and sets prices. What fails is asked again under its key, at
 * the next frontend, until its outcome is known.
 */
final class Writer {

  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int CONFLICT = 409;
  private static final String OUT_OF_STOCK = "out-of-stock";
  private static final int MOST_UNITS = 3;
  private static final int MOST_RESTOCKED = 60;

  private final Client client;
  private int sent;

  Writer(Client client) {
    this.client = client;
  }

  /** One of this buyer's two books, or both in one order; some orders are sent once more. */
  Future<Void> buy() {
    Map<Integer, Integer> units = basket();
    JsonArray lines = new JsonArray();
    Map<Integer, Recorder.Call> calls = new HashMap<>();
    units.forEach(
        (book, quantity) -> {
          lines.add(new JsonObject().put("book", book).put("quantity", quantity));
          Request.Buy request = new Request.Buy(quantity);
          calls.put(book, client.recorder().invoke(client.number(), book, request));
        });
    JsonObject order = new JsonObject().put("items", lines);
    String key = key();
    return until(HttpMethod.POST, "/orders", key, order)
        .map(
            said -> {
              said.ifPresent(answer -> note(key, answer));
              calls.forEach(
                  (book, call) -> call.answer(said.map(a -> of(book, a)).orElse(UNKNOWN)));
              return said;
            })
        .compose(
            said ->
                said.isPresent() && client.random().nextInt(8) == 0
                    ? again(key, order)
                    : Future.succeededFuture());
  }

  private Map<Integer, Integer> basket() {
    int first = 1 + client.number() % client.load().books();
    int second = 1 + first % client.load().books();
    Map<Integer, Integer> units = new TreeMap<>();
    int choice = client.random().nextInt(8);
    if (choice != 0) {
      units.put(choice < 5 ? first : second, 1 + client.random().nextInt(MOST_UNITS));
    } else {
      units.put(first, 1 + client.random().nextInt(MOST_UNITS));
      units.put(second, 1 + client.random().nextInt(MOST_UNITS));
    }
    return units;
  }

  private static final Outcome UNKNOWN = new Outcome.Unknown();

  private void note(String key, Reply.Said said) {
    if (said.status() == CREATED) {
      client.ledger().confirmed(key, said.body(), said.at());
    } else if (isOutOfStock(said)) {
      client.ledger().refused(key);
    } else {
      client.ledger().violated("the buy " + key + " was answered with " + said);
    }
  }

  /** The only refusal that these buys can deserve, and it must name a book. */
  private static boolean isOutOfStock(Reply.Said said) {
    JsonArray books = said.body().getJsonArray("books");
    return said.status() == CONFLICT
        && said.body().getString("type", "").endsWith("/" + OUT_OF_STOCK)
        && books != null
        && !books.isEmpty();
  }

  /** What an answer says about one of the books. */
  private static Outcome of(int book, Reply.Said said) {
    if (said.status() == CREATED) {
      return line(said.body().getJsonArray("items"), book)
          .map(item -> (Outcome) new Outcome.Sold(item.getLong("priceCents", -1L)))
          .orElse(new Outcome.Failed());
    } else if (said.status() == CONFLICT) {
      // Nothing was sold; of a book that is not named, enough may have been left.
      return line(said.body().getJsonArray("books"), book)
          .map(item -> (Outcome) new Outcome.OutOfStock(item.getLong("left", -1L)))
          .orElse(new Outcome.Failed());
    }
    return UNKNOWN;
  }

  private static Optional<JsonObject> line(JsonArray lines, int book) {
    return lines == null
        ? Optional.empty()
        : lines.stream()
            .map(JsonObject.class::cast)
            .filter(item -> Integer.valueOf(book).equals(item.getInteger("book")))
            .findFirst();
  }

  /** The same key once more must be told the same; if nobody says anything, it does not matter. */
  private Future<Void> again(String key, JsonObject order) {
    return client
        .caller()
        .change(HttpMethod.POST, "/orders", key, order)
        .map(
            reply -> {
              if (reply instanceof Reply.Said said) {
                note(key, said);
              }
              return null;
            });
  }

  /** Puts units on a shelf, mostly the one that runs out; or sets a price. */
  Future<Void> administer() {
    int book = client.random().nextBoolean() ? 1 : client.anyBook();
    return client.random().nextBoolean() ? restock(book) : reprice(book);
  }

  private Future<Void> restock(int book) {
    int units = 1 + client.random().nextInt(MOST_RESTOCKED);
    Recorder.Call call =
        client.recorder().invoke(client.number(), book, new Request.Restock(units));
    JsonObject body = new JsonObject().put("quantity", units);
    String key = key();
    return until(HttpMethod.POST, "/books/" + book + "/restock", key, body)
        .map(
            said -> {
              boolean done = said.filter(answer -> isDone(key, answer)).isPresent();
              if (done) {
                client.ledger().changed(key, book, units);
              }
              call.answer(done ? new Outcome.Done() : UNKNOWN);
              return null;
            });
  }

  private Future<Void> reprice(int book) {
    long price = 100L + client.random().nextInt(900);
    Recorder.Call call =
        client.recorder().invoke(client.number(), book, Request.Revise.price(price));
    JsonObject body = new JsonObject().put("priceCents", price);
    String key = key();
    return until(HttpMethod.PATCH, "/books/" + book, key, body)
        .map(
            said -> {
              Optional<Reply.Said> done = said.filter(answer -> isDone(key, answer));
              if (done.isPresent()) {
                client.ledger().changed(key, book, 0);
              }
              call.answer(
                  done.map(answer -> (Outcome) new Outcome.Seen(Client.state(answer.body())))
                      .orElse(UNKNOWN));
              return null;
            });
  }

  private boolean isDone(String key, Reply.Said said) {
    if (said.status() != OK) {
      client.ledger().violated("the command " + key + " was answered with " + said);
    }
    return said.status() == OK;
  }

  private String key() {
    String key = "c" + client.number() + "-" + ++sent;
    client.ledger().asked(key);
    return key;
  }

  /** The answer; none when waiting for one was given up. */
  private Future<Optional<Reply.Said>> until(
      HttpMethod method, String path, String key, JsonObject body) {
    Promise<Optional<Reply.Said>> answer = Promise.promise();
    attempt(() -> client.caller().change(method, path, key, body), answer);
    return answer.future();
  }

  /** As often as it takes. In a chain of futures, a minute of refusals ends the stack. */
  private void attempt(Supplier<Future<Reply>> ask, Promise<Optional<Reply.Said>> answer) {
    ask.get()
        .onFailure(answer::fail)
        .onSuccess(
            reply -> {
              if (reply instanceof Reply.Said said) {
                answer.complete(Optional.of(said));
              } else if (client.givenUp().getAsBoolean()) {
                answer.complete(Optional.empty());
              } else {
                client
                    .pause()
                    .get()
                    .onFailure(answer::fail)
                    .onSuccess(paused -> attempt(ask, answer));
              }
            });
  }
}
