package com.pygmy.chaos;

import com.pygmy.history.BookState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * All orders and all books, as one frontend shows them when everything is over.
 *
 * @param orders in the order in which it lists them
 */
public record Inventory(String url, List<JsonObject> orders, Map<Integer, BookState> books) {

  private static final int PAGE = 100;
  private static final int OK = 200;
  private static final long ANSWER_SECONDS = 10;

  public Inventory {
    orders = List.copyOf(orders);
    books = Map.copyOf(books);
  }

  /**
   * Asks one frontend for everything, page by page. Blocks.
   *
   * @throws IOException if it does not answer all of it
   */
  static Inventory take(Vertx vertx, String url, String token, int books) throws IOException {
    WebClient http = WebClient.create(vertx);
    try {
      List<JsonObject> orders = new ArrayList<>();
      String next = "";
      while (next != null) {
        String after = next.isEmpty() ? "" : "&after=" + next;
        JsonObject page = get(http, url + "/orders?limit=" + PAGE + after, token);
        objects(page).forEach(orders::add);
        next = page.getString("next");
      }
      List<String> ids = new ArrayList<>();
      for (int book = 1; book <= books; book++) {
        ids.add(Integer.toString(book));
      }
      Map<Integer, BookState> states = new HashMap<>();
      objects(get(http, url + "/books?ids=" + String.join(",", ids), token))
          .forEach(book -> states.put(book.getInteger("id"), Client.state(book)));
      return new Inventory(url, orders, states);
    } finally {
      http.close();
    }
  }

  private static List<JsonObject> objects(JsonObject page) {
    return page.getJsonArray("items", new JsonArray()).stream()
        .map(JsonObject.class::cast)
        .toList();
  }

  private static JsonObject get(WebClient http, String url, String token) throws IOException {
    Future<HttpResponse<Buffer>> sent =
        http.getAbs(url).putHeader("Authorization", "Bearer " + token).send();
    try {
      HttpResponse<Buffer> response = sent.await(ANSWER_SECONDS, TimeUnit.SECONDS);
      if (response.statusCode() != OK) {
        throw new IOException(
            url + " answered " + response.statusCode() + ": " + response.bodyAsString());
      }
      return response.bodyAsJsonObject();
    } catch (TimeoutException e) {
      throw new IOException(url + " did not answer in " + ANSWER_SECONDS + " s", e);
    }
  }
}
