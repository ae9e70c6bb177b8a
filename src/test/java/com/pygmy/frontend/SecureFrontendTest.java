package com.pygmy.frontend;

import static com.pygmy.frontend.FrontendFixture.json;
import static com.pygmy.frontend.FrontendFixture.settings;
import static com.pygmy.frontend.FrontendFixture.slug;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.TestCertificate;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** HTTPS, and HTTP/2, which comes with it. */
class SecureFrontendTest {

  private static final String ONE = "{\"items\":[{\"book\":1,\"quantity\":1}]}";

  @TempDir private static Path folder;
  private static TestCertificate shown;

  private FrontendFixture frontend;

  @BeforeAll
  static void makeCertificate() throws Exception {
    shown = TestCertificate.local(folder);
  }

  @BeforeEach
  void start() {
    frontend = new FrontendFixture();
    frontend.start(settings().withTls(Optional.of(shown.conf())));
    frontend.await(frontend.store.replica(Service.CATALOG, "n1"));
    frontend.await(frontend.store.replica(Service.ORDER, "n1"));
    frontend.store.book(1, "One", "t", 100, 10);
  }

  @AfterEach
  void stop() {
    frontend.close();
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"HTTP_1_1", "HTTP_2"})
  void servesBothVersionsAndSaysThatItIsHttpsOnly(HttpVersion version) {
    WebClient client = client(version);
    HttpResponse<Buffer> book = frontend.await(client.get("/books/1").send());
    assertEquals(version, book.version());
    assertEquals(200, book.statusCode());
    assertEquals("max-age=86400", book.getHeader("Strict-Transport-Security"));
    HttpResponse<Buffer> bought = buy(client, ONE);
    assertEquals(201, bought.statusCode(), bought.bodyAsString());
    assertEquals(9, json(frontend.await(client.get("/books/1").send())).getInteger("stock"));
    HttpResponse<Buffer> nothing = frontend.await(client.get("/nothing").send());
    assertEquals("unknown-route", slug(nothing));
    assertEquals("max-age=86400", nothing.getHeader("Strict-Transport-Security"));
    HttpResponse<Buffer> page = frontend.await(client.get("/").send());
    assertEquals("max-age=86400", page.getHeader("Strict-Transport-Security"));
    assertEquals("nosniff", page.getHeader("X-Content-Type-Options"));
  }

  @Test
  void doesNotSpeakHttpWithoutTls() {
    String answer = new RawClient(frontend.port()).exchange("GET /books/1 HTTP/1.1\r\n\r\n");
    assertFalse(answer.contains("HTTP/"), answer);
  }

  @Test
  void saysNothingOfHttpsWhereThereIsNone() {
    try (FrontendFixture plain = FrontendFixture.healthy()) {
      assertNull(plain.get("/nothing").getHeader("Strict-Transport-Security"));
    }
  }

  /** What is not read of one request is no reason to end those beside it. */
  @Test
  void refusesABodyOfHttp2WithoutEndingItsConnection() {
    WebClient client = client(HttpVersion.HTTP_2);
    Future<HttpResponse<Buffer>> before = client.get("/books/1").send();
    assertEquals(413, buy(client, ONE + " ".repeat(200_000)).statusCode());
    HttpResponse<Buffer> unauthorized =
        frontend.await(client.post("/books").sendBuffer(Buffer.buffer(" ".repeat(200_000))));
    assertEquals(401, unauthorized.statusCode());
    assertNull(unauthorized.getHeader("Connection"));
    HttpResponse<Buffer> nowhere =
        frontend.await(client.post("/nothing").sendBuffer(Buffer.buffer(" ".repeat(200_000))));
    assertEquals(404, nowhere.statusCode());
    assertEquals(200, frontend.await(before).statusCode());
    assertEquals(201, buy(client, ONE).statusCode());
  }

  @Test
  void answersABodyOfHttp2ThatDoesNotArrive() {
    HttpClient client = frontend.vertx.createHttpClient(options(HttpVersion.HTTP_2));
    int status =
        frontend.await(
            client
                .request(
                    new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setHost("127.0.0.1")
                        .setPort(frontend.port())
                        .setURI("/orders")
                        .putHeader("Content-Type", "application/json")
                        .putHeader("Content-Length", "50"))
                .compose(
                    request ->
                        request
                            .write("{")
                            .compose(sent -> request.response())
                            .map(response -> response.statusCode())));
    assertEquals(408, status);
  }

  @Test
  void hasClientsOfHttp2ComeAgainElsewhereWhenItLeaves() {
    HttpClient client = frontend.vertx.createHttpClient(options(HttpVersion.HTTP_2));
    frontend.leaving.set(true);
    Promise<Void> told = Promise.promise();
    int status =
        frontend.await(
            client
                .request(HttpMethod.GET, frontend.port(), "127.0.0.1", "/books/1")
                .compose(
                    request -> {
                      request.connection().goAwayHandler(away -> told.tryComplete());
                      return request.send().map(response -> response.statusCode());
                    }));
    assertEquals(200, status);
    frontend.await(told.future());
  }

  @Test
  void streamsEventsOverHttp2() {
    HttpClient client = frontend.vertx.createHttpClient(options(HttpVersion.HTTP_2));
    Promise<String> first = Promise.promise();
    HttpVersion version =
        frontend.await(
            client
                .request(HttpMethod.GET, frontend.port(), "127.0.0.1", "/events")
                .compose(
                    request ->
                        EventClient.read(
                            request,
                            response -> {
                              response.handler(part -> first.tryComplete(part.toString()));
                              return response.version();
                            })));
    assertEquals(HttpVersion.HTTP_2, version);
    assertFalse(frontend.await(first.future()).isEmpty());
  }

  /** As many as one connection may carry, and then some. */
  @Test
  void answersManyRequestsOfOneConnection() {
    WebClient client = client(HttpVersion.HTTP_2);
    List<Future<HttpResponse<Buffer>>> asked = new ArrayList<>();
    for (int i = 0; i < 3 * FrontendVerticle.MAX_STREAMS; i++) {
      asked.add(client.get("/health/live").send());
    }
    asked.forEach(answer -> assertEquals(200, frontend.await(answer).statusCode()));
    assertTrue(asked.size() > FrontendVerticle.MAX_STREAMS);
  }

  private HttpResponse<Buffer> buy(WebClient client, String body) {
    return frontend.await(
        client
            .post("/orders")
            .putHeader("Content-Type", "application/json")
            .sendBuffer(Buffer.buffer(body)));
  }

  private WebClient client(HttpVersion version) {
    return WebClient.create(
        frontend.vertx,
        new WebClientOptions(options(version))
            .setDefaultHost("127.0.0.1")
            .setDefaultPort(frontend.port()));
  }

  private static HttpClientOptions options(HttpVersion version) {
    return new HttpClientOptions()
        .setSsl(true)
        .setUseAlpn(true)
        .setProtocolVersion(version)
        .setTrustOptions(new PemTrustOptions().addCertPath(shown.certificate().toString()));
  }
}
