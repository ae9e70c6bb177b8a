package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Book;
import com.pygmy.fuzz.Fuzz;
import com.pygmy.wire.json.Route;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Requests made of valid ones by chance. Whatever comes is answered, never with a 500, and an
 * administrator's route changes nothing without the token. {@code -Dpygmy.seed=N} repeats a run.
 */
class MalformedRequestTest {

  private static final int REQUESTS = 600;

  private static final List<String> VALUES =
      List.of(
          "1",
          "0",
          "-1",
          "x",
          "%",
          "%zz",
          "%00",
          "%2e%2e%2f",
          "..",
          "99999999999999999999",
          "1.5",
          "%ff",
          "ü",
          "*",
          "a;b",
          "1%2F2",
          "+",
          " ",
          "\"",
          "<script>",
          "null");
  private static final List<String> QUERIES =
      List.of(
          "",
          "?",
          "?&",
          "?a",
          "?limit=",
          "?limit=-1",
          "?limit=1&limit=2",
          "?ids=1,x",
          "?topic=%",
          "?=1",
          "?key=%20",
          "?quantity=0",
          "?after=9e9",
          "?%=%",
          "?ids=" + "1,".repeat(200));
  private static final List<String> HEADERS =
      List.of(
          "Content-Type: application/json",
          "Content-Type: ;;;",
          "Idempotency-Key: a b",
          "Idempotency-Key: " + "k".repeat(65),
          "If-Match: \"",
          "If-None-Match: ,,\"",
          "Accept: */*;q=x",
          "Authorization: Bearer x",
          "Expect: 100-continue",
          "Expect: tea",
          "X-Request-Id: \u0001",
          "traceparent: 00-",
          "Content-Encoding: gzip",
          "Upgrade: websocket",
          "Range: bytes=0-",
          "Cookie: =;=",
          "Origin: null");
  private static final List<String> BODIES =
      List.of(
          "{\"items\":[{\"book\":1,\"quantity\":1}],\"customer\":\"Ada\"}",
          "{\"priceCents\":1,\"stock\":2,\"title\":\"t\"}",
          "{\"quantity\":3}",
          "{\"id\":5,\"title\":\"t\",\"author\":\"a\",\"topic\":\"t\",\"priceCents\":1,\"stock\":1}");

  /** Of a version of HTTP that there is not, Vert.x says so itself. */
  private static final int NO_SUCH_HTTP = 501;

  private static FrontendFixture frontend;

  @BeforeAll
  static void start() {
    frontend = FrontendFixture.healthy();
    frontend.store.book(1, "One", "t", 100, 1_000_000);
  }

  @AfterAll
  static void stop() {
    frontend.close();
  }

  @Test
  void nothingMalformedIsA500OrAHang() {
    String seed = System.getProperty("pygmy.seed", "");
    long first = seed.isEmpty() ? 20_260_000 : Long.parseLong(seed);
    int requests = seed.isEmpty() ? Fuzz.inputs(REQUESTS) : 1;
    RawClient client = new RawClient(frontend.port());
    int answered = 0;
    for (int i = 0; i < requests; i++) {
      byte[] request = request(new Random(first + i));
      String answer = client.exchange(request);
      String shown =
          "-Dpygmy.seed="
              + (first + i)
              + "\n"
              + new String(request, StandardCharsets.ISO_8859_1)
              + "\n=> "
              + answer;
      int status = RawClient.status(answer);
      assertTrue(status != 500, shown);
      if (status >= 400 && status != NO_SUCH_HTTP) {
        assertTrue(answer.contains("application/problem+json"), shown);
      }
      answered += status == 0 ? 0 : 1;
    }
    assertTrue(answered >= 0.9 * requests, answered + " of " + requests + " were answered");
    Book book = frontend.store.stored(1);
    assertEquals(100, book.priceCents());
    assertEquals(0, book.restocked());
  }

  private static byte[] request(Random chance) {
    Route route = pick(chance, List.of(Route.values()));
    String path = route.template();
    while (path.contains("{")) {
      path = path.replaceFirst("\\{[a-z]+}", Matcher.quoteReplacement(pick(chance, VALUES)));
    }
    String method =
        chance.nextInt(4) == 0
            ? pick(
                chance, List.of("GET", "POST", "PATCH", "PUT", "OPTIONS", "HEAD", "get", "TRACE"))
            : route.method();
    StringBuilder head = new StringBuilder(method).append(' ').append(path);
    head.append(chance.nextBoolean() ? "" : pick(chance, QUERIES))
        .append(" HTTP/1.1\r\nHost: a\r\n");
    head.append("Connection: close\r\n");
    if (chance.nextInt(4) != 0) {
      head.append("Content-Type: application/json\r\n");
    }
    for (int n = chance.nextInt(3); n > 0; n--) {
      head.append(pick(chance, HEADERS)).append("\r\n");
    }
    byte[] body = body(chance);
    if (!method.equals("GET") || chance.nextInt(4) == 0) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    } else {
      body = new byte[0];
    }
    byte[] whole = join(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1), body);
    return chance.nextInt(10) == 0 ? damaged(chance, whole) : whole;
  }

  private static byte[] body(Random chance) {
    byte[] body = pick(chance, BODIES).getBytes(StandardCharsets.UTF_8);
    return chance.nextInt(3) == 0 ? body : damaged(chance, body);
  }

  /** With a few bytes changed, doubled or lost. */
  private static byte[] damaged(Random chance, byte[] bytes) {
    byte[] result = bytes;
    for (int n = 1 + chance.nextInt(3); n > 0 && result.length > 0; n--) {
      int at = chance.nextInt(result.length);
      int keep = at + chance.nextInt(2);
      byte[] middle = chance.nextBoolean() ? new byte[] {(byte) chance.nextInt(256)} : new byte[0];
      byte[] front = Arrays.copyOf(result, at);
      byte[] back = Arrays.copyOfRange(result, keep, result.length);
      result = join(join(front, middle), back);
    }
    return result;
  }

  private static byte[] join(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static <T> T pick(Random chance, List<T> among) {
    return among.get(chance.nextInt(among.size()));
  }
}
