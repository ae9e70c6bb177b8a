package com.pygmy.frontend;

import static com.pygmy.frontend.FrontendFixture.TOKEN;
import static com.pygmy.frontend.FrontendFixture.settings;
import static com.pygmy.frontend.FrontendFixture.slug;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Outcome;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Answer;
import com.pygmy.wire.Message.Service;
import com.pygmy.wire.RequestMark;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Tries to get in: without the token, by odd paths, by too much, by too little at a time, and by
 * what is written into logs and pages. See also {@link MalformedRequestTest} and {@link EdgeTest}.
 */
class IntrusionTest {

  private static final String ONE = "{\"items\":[{\"book\":1,\"quantity\":1}]}";
  private static final String JSON = "Content-Type: application/json";

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

  // ---- without the token

  /** By the contract, so that a new route is tried, too. */
  static List<String> routesOfTheAdministrator() throws IOException {
    Map<?, ?> paths;
    try (InputStream in = IntrusionTest.class.getResourceAsStream("/openapi.yaml")) {
      Map<?, ?> contract = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
      paths = (Map<?, ?>) contract.get("paths");
    }
    List<String> found = new ArrayList<>();
    paths.forEach(
        (path, item) ->
            ((Map<?, ?>) item)
                .forEach(
                    (method, operation) -> {
                      if (operation instanceof Map<?, ?> described
                          && List.of(Map.of("administrator", List.of()))
                              .equals(described.get("security"))) {
                        found.add(
                            method.toString().toUpperCase(Locale.ROOT)
                                + " "
                                + path.toString().replaceAll("\\{[a-z]+}", "1"));
                      }
                    }));
    found.add("GET /orders");
    found.add("GET /orders?customer=Ada");
    return found;
  }

  @Test
  void thereAreRoutesOfTheAdministrator() throws IOException {
    assertTrue(routesOfTheAdministrator().contains("GET /backup"));
    assertTrue(routesOfTheAdministrator().contains("PATCH /books/1"));
    assertTrue(routesOfTheAdministrator().size() >= 8, routesOfTheAdministrator().toString());
  }

  @ParameterizedTest
  @MethodSource("routesOfTheAdministrator")
  void nobodyGetsInWithoutTheToken(String route) {
    String[] asked = route.split(" ", 2);
    String uri = asked[1];
    String withQuery = uri + (uri.contains("?") ? "&" : "?") + "token=" + TOKEN;
    List<String> tries = new ArrayList<>();
    tries.add(head(route, JSON, "Content-Length: 12"));
    for (String header :
        List.of(
            "Authorization: Bearer",
            "Authorization: Bearer " + TOKEN + "x",
            "Authorization: Bearer " + TOKEN.substring(1),
            "Authorization: Bearer " + TOKEN.toUpperCase(Locale.ROOT),
            "Authorization: Basic " + TOKEN,
            "Authorization: " + TOKEN,
            "Proxy-Authorization: Bearer " + TOKEN,
            "Cookie: token=" + TOKEN,
            "X-Forwarded-For: 127.0.0.1",
            "X-HTTP-Method-Override: GET",
            "X-Original-URL: /books/1")) {
      tries.add(head(route, JSON, "Content-Length: 12", header));
    }
    for (String request : tries) {
      String answer = raw.exchange(request + "{\"stock\":99}");
      assertEquals(401, RawClient.status(answer), request + "\n=> " + answer);
    }
    int status = RawClient.status(raw.exchange(head(asked[0] + " " + withQuery, JSON)));
    assertTrue(status == 401 || status == 422, "in an address, it is none: " + status);
    assertEquals(10, frontend.store.stored(1).stock());
  }

  // ---- by odd paths

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/..%2f..%2fetc/passwd",
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "///",
        "/./",
        "/assets//pygmy.css",
        "/assets/..%2f..%2fapplication.yaml",
        "/assets/%00",
        "/books/1%00",
        "/books/%31%00.html",
        "/books/1%0d%0aX-Evil:%201",
        "/books/..;/ops",
        "/books/1;jsessionid=1",
        "/books/%c0%ae%c0%ae/",
        "/books/1/../../ops",
        "/%5c..%5c..%5cetc%5cpasswd",
        "/search/%2e%2e%2f%2e%2e",
        "/search/%00",
        "/orders/%2e%2e%2fcluster",
        "http://evil.example/etc/passwd",
        "http://evil.example/..%2f..%2fetc/passwd",
        "http://a/books/1/../../../../etc/passwd",
        "file:///etc/passwd",
        "ftp://a/books/1",
        "gopher:",
        "a:80",
        "?",
        "*",
        "%2fbooks%2f1",
        "books/1"
      })
  void anOddPathLeadsNowhere(String uri) {
    String answer = raw.exchange(head("GET " + uri));
    int status = RawClient.status(answer);
    assertTrue(status >= 200 && status < 500, answer);
    assertFalse(answer.contains("root:"), answer);
    assertFalse(answer.toLowerCase(Locale.ROOT).contains("\nx-evil:"), answer);
    assertTellsNothing(answer);
  }

  @Test
  void anAddressWithAHostIsOneOfOurs() {
    String answer = raw.exchange(head("GET http://evil.example/books/1"));
    assertTrue(List.of(200, 400).contains(RawClient.status(answer)), answer);
    assertFalse(answer.contains("evil"), "nothing is made of the host: " + answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"CONNECT a:80", "TRACE /", "TRACK /books/1", "PROPFIND /", "DEBUG /"})
  void noOddMethodDoesAnything(String request) {
    String answer = raw.exchange(head(request, "X-Secret: s3cret"));
    assertTrue(List.of(400, 404, 405).contains(RawClient.status(answer)), answer);
    assertFalse(answer.contains("s3cret"), "nothing is sent back: " + answer);
  }

  // ---- by too much, or by two meanings

  @Test
  void manySmallHeadersAreTooMuch() {
    String answer = raw.exchange(head("GET /books/1", "a: b\r\n".repeat(4_000) + "c: d"));
    assertEquals(431, RawClient.status(answer), answer);
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 2_000_000})
  void anAnnouncementIsNotBelieved(int megabytes) {
    String length = "Content-Length: " + megabytes * 1_000_000L;
    assertEquals(413, RawClient.status(raw.exchange(head("POST /orders", JSON, length))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: -1",
        "Content-Length: +5",
        "Content-Length: 99999999999999999999",
        "Content-Length: 5, 6",
        "Content-Length: 5\r\nContent-Length: 6",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: chunked, gzip",
        "Transfer-Encoding : chunked"
      })
  void aBodyOfTwoLengthsHidesNoSecondRequest(String lengths) {
    String first = head("POST /nothing", lengths).replace("Connection: close\r\n", "");
    String answer = raw.exchange(first + "0\r\n\r\n" + hidden());
    assertTrue(List.of(400, 404).contains(RawClient.status(answer)), answer);
    assertEquals(1, answer.split("HTTP/1\\.[01] ", -1).length - 1, "one answer: " + answer);
    assertEquals(10, frontend.store.stored(1).stock());
  }

  @Test
  void aBuyInChunksIsTheLastRequestOfItsConnection() {
    String answer = raw.exchange(buyInChunks("") + hidden());
    assertEquals(201, RawClient.status(answer), answer);
    assertEquals(1, answer.split("HTTP/1\\.[01] ", -1).length - 1, "one answer: " + answer);
    assertEquals(9, frontend.store.stored(1).stock());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 5\r\n", "Content-Length: 5\r\nX: y\r\n"})
  void aBuyInChunksThatAlsoHasALengthIsRefused(String length) {
    String answer = raw.exchange(buyInChunks(length) + hidden());
    assertEquals(400, RawClient.status(answer), answer);
    assertEquals(1, answer.split("HTTP/1\\.[01] ", -1).length - 1, "one answer: " + answer);
    assertEquals(10, frontend.store.stored(1).stock());
  }

  private static String buyInChunks(String more) {
    String chunk = Integer.toHexString(ONE.length()) + "\r\n" + ONE + "\r\n0\r\n\r\n";
    return head("POST /orders", JSON, more + "Transfer-Encoding: chunked")
            .replace("Connection: close\r\n", "")
        + chunk;
  }

  /** What a proxy in front of us would have taken for a part of a body. */
  private static String hidden() {
    String body = "{\"stock\":99}";
    String length = "Content-Length: " + body.length();
    return head("PATCH /books/1", JSON, "Authorization: Bearer " + TOKEN, length) + body;
  }

  @ParameterizedTest
  @ValueSource(strings = {"5;x=", "5\r\nhello\r\n0\r\nX: "})
  void theRestOfAChunkedBodyIsBoundedToo(String begin) {
    String endless = begin + "x".repeat(100_000);
    String answer =
        raw.exchange(head("POST /orders", JSON, "Transfer-Encoding: chunked") + endless);
    int status = RawClient.status(answer);
    assertTrue(List.of(0, 400, 413, 431).contains(status), "or hung up on: " + answer);
    assertEquals(10, frontend.store.stored(1).stock());
  }

  @Test
  void garbageAfterARequestIsRefusedAndEndsTheConnection() {
    String answer =
        raw.exchange(
            head("GET /books/1", "X-Request-Id: a").replace("Connection: close\r\n", "")
                + "\u0000\u0001\u0002 garbage\r\n\r\n"
                + head("GET /books/1", "X-Request-Id: b"));
    assertEquals(200, RawClient.status(answer), answer);
    assertTrue(answer.matches("(?s).*HTTP/1.[01] 400.*"), answer);
    assertFalse(answer.contains(": b\r\n"), "what follows is not taken for a request: " + answer);
  }

  // ---- by too little at a time

  @Test
  void aHeadThatDripsIsNotWaitedForWithoutEnd() throws IOException {
    assertEnds("GET /books/1 HTTP/1.1\r\nHost: a\r\nX: ");
  }

  @Test
  void aHeadThatDripsAfterAnAnswerIsNotWaitedForEither() throws IOException {
    String first = head("GET /books/1").replace("Connection: close\r\n", "");
    assertTrue(assertEnds(first + "GET /bo").startsWith("HTTP/1.1 200"));
    String sought = head("GET /nothing").replace("Connection: close\r\n", "");
    assertTrue(assertEnds(sought + "GET /bo").startsWith("HTTP/1.1 404"));
  }

  @Test
  void aBodyThatDripsIsNotWaitedForWithoutEnd() throws IOException {
    String post = head("POST /orders", JSON, "Content-Length: 5000");
    assertTrue(assertEnds(post.replace("Connection: close\r\n", "")).startsWith("HTTP/1.1 408"));
    String nowhere = head("POST /nothing", JSON, "Content-Length: 5000");
    assertTrue(assertEnds(nowhere.replace("Connection: close\r\n", "")).startsWith("HTTP/1.1 404"));
  }

  @Test
  void whoIsAnsweredForLongIsNotHungUpOn() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), frontend.port())) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write(bytes(head("GET /events")));
      InputStream in = socket.getInputStream();
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * settingsIdleMillis());
      while (System.nanoTime() < end) {
        assertTrue(in.read() >= 0, "the stream ended");
      }
    }
  }

  /** Sends the beginning, then a byte from time to time; the server has to end it. Its answer. */
  private String assertEnds(String begin) throws IOException {
    long deadline =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3 * settingsIdleMillis() + 2_000);
    StringBuilder answer = new StringBuilder();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), frontend.port())) {
      socket.setSoTimeout(100); // the pace of the dripping
      socket.getOutputStream().write(bytes(begin));
      while (true) {
        assertTrue(System.nanoTime() < deadline, "still waited for; so far: " + answer);
        try {
          int read = socket.getInputStream().read();
          if (read < 0) {
            return answer.toString();
          }
          answer.append((char) read);
        } catch (SocketTimeoutException silence) {
          socket.getOutputStream().write('x');
        }
      }
    } catch (SocketException reset) {
      return answer.toString();
    }
  }

  private static long settingsIdleMillis() {
    return settings().deadlines().idleMillis();
  }

  // ---- by what is written elsewhere

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "a\r\n INFO forged",
        "a\tb",
        "\u001b[31mred",
        "<script>alert( 1)</script>",
        "\u00e4"
      })
  void anIdThatIsNoneReachesNeitherLogNorAnswer(String id) {
    assertIdIsNotShown(id);
  }

  @Test
  void anIdOfKilobytesReachesNeitherLogNorAnswer() {
    assertIdIsNotShown("x".repeat(65));
    assertIdIsNotShown("x".repeat(7_000));
    String answer = raw.exchange(head("GET /books/1", "X-Request-Id: " + "x".repeat(10_240)));
    assertEquals(431, RawClient.status(answer), answer);
    assertFalse(answer.contains("xxxx"), answer);
  }

  private void assertIdIsNotShown(String id) {
    answerNonsense();
    Logger logger = (Logger) LoggerFactory.getLogger(Edge.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      String answer =
          raw.exchange(
              head("POST /orders", JSON, "X-Request-Id: " + id, "Content-Length: " + ONE.length())
                  + ONE);
      int status = RawClient.status(answer);
      assertTrue(status == 500 || status == 400, answer);
      assertFalse(answer.contains(id), answer);
      assertEquals(status == 500 ? 1 : 0, lines.list.size());
      for (ILoggingEvent line : lines.list) {
        assertEquals("POST /orders failed", line.getFormattedMessage());
        String logged = line.getMDCPropertyMap().get(RequestMark.REQUEST_ID);
        assertTrue(logged.matches("[!-~]{1,64}"), logged);
        assertFalse(logged.contains(id), logged);
      }
    } finally {
      logger.detachAppender(lines);
    }
  }

  /** A 500 for every buy. */
  private void answerNonsense() {
    Decision wrong = new Decision.Decided(new Outcome.Founded("store"), false);
    frontend.await(
        frontend.store.replica(
            Service.ORDER,
            "n0",
            request -> Future.succeededFuture(new Message.Bought(new Answer.Decided(1, wrong)))));
    frontend.store.announce(Service.ORDER, "n1", false);
  }

  @Test
  void noAnswerTellsWhatServesOrWhereItLies() {
    List<HttpResponse<Buffer>> answers = new ArrayList<>();
    answers.add(frontend.get("/"));
    answers.add(frontend.get("/assets/pygmy.css"));
    answers.add(frontend.get("/assets/"));
    answers.add(frontend.get("/books/1"));
    answers.add(frontend.get("/books/9"));
    answers.add(frontend.get("/books?limit=x"));
    answers.add(frontend.get("/books?topic=%zz"));
    answers.add(frontend.get("/orders"));
    answers.add(frontend.get("/cluster"));
    answers.add(frontend.get("/openapi.yaml"));
    answers.add(frontend.get("/health/ready"));
    answers.add(frontend.get("/nothing"));
    answers.add(frontend.post("/orders", ONE));
    answers.add(frontend.post("/orders", "{"));
    answers.add(frontend.post("/orders", "{\"items\":[]}"));
    answers.add(frontend.post("/orders", " ".repeat(20_000)));
    answers.add(frontend.send(HttpMethod.PUT, "/orders", ONE, request -> request));
    answerNonsense();
    answers.add(frontend.post("/orders", ONE));
    assertEquals(500, answers.get(answers.size() - 1).statusCode());
    for (HttpResponse<Buffer> answer : answers) {
      MultiMap headers = answer.headers();
      String shown = answer.statusCode() + " " + headers + "\n" + answer.bodyAsString();
      assertFalse(headers.contains("Server") || headers.contains("X-Powered-By"), shown);
      assertEquals("nosniff", headers.get("X-Content-Type-Options"), shown);
      assertEquals("same-origin", headers.get("Cross-Origin-Resource-Policy"), shown);
      String policy = headers.get("Content-Security-Policy");
      assertTrue(policy.startsWith("default-src '"), shown);
      assertTrue(policy.contains("frame-ancestors 'none'"), shown);
      assertFalse(policy.contains("unsafe") || policy.contains("*"), shown);
      assertEquals(1, headers.getAll("Content-Security-Policy").size(), shown);
      assertTellsNothing(shown);
    }
  }

  @Test
  void noOtherSiteMayReadOrAsk() {
    String origin = "Origin: https://evil.example";
    String preflight =
        raw.exchange(
            head(
                "OPTIONS /orders",
                origin,
                "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: content-type"));
    assertEquals(405, RawClient.status(preflight), preflight);
    String read = raw.exchange(head("GET /books/1", origin));
    assertEquals(200, RawClient.status(read), read);
    for (String answer : List.of(preflight, read)) {
      assertFalse(answer.toLowerCase(Locale.ROOT).contains("access-control-"), answer);
    }
    HttpResponse<Buffer> form =
        frontend.send(
            HttpMethod.POST, "/orders", ONE, r -> r.putHeader("Content-Type", "text/plain"));
    assertEquals("unsupported-media-type", slug(form), "what a form can send without asking");
    assertNull(form.getHeader("Set-Cookie"));
  }

  private static void assertTellsNothing(String answer) {
    for (String told :
        List.of("Exception", "\tat ", "com.pygmy", "io.vertx", "io.netty", "java.", "/src/main")) {
      assertFalse(answer.contains(told), told + " in: " + answer);
    }
    assertFalse(answer.contains(System.getProperty("user.dir")), answer);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String head(String request, String... headers) {
    return request
        + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        + String.join("", List.of(headers).stream().map(h -> h + "\r\n").toList())
        + "\r\n";
  }
}
