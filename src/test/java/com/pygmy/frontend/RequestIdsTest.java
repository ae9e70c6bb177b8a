package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.Logged;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ids of requests: in answers, and in the lines of the logs. */
final class RequestIdsTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";
  private static final String ONE_BOOK =
      """
      {"items": [{"book": 1, "quantity": 1}]}""";

  private final FrontendFixture frontend = new FrontendFixture();

  @AfterEach
  void stop() {
    frontend.close();
  }

  @Test
  void takesTheTraceOfTheClientOver() {
    healthy();
    assertEquals(TRACE, answered(Map.of("traceparent", PARENT)));
    assertEquals(TRACE, answered(Map.of("traceparent", "cc" + PARENT.substring(2) + "-more")));
    assertEquals("mine", answered(Map.of("traceparent", PARENT, "X-Request-Id", "mine")));
    assertEquals(TRACE, answered(Map.of("traceparent", PARENT, "X-Request-Id", "not mine")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        ""
      })
  void makesAnIdInPlaceOfAMalformedTrace(String parent) {
    healthy();
    assertTrue(answered(Map.of("traceparent", parent)).startsWith("made-"));
  }

  @Test
  void aBuyThatFailsAtAReplicaIsFoundInBothLogsByItsId() {
    frontend.start(FrontendFixture.settings());
    frontend.await(frontend.store.replica(Service.CATALOG, "n1"));
    frontend.await(frontend.store.replica(Service.ORDER, "n1", RequestIdsTest::broken));
    try (Logged log = new Logged("com.pygmy")) {
      HttpResponse<Buffer> answer =
          frontend.send(
              HttpMethod.POST,
              "/orders",
              ONE_BOOK,
              r -> r.putHeader("X-Request-Id", "r-7").putHeader("Idempotency-Key", "k-7"));
      assertEquals("outcome-unknown", FrontendFixture.slug(answer));
      Map<String, String> mark = Map.of("requestId", "r-7", "key", "k-7");
      assertAll(mark, log.marksOf("pygmy.order.n1 failed on Buy"));
      assertAll(mark, log.marksOf("order replica n1 failed"));
      assertAll(mark, log.marksOf("POST /orders has an unknown outcome"));
    }
  }

  /** They take turns on the same threads. */
  @Test
  void requestsThatFailTogetherKeepTheirIdsApart() {
    frontend.start(FrontendFixture.settings());
    frontend.await(
        frontend.store.replica(
            Service.CATALOG,
            "n1",
            asked -> frontend.vertx.timer(1).compose(later -> broken(asked))));
    Set<String> sent = new HashSet<>();
    try (Logged log = new Logged("com.pygmy")) {
      List<Future<HttpResponse<Buffer>>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        sent.add("r-" + i);
        answers.add(
            frontend.client().get("/orders?key=k-" + i).putHeader("X-Request-Id", "r-" + i).send());
      }
      frontend.await(Future.all(answers));
      assertEquals(
          sent, idsOf(log.marksOf("pygmy.catalog.n1 failed on FindOutcome")), log::toString);
      assertEquals(sent, idsOf(log.marksOf("catalog replica n1 failed")), log::toString);
    }
  }

  @Test
  void readsBearTheIdOfTheirRequest() {
    frontend.start(FrontendFixture.settings());
    frontend.await(frontend.store.replica(Service.CATALOG, "n1", RequestIdsTest::broken));
    frontend.await(frontend.store.replica(Service.ORDER, "n1", RequestIdsTest::broken));
    Map<String, String> reads = new HashMap<>();
    reads.put("/books/1", "ReadBooks");
    reads.put("/books?topic=t", "ListBooks");
    reads.put("/books?q=t", "SearchBooks");
    reads.put("/topics", "ListTopics");
    reads.put("/orders/1", "FindOrder");
    reads.put("/orders?key=k", "FindOutcome");
    reads.forEach(
        (uri, message) -> {
          try (Logged log = new Logged("com.pygmy")) {
            frontend.send(HttpMethod.GET, uri, "", r -> r.putHeader("X-Request-Id", "r-8"));
            assertAll(Map.of("requestId", "r-8"), log.marksOf("failed on " + message));
          }
        });
  }

  @Test
  void whatIsLoggedForNoRequestBearsNoId() {
    frontend.start(FrontendFixture.settings());
    frontend.await(frontend.store.replica(Service.CATALOG, "n1", RequestIdsTest::broken));
    try (Logged log = new Logged("com.pygmy")) {
      frontend.send(HttpMethod.GET, "/books/1", "", r -> r.putHeader("X-Request-Id", "r-9"));
      frontend.await(
          frontend
              .bus
              .ask(Service.CATALOG, "n1", new Message.ListTopics(), 1_000)
              .otherwiseEmpty());
      assertAll(Map.of(), log.marksOf("failed on ListTopics"));
    }
  }

  private void healthy() {
    frontend.start(FrontendFixture.settings());
    frontend.await(frontend.store.replica(Service.CATALOG, "n1"));
    frontend.store.book(1, "A Book", "a-topic", 100, 5);
  }

  private String answered(Map<String, String> headers) {
    HttpResponse<Buffer> answer =
        frontend.send(
            HttpMethod.GET,
            "/books/1",
            "",
            request -> {
              headers.forEach(request::putHeader);
              return request;
            });
    assertEquals(200, answer.statusCode());
    return answer.getHeader("X-Request-Id");
  }

  private static Future<Message> broken(Message request) {
    return Future.failedFuture(new IllegalStateException("the disk is on fire"));
  }

  private static Set<String> idsOf(List<Map<String, String>> marks) {
    Set<String> ids = new HashSet<>();
    marks.forEach(mark -> ids.add(mark.get("requestId")));
    return ids;
  }

  private static void assertAll(Map<String, String> mark, List<Map<String, String>> marks) {
    assertFalse(marks.isEmpty(), "there is no such line");
    marks.forEach(one -> assertEquals(mark, one));
  }
}
