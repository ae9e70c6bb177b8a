package com.pygmy.frontend;

import static com.pygmy.frontend.FrontendFixture.json;
import static com.pygmy.frontend.FrontendFixture.slug;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Catalog;
import com.pygmy.wire.Message.Service;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrdersTest {

  private static final String ONE = "{\"items\":[{\"book\":1,\"quantity\":1}]}";

  private FrontendFixture frontend;

  @BeforeEach
  void start() {
    frontend = FrontendFixture.healthy();
    frontend.store.book(1, "One", "t", 1_250, 10).book(2, "Two", "t", 500, 1);
  }

  @AfterEach
  void stop() {
    frontend.close();
  }

  @Test
  void canBuyAndReadTheOrderBack() {
    HttpResponse<Buffer> bought =
        frontend.post(
            "/orders",
            "k1",
            "{\"items\":[{\"book\":2,\"quantity\":1},{\"book\":1,\"quantity\":3}],"
                + "\"customer\":\"Ada\"}");
    assertEquals(201, bought.statusCode(), bought.bodyAsString());
    assertEquals("/orders/1", bought.getHeader("Location"));
    assertEquals("k1", bought.getHeader("Idempotency-Key"));
    assertNull(bought.getHeader("Idempotent-Replayed"));
    JsonObject order = json(bought);
    assertEquals(
        List.of("number", "key", "items", "totalCents", "customer", "at"),
        List.copyOf(order.fieldNames()));
    assertEquals(1, order.getInteger("number"));
    assertEquals(4_250, order.getInteger("totalCents"));
    assertEquals(
        new JsonArray(
            "[{\"book\":1,\"quantity\":3,\"priceCents\":1250},"
                + "{\"book\":2,\"quantity\":1,\"priceCents\":500}]"),
        order.getJsonArray("items"));
    assertTrue(order.getString("at").matches("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z"));

    JsonObject read = json(frontend.get("/orders/1"));
    assertFalse(read.containsKey("key"));
    assertFalse(read.containsKey("customer"));
    for (String field : read.fieldNames()) {
      assertEquals(order.getValue(field), read.getValue(field), field);
    }
    assertEquals(order.size() - 2, read.size());
    assertEquals(7, json(frontend.get("/books/1")).getInteger("stock"));
  }

  @Test
  void showsKeyAndCustomerToTheOwnerAndTheAdministrator() {
    HttpResponse<Buffer> bought =
        frontend.post("/orders", "k1", ONE.replace("]}", "],\"customer\":\"Ada\"}"));
    assertEquals(bought.bodyAsString(), frontend.get("/orders?key=k1").bodyAsString());
    assertEquals(bought.bodyAsString(), frontend.getAsAdmin("/orders/1").bodyAsString());
  }

  @Test
  void answersAReplayAsBefore() {
    HttpResponse<Buffer> first = frontend.post("/orders", "k1", ONE);
    HttpResponse<Buffer> again = frontend.post("/orders", "k1", ONE);
    assertEquals(201, again.statusCode());
    assertEquals("true", again.getHeader("Idempotent-Replayed"));
    assertEquals(first.getHeader("Location"), again.getHeader("Location"));
    assertEquals(first.bodyAsString(), again.bodyAsString());
    assertEquals(9, frontend.store.stored(1).stock());
  }

  /** By either route; other requests, and what is no buy, do not count. */
  @Test
  void aClientThatBuysTooOftenHasToWaitAndMayThenUseTheSameKey() {
    try (FrontendFixture strict = new FrontendFixture()) {
      strict.limitBuys(3);
      strict.start(FrontendFixture.settings());
      strict.await(strict.store.replica(Service.CATALOG, "n1"));
      strict.await(strict.store.replica(Service.ORDER, "n1"));
      strict.store.book(1, "One", "t", 1_250, 10);
      assertEquals(422, strict.post("/orders", "{\"items\":[]}").statusCode());
      assertEquals(201, strict.post("/orders", "k1", ONE).statusCode());
      assertEquals(201, strict.post("/buy/1", "k2", "").statusCode());
      assertEquals("true", strict.post("/orders", "k1", ONE).getHeader("Idempotent-Replayed"));
      for (String uri : List.of("/orders", "/buy/1")) {
        HttpResponse<Buffer> refused = strict.post(uri, "k3", ONE);
        assertEquals(429, refused.statusCode(), refused.bodyAsString());
        assertEquals("too-many-requests", slug(refused));
        assertEquals("20", refused.getHeader("Retry-After"));
        assertEquals("k3", refused.getHeader("Idempotency-Key"));
      }
      assertEquals(404, strict.get("/orders?key=k3").statusCode(), "it did not happen");
      assertEquals(8, strict.store.stored(1).stock());
      assertEquals(200, strict.get("/orders/1").statusCode());
      strict.limitsNanos.addAndGet(TimeUnit.SECONDS.toNanos(20));
      HttpResponse<Buffer> bought = strict.post("/orders", "k3", ONE);
      assertEquals(201, bought.statusCode(), bought.bodyAsString());
      assertNull(bought.getHeader("Idempotent-Replayed"));
      assertEquals(429, strict.post("/orders", "k4", ONE).statusCode());
    }
  }

  @Test
  void makesAKeyForThoseWhoSendNone() {
    HttpResponse<Buffer> bought = frontend.post("/orders", ONE);
    String key = bought.getHeader("Idempotency-Key");
    assertTrue(key.startsWith("made-"));
    assertEquals(key, json(bought).getString("key"));
    assertEquals(200, frontend.get("/orders?key=" + key).statusCode());
  }

  @Test
  void refusesWhatIsOutOfStockAndSaysWhatIsLeft() {
    String three = "{\"items\":[{\"book\":1,\"quantity\":1},{\"book\":2,\"quantity\":3}]}";
    HttpResponse<Buffer> refused = frontend.post("/orders", "k1", three);
    assertEquals(409, refused.statusCode());
    assertEquals("application/problem+json", refused.getHeader("Content-Type"));
    assertEquals("out-of-stock", slug(refused));
    assertEquals("k1", refused.getHeader("Idempotency-Key"));
    assertEquals(new JsonArray("[{\"book\":2,\"left\":1}]"), json(refused).getJsonArray("books"));
    assertEquals(10, frontend.store.stored(1).stock());

    HttpResponse<Buffer> again = frontend.post("/orders", "k1", three);
    assertEquals("out-of-stock", slug(again));
    assertEquals("true", again.getHeader("Idempotent-Replayed"));
    HttpResponse<Buffer> asked = frontend.get("/orders?key=k1");
    assertEquals(409, asked.statusCode());
    assertEquals("out-of-stock", slug(asked));
  }

  @Test
  void refusesBooksThatDoNotExist() {
    HttpResponse<Buffer> refused =
        frontend.post("/orders", "k1", "{\"items\":[{\"book\":77,\"quantity\":1}]}");
    assertEquals(404, refused.statusCode());
    assertEquals("unknown-book", slug(refused));
    assertEquals(new JsonArray("[{\"book\":77}]"), json(refused).getJsonArray("books"));
    assertEquals("unknown-book", slug(frontend.get("/orders?key=k1")));
  }

  @Test
  void refusesAKeyThatBelongsToAnotherRequest() {
    assertEquals(201, frontend.post("/orders", "k1", ONE).statusCode());
    HttpResponse<Buffer> conflict =
        frontend.post("/orders", "k1", "{\"items\":[{\"book\":1,\"quantity\":2}]}");
    assertEquals(422, conflict.statusCode());
    assertEquals("key-conflict", slug(conflict));
  }

  @Test
  void stampsEveryAttemptWithTheIndexKnownOnArrival() {
    frontend.store.passTo(5 * Catalog.OUTCOME_HORIZON);
    assertEquals(201, frontend.post("/orders", "k1", ONE).statusCode());
  }

  @ParameterizedTest
  @CsvSource({"/buy/1,1", "/buy/1?quantity=4,4"})
  void canBuyTheClassicWay(String uri, int quantity) {
    HttpResponse<Buffer> bought = frontend.await(frontend.client().post(uri).send());
    assertEquals(201, bought.statusCode(), bought.bodyAsString());
    assertEquals(10 - quantity, frontend.store.stored(1).stock());
    assertEquals(200, frontend.get(bought.getHeader("Location")).statusCode());
  }

  @ParameterizedTest
  @CsvSource({
    "/buy/x,404,unknown-book",
    "/buy/3,404,unknown-book",
    "/buy/1?quantity=0,422,invalid",
    "/buy/1?quantity=1001,422,invalid",
    "/buy/1?count=1,422,invalid",
    "/buy/2?quantity=2,409,out-of-stock"
  })
  void refusesTheClassicWayToo(String uri, int status, String slug) {
    HttpResponse<Buffer> refused = frontend.await(frontend.client().post(uri).send());
    assertEquals(status, refused.statusCode(), refused.bodyAsString());
    assertEquals(slug, slug(refused));
    assertTrue(frontend.store.sold().isEmpty());
  }

  @Test
  void tellsAllErrorsOfABuyAtOnce() {
    HttpResponse<Buffer> invalid =
        frontend.post(
            "/orders",
            "{\"items\":[{\"book\":\"1\",\"quantity\":1.5,\"x\":0},7,{\"quantity\":1001}],"
                + "\"customer\":null,\"coupon\":1}");
    assertEquals(422, invalid.statusCode());
    assertEquals("invalid", slug(invalid));
    List<String> errors =
        json(invalid).getJsonArray("errors").stream()
            .map(JsonObject.class::cast)
            .map(error -> error.getString("path") + " " + error.getString("message"))
            .toList();
    assertEquals(
        List.of(
            "$.items[0].book must be an integer",
            "$.items[0].quantity must be an integer",
            "$.items[0].x is not a field of this request",
            "$.items[1] must be an object",
            "$.items[2].book is required",
            "$.items[2].quantity must be 1 to 1000",
            "$.customer must be a string",
            "$.coupon is not a field of this request"),
        errors);
    assertTrue(frontend.store.seen.isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[",
        "{\"items\":",
        "nope",
        "{} {}",
        "{\"items\":[],\"items\":[]}",
        "{'items':[]}",
        "[[[[[[[[[[[[]]]]]]]]]]]]",
        "{\"customer\":\"\\ud800\"}",
        "{/**/}",
        "01"
      })
  void refusesWhatIsNotJson(String body) {
    HttpResponse<Buffer> refused = frontend.post("/orders", body);
    assertEquals(400, refused.statusCode(), refused.bodyAsString());
    assertEquals("invalid", slug(refused));
  }

  @Test
  void refusesWhatIsNotUtf8() {
    Buffer body = Buffer.buffer("{\"customer\":\"").appendByte((byte) 0xff).appendString("\"}");
    HttpResponse<Buffer> refused =
        frontend.await(
            frontend
                .client()
                .post("/orders")
                .putHeader("Content-Type", "application/json")
                .sendBuffer(body));
    assertEquals(400, refused.statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "with space",
        "",
        "0123456789012345678901234567890123456789012345678901234567890123x",
        "ümlaut"
      })
  void refusesAKeyThatIsNone(String key) {
    HttpResponse<Buffer> refused = frontend.post("/orders", key, ONE);
    assertEquals(400, refused.statusCode(), refused.bodyAsString());
    assertEquals("invalid", slug(refused));
    assertTrue(frontend.store.sold().isEmpty());
  }

  @Test
  void refusesTwoKeys() {
    HttpResponse<Buffer> refused =
        frontend.send(
            HttpMethod.POST,
            "/orders",
            ONE,
            r -> r.putHeader("Idempotency-Key", List.of("k1", "k2")));
    assertEquals(400, refused.statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/orders/1",
        "/orders/0",
        "/orders/x",
        "/orders/99999999999999999999",
        "/orders?key=none"
      })
  void knowsNoOtherOrder(String uri) {
    HttpResponse<Buffer> response = frontend.get(uri);
    assertEquals(404, response.statusCode());
    assertEquals("unknown-order", slug(response));
  }

  @Test
  void keepsTheKeysOfOtherCommandsToItself() {
    assertEquals("unknown-order", slug(frontend.get("/orders?key=seed-1")));
    HttpResponse<Buffer> refused =
        frontend.send(
            HttpMethod.PATCH,
            "/books/1",
            "{\"stock\":1}",
            r ->
                r.bearerTokenAuthentication(FrontendFixture.TOKEN)
                    .putHeader("If-Match", "\"1-9-" + FrontendFixture.STORE_TAG + "\"")
                    .putHeader("Idempotency-Key", "k1"));
    assertEquals("version-mismatch", slug(refused));
    assertEquals("unknown-order", slug(frontend.get("/orders?key=k1")));
    refused =
        frontend.send(
            HttpMethod.PATCH,
            "/books/1",
            "{\"stock\":1000000000}",
            r -> r.bearerTokenAuthentication(FrontendFixture.TOKEN));
    assertEquals(200, refused.statusCode());
    refused =
        frontend.send(
            HttpMethod.POST, "/books/1/restock", "{\"quantity\":1}", r -> asAdmin(r, "k2"));
    assertEquals("shelf-full", slug(refused));
    assertEquals("unknown-order", slug(frontend.get("/orders?key=k2")));
    refused = frontend.send(HttpMethod.PATCH, "/books/77", "{\"stock\":1}", r -> asAdmin(r, "k3"));
    assertEquals("unknown-book", slug(refused));
    assertEquals("unknown-order", slug(frontend.get("/orders?key=k3")));
    refused =
        frontend.send(
            HttpMethod.POST, "/books/77/restock", "{\"quantity\":1}", r -> asAdmin(r, "k4"));
    assertEquals("unknown-book", slug(refused));
    assertEquals(new JsonArray("[{\"book\":77}]"), json(refused).getJsonArray("books"));
    assertEquals("unknown-order", slug(frontend.get("/orders?key=k4")));
  }

  private static HttpRequest<Buffer> asAdmin(HttpRequest<Buffer> request, String key) {
    return request
        .bearerTokenAuthentication(FrontendFixture.TOKEN)
        .putHeader("Idempotency-Key", key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"key=", "key=a%20b", "key=k1&limit=3", "key=k1&key=k1"})
  void refusesAKeyQueryThatItDoesNotUnderstand(String query) {
    HttpResponse<Buffer> response = frontend.get("/orders?" + query);
    assertEquals(422, response.statusCode());
    assertEquals("invalid", slug(response));
  }

  @Test
  void listsOrdersForTheAdministratorOnly() {
    for (int i = 1; i <= 3; i++) {
      String customer = i == 2 ? "Bob" : "Ada";
      frontend.post("/orders", "k" + i, ONE.replace("]}", "],\"customer\":\"" + customer + "\"}"));
    }
    assertEquals("unauthorized", slug(frontend.get("/orders")));
    assertEquals("unauthorized", slug(frontend.get("/orders?customer=Ada")));
    JsonObject page = json(frontend.getAsAdmin("/orders?customer=Ada&limit=1"));
    assertEquals(List.of("k1"), keys(page));
    assertEquals("1", page.getString("next"));
    JsonObject rest = json(frontend.getAsAdmin("/orders?customer=Ada&after=1"));
    assertEquals(List.of("k3"), keys(rest));
    assertNull(rest.getString("next"));
    assertEquals(List.of("k1", "k2", "k3"), keys(json(frontend.getAsAdmin("/orders"))));
    assertEquals(422, frontend.getAsAdmin("/orders?limit=101").statusCode());
    assertEquals(422, frontend.getAsAdmin("/orders?customer=").statusCode());
  }

  private static List<String> keys(JsonObject page) {
    return page.getJsonArray("items").stream()
        .map(order -> ((JsonObject) order).getString("key"))
        .toList();
  }
}
