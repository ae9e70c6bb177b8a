package com.pygmy.frontend;

import static com.pygmy.frontend.FrontendFixture.json;
import static com.pygmy.frontend.FrontendFixture.slug;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BookReadsTest {

  private static FrontendFixture frontend;

  @BeforeAll
  static void start() {
    frontend = FrontendFixture.healthy();
    frontend
        .store
        .book(1, "RPCs for Dummies", "distributed systems/1", 1_250, 10)
        .book(2, "Größe \"und\" \\ \uD83D\uDCDA", "distributed systems/1", 0, 0)
        .book(3, "Cooking", "graduate-school", 999, 3);
  }

  @AfterAll
  static void stop() {
    frontend.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/books/1", "/lookup/1"})
  void canReadABook(String uri) {
    HttpResponse<Buffer> response = frontend.get(uri);
    assertEquals(200, response.statusCode());
    assertEquals("application/json", response.getHeader("Content-Type"));
    assertEquals("no-cache", response.getHeader("Cache-Control"));
    assertEquals("\"1-1-824d80d7\"", response.getHeader("ETag"));
    assertEquals(
        "{\"id\":1,\"title\":\"RPCs for Dummies\",\"author\":\"An Author\","
            + "\"topic\":\"distributed systems/1\",\"priceCents\":1250,\"stock\":10,\"version\":1}",
        response.bodyAsString());
  }

  @Test
  void sendsEveryCharacterAsItIs() {
    assertEquals(
        "Größe \"und\" \\ \uD83D\uDCDA", json(frontend.get("/books/2")).getString("title"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"1-1-824d80d7\"|304",
        "W/\"1-1-824d80d7\"|304",
        "*|304",
        "\"9-9-824d80d7\", \"1-1-824d80d7\"|304",
        "\"1-2-824d80d7\"|200",
        "1-1-824d80d7|200",
        "\"1-1\"|200",
        "\"1-1-00000000\"|200"
      })
  void answersAConditionalRead(String ifNoneMatch, int status) {
    HttpResponse<Buffer> response =
        frontend.send(
            HttpMethod.GET, "/books/1", "", r -> r.putHeader("If-None-Match", ifNoneMatch));
    assertEquals(status, response.statusCode());
    assertEquals("\"1-1-824d80d7\"", response.getHeader("ETag"));
    assertEquals(status == 304, response.body() == null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/books/4",
        "/lookup/4",
        "/books/0",
        "/books/x",
        "/books/-1",
        "/books/01",
        "/books/1000000001",
        "/books/99999999999999999999",
        "/books/%31%00",
        "/books/1%2F2"
      })
  void knowsNoOtherBook(String uri) {
    HttpResponse<Buffer> response = frontend.get(uri);
    assertEquals(404, response.statusCode());
    assertEquals("unknown-book", slug(response));
  }

  @Test
  void canReadSeveralBooks() {
    HttpResponse<Buffer> response = frontend.get("/books?ids=3,1,4,1");
    assertEquals(200, response.statusCode());
    JsonArray items = json(response).getJsonArray("items");
    assertEquals(List.of(3, 1), idsOf(items));
    assertEquals(10, items.getJsonObject(1).getInteger("stock"));
  }

  @Test
  void canPageThroughATopic() {
    String uri = "/books?topic=distributed+systems%2F1&limit=1";
    JsonObject first = json(frontend.get(uri));
    assertEquals(List.of(1), idsOf(first.getJsonArray("items")));
    assertFalse(first.getJsonArray("items").getJsonObject(0).containsKey("stock"));
    JsonObject second = json(frontend.get(uri + "&after=" + first.getString("next")));
    assertEquals(List.of(2), idsOf(second.getJsonArray("items")));
    assertNull(second.getString("next"));
  }

  @Test
  void canSearchTheClassicWay() {
    String classic = frontend.get("/search/distributed%20systems%2F1?limit=5").bodyAsString();
    assertEquals(frontend.get("/books?topic=distributed%20systems/1").bodyAsString(), classic);
    assertEquals(2, new JsonObject(classic).getJsonArray("items").size());
  }

  @Test
  void canFindATitleAndListAll() {
    assertEquals(
        List.of(3), idsOf(json(frontend.get("/books?title=Cooking")).getJsonArray("items")));
    assertEquals(List.of(1, 2, 3), idsOf(json(frontend.get("/books")).getJsonArray("items")));
    assertEquals("{\"items\":[]}", frontend.get("/books?topic=none").bodyAsString());
  }

  @Test
  void canSearchByWordsPageByPage() {
    JsonObject first = json(frontend.get("/books?q=for+RPCs"));
    assertEquals(List.of(1), idsOf(first.getJsonArray("items")));
    assertFalse(first.getJsonArray("items").getJsonObject(0).containsKey("stock"));
    JsonObject page = json(frontend.get("/books?q=o&limit=1"));
    assertEquals("1", page.getString("next"));
    assertEquals(
        List.of(3), idsOf(json(frontend.get("/books?q=o&limit=1&after=1")).getJsonArray("items")));
  }

  @Test
  void refusesMoreWordsThanAUserTypes() {
    assertEquals(200, frontend.get("/books?q=" + "a+".repeat(20)).statusCode());
    HttpResponse<Buffer> response = frontend.get("/books?q=" + "a+".repeat(21));
    assertEquals(422, response.statusCode());
    assertEquals(
        "must be at most 20 words",
        json(response).getJsonArray("errors").getJsonObject(0).getString("message"));
    assertEquals(422, frontend.get("/books?q=" + "a".repeat(201)).statusCode());
  }

  @Test
  void canRevalidateAPage() {
    String etag = frontend.get("/books?topic=graduate-school").getHeader("ETag");
    HttpResponse<Buffer> again =
        frontend.send(
            HttpMethod.GET,
            "/books?topic=graduate-school",
            "",
            r -> r.putHeader("If-None-Match", etag));
    assertEquals(304, again.statusCode());
  }

  @Test
  void canListTopics() {
    assertEquals(
        "{\"items\":[{\"topic\":\"distributed systems/1\",\"books\":2},"
            + "{\"topic\":\"graduate-school\",\"books\":1}]}",
        frontend.get("/topics").bodyAsString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=",
        "after=-1",
        "after=x",
        "ids=",
        "ids=x",
        "ids=1,,2",
        "ids=0",
        "topic=",
        "topic=%00",
        "title=%20",
        "topic=a&title=b",
        "ids=1&topic=a",
        "topc=a",
        "limit=1&limit=2",
        "q=",
        "q=%20",
        "q=%22--%22",
        "q=a%00b",
        "q=a&topic=b",
        "q=a&title=b",
        "ids=1&q=a",
        "q=a&limit=0",
        "q=a&after=-1",
        "q=a&after=999"
      })
  void refusesAQueryThatItDoesNotUnderstand(String query) {
    HttpResponse<Buffer> response = frontend.get("/books?" + query);
    assertEquals(422, response.statusCode(), response.bodyAsString());
    assertEquals("invalid", slug(response));
    assertEquals(1, json(response).getJsonArray("errors").size());
  }

  @Test
  void refusesMoreThanAHundredIds() {
    String ids = "1" + ",1".repeat(100);
    assertEquals(422, frontend.get("/books?ids=" + ids).statusCode());
    assertEquals(200, frontend.get("/books?ids=" + ids.substring(2)).statusCode());
  }

  @Test
  void answersHeadWithoutABody() {
    HttpResponse<Buffer> response = frontend.await(frontend.client().head("/books/1").send());
    assertEquals(200, response.statusCode());
    assertEquals("\"1-1-824d80d7\"", response.getHeader("ETag"));
    assertNull(response.body());
  }

  @Test
  void keepsTheRequestIdOfTheClientUnlessItCouldHarmALog() {
    assertEquals("abc-1", requestId("abc-1"));
    assertTrue(requestId("two words").startsWith("made-"));
    assertTrue(requestId("x".repeat(65)).startsWith("made-"));
    assertTrue(frontend.get("/books/1").getHeader("X-Request-Id").startsWith("made-"));
    HttpResponse<Buffer> problem =
        frontend.send(HttpMethod.GET, "/books/4", "", r -> r.putHeader("X-Request-Id", "abc-2"));
    assertEquals("abc-2", json(problem).getString("requestId"));
  }

  private static String requestId(String sent) {
    return frontend
        .send(HttpMethod.GET, "/books/1", "", r -> r.putHeader("X-Request-Id", sent))
        .getHeader("X-Request-Id");
  }

  private static List<Integer> idsOf(JsonArray items) {
    return items.stream().map(item -> ((JsonObject) item).getInteger("id")).toList();
  }
}
