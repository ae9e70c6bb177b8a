package com.pygmy.frontend;

import static com.pygmy.frontend.FrontendFixture.SHORT;
import static com.pygmy.frontend.FrontendFixture.json;
import static com.pygmy.frontend.FrontendFixture.settings;
import static com.pygmy.frontend.FrontendFixture.slug;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.Ports;
import com.pygmy.config.Balancing;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Outcome;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Answer;
import com.pygmy.wire.Message.Service;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits, methods, media types, ids, hanging up. */
class EdgeTest {

  private static final String ONE = "{\"items\":[{\"book\":1,\"quantity\":1}]}";
  private static final int LIMIT = FrontendSettings.MAX_BODY_BYTES;

  private FrontendFixture frontend;
  private RawClient raw;

  @BeforeEach
  void start() {
    frontend = FrontendFixture.healthy();
    frontend.store.book(1, "One", "t", 100, 10);
    raw = new RawClient(frontend.port());
  }

  @AfterEach
  void stop() {
    frontend.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/assets",
        "/assets/",
        "/book/1",
        "/books/1/stock",
        "/orders/1/x",
        "/BOOKS"
      })
  void hasNothingElsewhere(String uri) {
    HttpResponse<Buffer> response = frontend.get(uri);
    assertEquals(404, response.statusCode());
    assertEquals("unknown-route", slug(response));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PUT|/books/1|GET, HEAD, PATCH",
        "DELETE|/books|GET, HEAD, POST",
        "GET|/buy/1|POST",
        "POST|/orders/1|GET, HEAD",
        "OPTIONS|/orders|POST, GET, HEAD",
        "BREW|/cluster|GET, HEAD"
      })
  void saysWhichMethodsAreAllowed(String method, String uri, String allow) {
    HttpResponse<Buffer> response =
        frontend.send(HttpMethod.valueOf(method), uri, "", request -> request);
    assertEquals(405, response.statusCode());
    assertEquals("method-not-allowed", slug(response));
    assertEquals(allow, response.getHeader("Allow"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "", "json"})
  void takesNothingButJson(String type) {
    HttpResponse<Buffer> response =
        frontend.send(
            HttpMethod.POST, "/orders", ONE, request -> request.putHeader("Content-Type", type));
    assertEquals(415, response.statusCode());
    assertEquals("unsupported-media-type", slug(response));
  }

  @Test
  void takesNoEncodedBody() {
    HttpResponse<Buffer> response =
        frontend.send(
            HttpMethod.POST,
            "/orders",
            ONE,
            request -> request.putHeader("Content-Encoding", "gzip"));
    assertEquals("unsupported-media-type", slug(response));
  }

  @Test
  void takesJsonWithACharset() {
    HttpResponse<Buffer> response =
        frontend.send(
            HttpMethod.POST,
            "/orders",
            ONE,
            request -> request.putHeader("Content-Type", "Application/JSON; charset=utf-8"));
    assertEquals(201, response.statusCode());
  }

  @Test
  void takesABodyUpToTheLimit() {
    String largest = ONE + " ".repeat(LIMIT - ONE.length());
    assertEquals(201, frontend.post("/orders", largest).statusCode());
    HttpResponse<Buffer> response = frontend.post("/orders", largest + " ");
    assertEquals(413, response.statusCode());
    assertEquals("body-too-large", slug(response));
  }

  @Test
  void takesNoMoreThanTheLimitInChunksEither() {
    String chunk = "1000\r\n" + " ".repeat(0x1000) + "\r\n";
    String answer =
        raw.exchange(
            head("POST /orders", "Content-Type: application/json", "Transfer-Encoding: chunked")
                + chunk.repeat(5)
                + "0\r\n\r\n");
    assertEquals(413, RawClient.status(answer), answer);
    assertTrue(answer.contains("/problems/body-too-large"));
  }

  @Test
  void hangsUpOnAnEndlessBody() {
    try (FrontendFixture patient = new FrontendFixture()) {
      patient.start(settings().withDeadlines(FrontendSettings.Deadlines.usual()));
      RawClient client = new RawClient(patient.port());
      String headers = "Content-Type: application/json";
      String endless = "Content-Length: 999999999";
      String answer = client.exchange(head("POST /orders", headers, endless));
      assertEquals(413, RawClient.status(answer), answer);
      answer = client.exchange(head("POST /nothing", headers, endless));
      assertEquals(404, RawClient.status(answer), answer);
    }
  }

  @Test
  void answersABodyThatDoesNotArrive() {
    String answer =
        raw.exchange(
            head("POST /orders", "Content-Type: application/json", "Content-Length: 50") + "{");
    assertEquals(408, RawClient.status(answer), answer);
    assertTrue(answer.contains("/problems/request-timeout"));
    assertTrue(answer.toLowerCase(Locale.ROOT).contains("connection: close"));
  }

  @Test
  void hangsUpOnAConnectionOnWhichNothingMoves() {
    long before = System.nanoTime();
    assertEquals("", raw.exchange("GET /books/1 HTTP/1.1\r\nHost: "));
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
    assertTrue(millis >= SHORT.idleMillis() / 2, "it waits a while: " + millis);
  }

  @Test
  void takesABodyThatWaitsToBeAskedFor() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), frontend.port())) {
      socket.setSoTimeout(5_000);
      socket
          .getOutputStream()
          .write(
              head(
                      "POST /orders",
                      "Content-Type: application/json",
                      "Connection: close",
                      "Expect: 100-continue",
                      "Content-Length: " + ONE.length())
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] asked = socket.getInputStream().readNBytes(12);
      assertEquals("HTTP/1.1 100", new String(asked, StandardCharsets.US_ASCII));
      socket.getOutputStream().write(ONE.getBytes(StandardCharsets.US_ASCII));
      String rest = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(rest.contains("HTTP/1.1 201"), rest);
    }
  }

  @Test
  void takesNoEndlessAddress() {
    String answer = raw.exchange(head("GET /books?title=" + "x".repeat(17_000)));
    assertEquals(414, RawClient.status(answer), answer);
    assertTrue(answer.contains("/problems/uri-too-long"));
  }

  @Test
  void takesNoEndlessHeaders() {
    String answer = raw.exchange(head("GET /books/1", "X: " + "x".repeat(9_000)));
    assertEquals(431, RawClient.status(answer), answer);
    assertTrue(answer.contains("/problems/headers-too-large"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET\r\n\r\n",
        "GET /books/1 HTTP/1.1\r\n\r\n",
        "GET /books/1 HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
        "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET /search/%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /books?topic=%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
      })
  void answersWhatCannotBeRead(String request) {
    String answer =
        raw.exchange(
            request.contains("close") || !request.contains("Host")
                ? request
                : request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    assertEquals(400, RawClient.status(answer), answer);
    assertTrue(answer.contains("/problems/invalid"), answer);
  }

  @Test
  void answersPipelinedRequestsInOrder() {
    String answer =
        raw.exchange(
            head("GET /books/1", "X-Request-Id: a")
                + head("GET /books/2", "X-Request-Id: b")
                + head("GET /nothing", "X-Request-Id: c", "Connection: close"));
    assertTrue(answer.indexOf(": a\r\n") < answer.indexOf(": b\r\n"), answer);
    assertTrue(answer.indexOf(": b\r\n") < answer.indexOf(": c\r\n"), answer);
    assertTrue(answer.contains(": a\r\n"), answer);
  }

  @Test
  void tellsNothingOfWhatWentWrongInside() {
    Decision wrong = new Decision.Decided(new Outcome.Founded("store"), false);
    frontend.await(
        frontend.store.replica(
            Service.ORDER,
            "n0",
            request -> Future.succeededFuture(new Message.Bought(new Answer.Decided(1, wrong)))));
    frontend.store.announce(Service.ORDER, "n1", false);
    HttpResponse<Buffer> response = frontend.post("/orders", ONE);
    assertEquals(500, response.statusCode());
    assertEquals("internal", slug(response));
    assertFalse(response.bodyAsString().contains("Founded"));
    assertFalse(response.bodyAsString().contains("com.pygmy"));
    assertEquals(response.getHeader("X-Request-Id"), json(response).getString("requestId"));
  }

  @Test
  void refusesWhatIsTooMuchAtOnce() {
    try (FrontendFixture busy = new FrontendFixture()) {
      busy.start(settings().withMaxInFlight(1).withDeadlines(FrontendSettings.Deadlines.usual()));
      CountDownLatch asked = new CountDownLatch(1);
      Promise<Message> held = Promise.promise();
      busy.await(
          busy.store.replica(
              Service.CATALOG,
              "n1",
              request -> {
                asked.countDown();
                return held.future();
              }));
      Future<HttpResponse<Buffer>> first = busy.client().get("/books/1").send();
      awaitLatch(asked);
      HttpResponse<Buffer> second = busy.get("/books/1");
      assertEquals(503, second.statusCode());
      assertEquals("overloaded", slug(second));
      assertEquals("1", second.getHeader("Retry-After"));
      assertEquals(1, busy.traffic.state().problems(), "it was seen by no endpoint");
      assertEquals(200, busy.get("/health/live").statusCode());
      assertEquals("unavailable", slug(busy.get("/health/ready")), "there is no order replica");
      assertEquals(200, busy.get("/metrics").statusCode());
      held.complete(new Message.BooksRead(1, List.of()));
      assertEquals(404, busy.await(first).statusCode());
    }
  }

  @Test
  void answersOthersWhileABodyIsOnItsWay() throws IOException {
    try (FrontendFixture busy = new FrontendFixture()) {
      busy.store.book(1, "One", "t", 100, 10);
      busy.await(busy.store.replica(Service.CATALOG, "n1"));
      busy.await(busy.store.replica(Service.ORDER, "n1"));
      busy.start(settings().withMaxInFlight(1).withDeadlines(FrontendSettings.Deadlines.usual()));
      try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), busy.port())) {
        slow.setSoTimeout(5_000);
        String head =
            head(
                "POST /orders",
                "Content-Type: application/json",
                "Connection: close",
                "Expect: 100-continue",
                "Content-Length: " + ONE.length());
        slow.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        byte[] asked = slow.getInputStream().readNBytes(12);
        assertEquals("HTTP/1.1 100", new String(asked, StandardCharsets.US_ASCII));
        assertEquals(200, busy.get("/books/1").statusCode());
        assertEquals("overloaded", slug(busy.post("/orders", ONE)), "bodies are bounded, too");
        slow.getOutputStream().write(ONE.getBytes(StandardCharsets.US_ASCII));
        String rest = new String(slow.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(rest.contains("HTTP/1.1 201"), rest);
      }
      assertEquals(201, busy.post("/orders", ONE).statusCode());
      assertEquals(415, busy.await(busy.client().post("/orders").send()).statusCode());
      assertEquals(201, busy.post("/orders", ONE).statusCode(), "every request is counted off");
    }
  }

  @Test
  void finishesWhatIsInFlightBeforeItStops() {
    CountDownLatch asked = new CountDownLatch(1);
    Promise<Message> held = Promise.promise();
    frontend.await(
        frontend.store.replica(
            Service.ORDER,
            "n0",
            request -> {
              asked.countDown();
              return held.future().compose(ignored -> frontend.store.answer(request));
            }));
    frontend.store.announce(Service.ORDER, "n1", false);
    Future<HttpResponse<Buffer>> buy =
        frontend
            .client()
            .post("/orders")
            .putHeader("Content-Type", "application/json")
            .sendBuffer(Buffer.buffer(ONE));
    awaitLatch(asked);
    Future<Void> stopped = frontend.undeploy();
    awaitClosedPort(frontend.port());
    held.complete(new Message.Unavailable("go on"));
    assertEquals(201, frontend.await(buy).statusCode());
    frontend.await(stopped);
  }

  @Test
  void sharesItsPortWithOthers() {
    int port = Ports.free();
    FrontendSettings shared =
        new FrontendSettings(
            "n1",
            "127.0.0.1",
            port,
            Balancing.LOCAL_FIRST,
            List.of(),
            Optional.empty(),
            LIMIT,
            FrontendSettings.MAX_IN_FLIGHT,
            SHORT);
    frontend.await(
        frontend.vertx.deployVerticle(
            () ->
                new FrontendVerticle(
                    shared,
                    frontend.bus,
                    frontend.directory,
                    Optional.empty(),
                    Optional.empty(),
                    frontend.feed,
                    frontend.assets,
                    frontend.traffic,
                    new ClientLimits(0, System::nanoTime),
                    frontend.metrics,
                    () -> Thread.currentThread().getName().replace(' ', '-'),
                    System::nanoTime,
                    () -> false),
            new DeploymentOptions().setInstances(2)));
    Set<String> loops = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      String answer = new RawClient(port).exchange(head("GET /books/1", "Connection: close"));
      assertEquals(200, RawClient.status(answer), answer);
      loops.add(answer.replaceAll("(?s).*X-Request-Id: (\\S+)-\\d+\\s.*", "$1"));
    }
    assertEquals(2, loops.size(), loops.toString());
  }

  @Test
  void forgetsAClientThatBreaksOff() throws IOException {
    String cut = head("POST /orders", "Content-Type: application/json", "Content-Length: 500");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), frontend.port())) {
      socket.getOutputStream().write((cut + "{").getBytes(StandardCharsets.US_ASCII));
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (frontend.metrics.find("pygmy.http.problems").tag("type", "invalid").counter() == null) {
      assertTrue(System.nanoTime() < deadline, "the request is still waited for");
      assertEquals(200, frontend.get("/books/1").statusCode());
    }
    assertEquals(
        0, frontend.metrics.find("pygmy.http.problems").tag("type", "internal").counters().size());
  }

  @Test
  void countsProblems() {
    frontend.get("/nothing");
    assertEquals(
        1.0,
        frontend.metrics.get("pygmy.http.problems").tag("type", "unknown-route").counter().count());
    assertEquals(0, frontend.traffic.state().problems(), "that is the client's");
    frontend.store.announce(Service.ORDER, "n1", false);
    assertEquals(503, frontend.post("/orders", ONE).statusCode());
    assertEquals(1, frontend.traffic.state().problems());
  }

  private static void awaitClosedPort(int port) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (true) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertTrue(System.nanoTime() < deadline, "it still listens: " + socket);
      } catch (IOException refused) {
        return;
      }
    }
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertTrue(latch.await(5, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String head(String request, String... headers) {
    return request
        + " HTTP/1.1\r\nHost: a\r\n"
        + String.join("", List.of(headers).stream().map(h -> h + "\r\n").toList())
        + "\r\n";
  }
}
