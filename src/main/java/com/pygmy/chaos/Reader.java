package com.pygmy.chaos;

import com.pygmy.history.BookState;
import com.pygmy.history.Outcome;
import com.pygmy.history.Recorder;
import com.pygmy.history.Request;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one book, all books in one answer, or an order that was confirmed. Asks for a book that it
 * has seen with its entity tag, now and then.
 */
final class Reader {

  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;

  private final Client client;
  private final Map<String, BookState> seen = new HashMap<>();
  private final Map<Integer, String> tags = new HashMap<>();

  Reader(Client client) {
    this.client = client;
  }

  Future<Void> read() {
    return switch (client.random().nextInt(8)) {
      case 0 -> readAll();
      case 1 -> readOrder();
      default -> readOne();
    };
  }

  private Future<Void> readOne() {
    int book = client.anyBook();
    Optional<String> tag =
        Optional.ofNullable(tags.get(book)).filter(known -> client.random().nextBoolean());
    Recorder.Call call = client.recorder().invoke(client.number(), book, new Request.Read());
    return client
        .caller()
        .get("/books/" + book, tag.map(known -> Map.of("If-None-Match", known)).orElse(Map.of()))
        .map(
            reply -> {
              call.answer(outcome(book, tag, reply));
              return null;
            });
  }

  private Outcome outcome(int book, Optional<String> tag, Reply reply) {
    if (!(reply instanceof Reply.Said said)) {
      return new Outcome.Failed();
    }
    client.ledger().read(said.at());
    if (said.status() == NOT_MODIFIED && tag.isPresent()) {
      return new Outcome.Seen(seen.get(tag.get()));
    } else if (said.status() != OK) {
      client.ledger().violated("book " + book + " was answered with " + said);
      return new Outcome.Failed();
    }
    BookState state = Client.state(said.body());
    said.etag()
        .ifPresent(
            given -> {
              tags.put(book, given);
              seen.put(given, state);
            });
    return new Outcome.Seen(state);
  }

  private Future<Void> readAll() {
    int books = client.load().books();
    List<Recorder.Call> calls = new ArrayList<>();
    StringBuilder ids = new StringBuilder();
    for (int book = 1; book <= books; book++) {
      calls.add(client.recorder().invoke(client.number(), book, new Request.Read()));
      ids.append(book == 1 ? "" : ",").append(book);
    }
    return client
        .caller()
        .get("/books?ids=" + ids, Map.of())
        .map(
            reply -> {
              Map<Integer, BookState> read = states(reply);
              for (int book = 1; book <= books; book++) {
                calls
                    .get(book - 1)
                    .answer(
                        read.containsKey(book)
                            ? new Outcome.Seen(read.get(book))
                            : new Outcome.Failed());
              }
              return null;
            });
  }

  private Map<Integer, BookState> states(Reply reply) {
    Map<Integer, BookState> states = new HashMap<>();
    if (reply instanceof Reply.Said said) {
      client.ledger().read(said.at());
      JsonArray items = said.body().getJsonArray("items", new JsonArray());
      items.stream()
          .map(JsonObject.class::cast)
          .forEach(book -> states.put(book.getInteger("id"), Client.state(book)));
      if (states.size() != client.load().books()) {
        client.ledger().violated("all books were answered with " + said);
      }
    }
    return states;
  }

  private Future<Void> readOrder() {
    Optional<JsonObject> order = client.ledger().anyOrder(client.random());
    if (order.isEmpty()) {
      return readOne();
    }
    return client
        .caller()
        .get("/orders/" + order.get().getLong("number"), Map.of())
        .map(
            reply -> {
              if (reply instanceof Reply.Said said
                  && (said.status() != OK || !said.body().equals(order.get()))) {
                client.ledger().violated("order " + order.get() + " was read as " + said);
              }
              return null;
            });
  }
}
