package com.pygmy.frontend;

import static com.pygmy.frontend.FrontendFixture.NEXT_TOKEN;
import static com.pygmy.frontend.FrontendFixture.TOKEN;
import static com.pygmy.frontend.FrontendFixture.json;
import static com.pygmy.frontend.FrontendFixture.slug;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.pygmy.domain.Limits;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdministrationTest {

  private static final String NEW =
      "{\"title\":\"New\",\"author\":\"A\",\"topic\":\"t\",\"priceCents\":10,\"stock\":3}";

  private FrontendFixture frontend;

  @BeforeEach
  void start() {
    frontend = FrontendFixture.healthy();
    frontend.store.book(1, "One", "t", 100, 10);
  }

  @AfterEach
  void stop() {
    frontend.close();
  }

  @Test
  void canReviseABook() {
    HttpResponse<Buffer> revised =
        patch("/books/1", "{\"priceCents\":250,\"stock\":4,\"title\":\"Uno\"}", null);
    assertEquals(200, revised.statusCode(), revised.bodyAsString());
    assertEquals("\"1-2-824d80d7\"", revised.getHeader("ETag"));
    assertEquals(250, json(revised).getInteger("priceCents"));
    assertEquals(4, json(revised).getInteger("stock"));
    assertEquals("Uno", json(revised).getString("title"));
    assertEquals(revised.bodyAsString(), frontend.get("/books/1").bodyAsString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"1-1-824d80d7\"|200|",
        "*|200|",
        "\"9-1-824d80d7\", \"1-1-824d80d7\"|200|",
        "\"1-2-824d80d7\"|412|version-mismatch",
        "\"2-1-824d80d7\"|412|version-mismatch",
        "W/\"1-1-824d80d7\"|412|version-mismatch",
        "1-1-824d80d7|412|version-mismatch",
        "\"1-1\"|412|version-mismatch",
        "\"1-1-00000000\"|412|version-mismatch",
        "\"1-+1-824d80d7\"|412|version-mismatch",
        "\"1-x\"|412|version-mismatch",
        "\"1-1-824d80d7\", \"1-2-824d80d7\"|422|invalid"
      })
  void revisesOnlyTheVersionThatIsMeant(String ifMatch, int status, String slug) {
    HttpResponse<Buffer> response = patch("/books/1", "{\"priceCents\":250}", ifMatch);
    assertEquals(status, response.statusCode(), response.bodyAsString());
    if (slug != null) {
      assertEquals(slug, slug(response));
      assertEquals(100, frontend.store.stored(1).priceCents());
    }
  }

  @Test
  void saysWhichVersionThereIs() {
    assertEquals(
        1, json(patch("/books/1", "{\"stock\":1}", "\"1-5-824d80d7\"")).getInteger("version"));
  }

  @Test
  void revisesOnceUnderOneKey() {
    HttpResponse<Buffer> first = keyed(HttpMethod.PATCH, "/books/1", "{\"stock\":4}");
    frontend.post("/orders", "{\"items\":[{\"book\":1,\"quantity\":1}]}");
    HttpResponse<Buffer> again = keyed(HttpMethod.PATCH, "/books/1", "{\"stock\":4}");
    assertEquals(first.bodyAsString(), again.bodyAsString());
    assertEquals("true", again.getHeader("Idempotent-Replayed"));
    assertEquals(3, frontend.store.stored(1).stock());
    assertEquals("key-conflict", slug(keyed(HttpMethod.PATCH, "/books/1", "{\"stock\":5}")));
  }

  @Test
  void answersAnOldKeyAsTooOld() {
    frontend.store.announce(Service.CATALOG, "n1", true);
    HttpResponse<Buffer> first = keyed(HttpMethod.PATCH, "/books/1", "{\"stock\":4}");
    assertEquals(200, first.statusCode());
    frontend.store.leap(); // the log runs on while the attempt is under way
    HttpResponse<Buffer> late = keyed(HttpMethod.PATCH, "/books/1", "{\"stock\":4}");
    assertEquals(422, late.statusCode(), late.bodyAsString());
    assertEquals("key-too-old", slug(late));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"id\":2}",
        "{\"priceCents\":-1}",
        "{\"priceCents\":\"1\"}",
        "{\"stock\":1e3}",
        "{\"title\":\"\"}",
        "{\"title\":\" \"}",
        "{\"topic\":null}",
        "[]",
        "7",
        "\"x\"",
        "{\"author\":\"a\\u0000\"}",
        "{\"priceCents\":100000001}"
      })
  void refusesARevisionThatBreaksARule(String body) {
    HttpResponse<Buffer> refused = patch("/books/1", body, null);
    assertEquals(422, refused.statusCode(), refused.bodyAsString());
    assertEquals("invalid", slug(refused));
  }

  @Test
  void canRestock() {
    HttpResponse<Buffer> restocked = frontend.postAsAdmin("/books/1/restock", "{\"quantity\":5}");
    assertEquals(200, restocked.statusCode(), restocked.bodyAsString());
    assertEquals("{\"items\":[{\"book\":1,\"quantity\":5}]}", restocked.bodyAsString());
    assertEquals(15, frontend.store.stored(1).stock());
  }

  @Test
  void refusesToOverfillTheShelf() {
    patch("/books/1", "{\"stock\":" + Limits.MAX_STOCK + "}", null);
    HttpResponse<Buffer> full = frontend.postAsAdmin("/books/1/restock", "{\"quantity\":1}");
    assertEquals(409, full.statusCode());
    assertEquals("shelf-full", slug(full));
    assertEquals(new JsonArray("[{\"book\":1}]"), json(full).getJsonArray("books"));
  }

  @ParameterizedTest
  @CsvSource({
    "PATCH,/books/9,{\"stock\":1}", "POST,/books/9/restock,{\"quantity\":1}",
    "PATCH,/books/x,{\"stock\":1}", "POST,/books/0/restock,{\"quantity\":1}"
  })
  void knowsNoOtherBook(String method, String uri, String body) {
    HttpResponse<Buffer> unknown =
        frontend.send(
            HttpMethod.valueOf(method), uri, body, r -> r.bearerTokenAuthentication(TOKEN));
    assertEquals(404, unknown.statusCode());
    assertEquals("unknown-book", slug(unknown));
  }

  @Test
  void canAddABook() {
    HttpResponse<Buffer> added = frontend.postAsAdmin("/books", NEW);
    assertEquals(201, added.statusCode(), added.bodyAsString());
    assertEquals("/books/2", added.getHeader("Location"));
    assertEquals("\"2-1-824d80d7\"", added.getHeader("ETag"));
    assertEquals(frontend.get("/books/2").bodyAsString(), added.bodyAsString());
  }

  @Test
  void addsTheSameBookOnceAndRefusesAnotherOne() {
    String seven = NEW.replace("{\"title\"", "{\"id\":7,\"title\"");
    assertEquals(201, frontend.postAsAdmin("/books", seven).statusCode());
    frontend.post("/orders", "{\"items\":[{\"book\":7,\"quantity\":1}]}");
    HttpResponse<Buffer> same = frontend.postAsAdmin("/books", seven);
    assertEquals(200, same.statusCode());
    assertEquals(2, json(same).getInteger("stock"));
    HttpResponse<Buffer> other = frontend.postAsAdmin("/books", seven.replace("New", "Old"));
    assertEquals(409, other.statusCode());
    assertEquals("book-exists", slug(other));
    assertEquals(new JsonArray("[{\"book\":7}]"), json(other).getJsonArray("books"));
  }

  @Test
  void canAddManyBooks() {
    String rows =
        "{\"items\":["
            + NEW.replace("{\"title\"", "{\"id\":7,\"title\"")
            + ","
            + NEW.replace("{\"title\"", "{\"id\":1,\"title\"")
            + "]}";
    HttpResponse<Buffer> added = frontend.postAsAdmin("/books", rows);
    assertEquals(200, added.statusCode(), added.bodyAsString());
    assertEquals(
        "{\"items\":[{\"id\":7,\"status\":\"added\"},{\"id\":1,\"status\":\"conflict\"}]}",
        added.bodyAsString());
    HttpResponse<Buffer> updated =
        frontend.postAsAdmin("/books", rows.replace("]}", "],\"update\":true}"));
    assertEquals(
        "{\"items\":[{\"id\":7,\"status\":\"unchanged\"},{\"id\":1,\"status\":\"updated\"}]}",
        updated.bodyAsString());
    assertEquals(10, frontend.store.stored(1).stock(), "an import never touches the stock");
  }

  @Test
  void saysWhichRowIsWrong() {
    HttpResponse<Buffer> refused =
        frontend.postAsAdmin(
            "/books", "{\"items\":[" + NEW + "," + NEW.replace("10", "-1") + "],\"update\":1}");
    assertEquals(422, refused.statusCode());
    JsonArray errors = json(refused).getJsonArray("errors");
    assertEquals("$.items[1].priceCents", errors.getJsonObject(0).getString("path"));
    assertEquals("$.update", errors.getJsonObject(1).getString("path"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer wrong",
        "Bearer",
        "Bearer ",
        "Basic s3cret-token",
        "s3cret-token",
        "",
        "Bearer s3cret-token,n3xt-token"
      })
  void refusesWhoeverHasNotTheToken(String authorization) {
    for (String uri : new String[] {"/books", "/books/1/restock"}) {
      HttpResponse<Buffer> refused =
          frontend.send(
              HttpMethod.POST, uri, NEW, r -> r.putHeader("Authorization", authorization));
      assertEquals(401, refused.statusCode());
      assertEquals("unauthorized", slug(refused));
      assertEquals("Bearer realm=\"pygmy\"", refused.getHeader("WWW-Authenticate"));
      assertNull(refused.getHeader("Idempotency-Key"));
    }
    assertEquals(1, frontend.store.stored(1).version());
  }

  @Test
  void looksAtNoTokenForAWhileAfterManyWrongOnes() {
    for (int i = 0; i < ClientLimits.WRONG_TOKENS; i++) {
      assertEquals(401, frontend.await(withToken(frontend.client(), "wrong")).statusCode());
    }
    HttpResponse<Buffer> refused = frontend.postAsAdmin("/books", NEW);
    assertEquals(429, refused.statusCode(), "a right one, too: who guesses may not learn it");
    assertEquals("too-many-requests", slug(refused));
    assertEquals("6", refused.getHeader("Retry-After"));
    HttpResponse<Buffer> order = frontend.getAsAdmin("/orders/1");
    assertEquals(404, order.statusCode(), "taken for a stranger: a token may be somebody else's");
    assertEquals(401, frontend.get("/orders").statusCode(), "without a token, as ever");
    assertEquals(200, frontend.get("/books/1").statusCode());
    frontend.limitsNanos.addAndGet(TimeUnit.SECONDS.toNanos(6));
    assertEquals(201, frontend.postAsAdmin("/books", NEW).statusCode());
    assertEquals(200, frontend.getAsAdmin("/orders").statusCode(), "right ones are not counted");
    assertEquals(401, frontend.await(withToken(frontend.client(), "wrong")).statusCode());
    assertEquals(429, frontend.getAsAdmin("/orders").statusCode());
  }

  @Test
  @EnabledOnOs(OS.LINUX) // where all of 127.0.0.0/8 is this machine
  void wrongTokensOfOneAddressDisturbNoOther() {
    for (int i = 0; i <= ClientLimits.WRONG_TOKENS; i++) {
      frontend.await(withToken(frontend.client(), "wrong"));
    }
    WebClient other =
        WebClient.create(
            frontend.vertx,
            new WebClientOptions()
                .setDefaultHost("127.0.0.1")
                .setDefaultPort(frontend.port())
                .setLocalAddress("127.0.0.2"));
    assertEquals(429, frontend.await(withToken(frontend.client(), TOKEN)).statusCode());
    assertEquals(200, frontend.await(withToken(other, TOKEN)).statusCode());
  }

  private static Future<HttpResponse<Buffer>> withToken(WebClient client, String token) {
    return client.get("/orders").bearerTokenAuthentication(token).send();
  }

  @Test
  void knowsNoAdministratorWithoutAToken() {
    try (FrontendFixture open = new FrontendFixture()) {
      open.start(FrontendFixture.settings().withAdminTokens(List.of()));
      assertEquals(401, open.postAsAdmin("/books", NEW).statusCode());
      assertEquals(401, open.getAsAdmin("/orders").statusCode());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TOKEN, NEXT_TOKEN})
  void acceptsEachOfTheTokens(String token) {
    HttpResponse<Buffer> added =
        frontend.send(HttpMethod.POST, "/books", NEW, r -> r.bearerTokenAuthentication(token));
    assertEquals(201, added.statusCode(), added.bodyAsString());
  }

  @Test
  void acceptsTheSchemeInAnyCase() {
    HttpResponse<Buffer> added =
        frontend.send(
            HttpMethod.POST, "/books", NEW, r -> r.putHeader("Authorization", "bearer " + TOKEN));
    assertEquals(201, added.statusCode());
  }

  private HttpResponse<Buffer> patch(String uri, String body, String ifMatch) {
    return frontend.send(
        HttpMethod.PATCH,
        uri,
        body,
        r -> {
          r.bearerTokenAuthentication(TOKEN);
          return ifMatch == null ? r : r.putHeader("If-Match", ifMatch);
        });
  }

  private HttpResponse<Buffer> keyed(HttpMethod method, String uri, String body) {
    return frontend.send(
        method,
        uri,
        body,
        r -> r.bearerTokenAuthentication(TOKEN).putHeader("Idempotency-Key", "k1"));
  }
}
