package com.pygmy.frontend;

import static com.pygmy.frontend.FrontendFixture.SHORT;
import static com.pygmy.frontend.FrontendFixture.TOKEN;
import static com.pygmy.frontend.FrontendFixture.json;
import static com.pygmy.frontend.FrontendFixture.slug;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Command;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Answer;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a frontend does when replicas fail it. */
class RetryTest {

  private static final String BODY = "{\"items\":[{\"book\":1,\"quantity\":1}]}";

  /** Room for a busy machine on top of a deadline. */
  private static final long SLACK_MILLIS = 2_000;

  private FrontendFixture frontend;
  private FakeStore store;

  @BeforeEach
  void start() {
    frontend = new FrontendFixture();
    store = frontend.store.book(1, "One", "t", 100, 10);
    store.announce(Service.CATALOG, "n1", true);
    frontend.start(FrontendFixture.settings());
  }

  @AfterEach
  void stop() {
    frontend.close();
  }

  /** Why an attempt may not have come to a decision, and surely never will. */
  enum NotProposed {
    UNAVAILABLE,
    NO_LEADER,
    NOT_LEADER,
    NOT_DECIDED;

    Message answer() {
      return switch (this) {
        case UNAVAILABLE -> new Message.Unavailable("not now");
        case NO_LEADER -> new Message.Bought(new Answer.Unavailable("no leader"));
        case NOT_LEADER -> new Message.Bought(new Answer.NotLeader(Optional.of("n2")));
        case NOT_DECIDED -> new Message.Bought(new Answer.NotDecided());
      };
    }
  }

  @ParameterizedTest
  @EnumSource(NotProposed.class)
  void buysAtAnotherReplicaWithTheSameKey(NotProposed why) {
    store.passTo(77);
    replica(Service.ORDER, "n1", request -> Future.succeededFuture(why.answer()));
    replica(Service.ORDER, "n2", store::answer);
    assertEquals(201, frontend.post("/orders", "k1", BODY).statusCode());
    assertEquals(List.of("n1", "n2"), asked());
    for (Command.PlaceOrder attempt : attempts()) {
      assertEquals("k1", attempt.key());
      assertEquals(77, attempt.admittedIndex());
    }
  }

  @Test
  void usesTheKeyThatItMadeForEveryAttempt() {
    replica(Service.ORDER, "n1", request -> Future.failedFuture("broken"));
    replica(Service.ORDER, "n2", store::answer);
    HttpResponse<Buffer> bought = frontend.post("/orders", BODY);
    assertEquals(201, bought.statusCode());
    assertEquals(1, attempts().stream().map(Command::key).distinct().count());
    assertEquals(attempts().get(0).key(), json(bought).getString("key"));
  }

  @Test
  void asksAnotherReplicaWhenOneHangs() {
    replica(Service.ORDER, "n1", RetryTest::hangs);
    replica(Service.ORDER, "n2", store::answer);
    long before = System.nanoTime();
    assertEquals(201, frontend.post("/orders", "k1", BODY).statusCode());
    assertTrue(millisSince(before) < SHORT.commandAttemptMillis() + SLACK_MILLIS);
    assertEquals(List.of("n1", "n2"), asked());
  }

  @Test
  void keepsAskingThroughAFailOver() {
    replica(
        Service.ORDER,
        "n1",
        request ->
            store.seen.size() < 4
                ? Future.succeededFuture(new Message.Bought(new Answer.Unavailable("no leader")))
                : store.answer(request));
    assertEquals(201, frontend.post("/orders", "k1", BODY).statusCode());
    assertEquals(1, store.sold().size());
  }

  @Test
  void saysThatTheOutcomeIsUnknownWhenEverybodyHangs() {
    replica(Service.ORDER, "n1", RetryTest::hangs);
    replica(Service.ORDER, "n2", RetryTest::hangs);
    long before = System.nanoTime();
    HttpResponse<Buffer> unknown = frontend.post("/orders", BODY);
    assertTrue(millisSince(before) < SHORT.commandMillis() + SLACK_MILLIS);
    assertEquals(503, unknown.statusCode());
    assertEquals("outcome-unknown", slug(unknown));
    assertNotNull(unknown.getHeader("Retry-After"));
    assertEquals(attempts().get(0).key(), json(unknown).getString("key"));
    assertEquals(attempts().get(0).key(), unknown.getHeader("Idempotency-Key"));
    assertEquals(1, attempts().stream().distinct().count());
    assertTrue(asked().containsAll(List.of("n1", "n2")));
  }

  /** What came after an attempt that may have been proposed does not make it undone. */
  @ParameterizedTest
  @EnumSource(NotProposed.class)
  void staysUnknownWhateverTheOthersSay(NotProposed why) {
    replica(
        Service.ORDER,
        "n1",
        request ->
            Future.succeededFuture(
                store.seen.size() == 1
                    ? new Message.Bought(new Answer.Unknown("?"))
                    : why.answer()));
    assertEquals("outcome-unknown", slug(frontend.post("/orders", "k1", BODY)));
  }

  @Test
  void takesAFailedHandlerForUnknown() {
    replica(
        Service.ORDER,
        "n1",
        request ->
            store.seen.size() == 1
                ? Future.failedFuture("broken half-way")
                : Future.succeededFuture(NotProposed.UNAVAILABLE.answer()));
    assertEquals("outcome-unknown", slug(frontend.post("/orders", "k1", BODY)));
  }

  @Test
  void takesAnAnswerToSomethingElseForUnknown() {
    replica(Service.ORDER, "n1", request -> Future.succeededFuture(new Message.SalesHint(1)));
    assertEquals("outcome-unknown", slug(frontend.post("/orders", "k1", BODY)));
  }

  @Test
  void learnsTheOutcomeOfAnUnknownAttempt() {
    replica(
        Service.ORDER,
        "n1",
        request -> {
          Future<Message> answer = store.answer(request);
          return store.seen.size() == 1
              ? Future.succeededFuture(new Message.Bought(new Answer.Unknown("?")))
              : answer;
        });
    HttpResponse<Buffer> bought = frontend.post("/orders", "k1", BODY);
    assertEquals(201, bought.statusCode());
    assertNull(bought.getHeader("Idempotent-Replayed"), "the client sent it once");
    assertEquals(1, store.sold().size());
  }

  @ParameterizedTest
  @EnumSource(NotProposed.class)
  void saysUnavailableWhenNobodyProposedIt(NotProposed why) {
    replica(Service.ORDER, "n1", request -> Future.succeededFuture(why.answer()));
    long before = System.nanoTime();
    HttpResponse<Buffer> unavailable = frontend.post("/orders", "k1", BODY);
    assertTrue(
        millisSince(before) >= SHORT.commandMillis() - UntilDecided.MIN_ATTEMPT_MILLIS,
        "a leader may appear meanwhile");
    assertEquals(503, unavailable.statusCode());
    assertEquals("unavailable", slug(unavailable));
    assertNotNull(unavailable.getHeader("Retry-After"));
  }

  @Test
  void saysUnavailableAtOnceWhenNobodyIsThere() {
    store.announce(Service.CATALOG, "n1", false);
    store.announce(Service.ORDER, "n1", false);
    long before = System.nanoTime();
    assertEquals("unavailable", slug(frontend.post("/orders", "k1", BODY)));
    assertEquals("unavailable", slug(frontend.get("/orders/1")));
    assertEquals("unavailable", slug(frontend.get("/books/1")));
    assertEquals("unavailable", slug(patch()));
    assertTrue(millisSince(before) < SLACK_MILLIS);
  }

  @Test
  void saysUnavailableAtOnceWhenTheCatalogHasLostItsMajority() {
    store.announce(Service.CATALOG, "n1", false);
    replica(Service.ORDER, "n1", RetryTest::hangs);
    HttpResponse<Buffer> unavailable = frontend.post("/orders", BODY);
    assertEquals("unavailable", slug(unavailable));
    assertEquals(
        "No catalog replica is ready. Nothing was changed.", json(unavailable).getString("detail"));
    assertEquals("unavailable", slug(patch()));
    assertEquals(List.of(), asked());
  }

  @Test
  void givesUpAtOnceWhenTheCatalogLosesItsMajorityMeanwhile() {
    replica(
        Service.ORDER,
        "n1",
        request -> {
          store.announce(Service.CATALOG, "n1", false);
          return Future.succeededFuture(NotProposed.NO_LEADER.answer());
        });
    assertEquals("unavailable", slug(frontend.post("/orders", "k1", BODY)));
    assertEquals(List.of("n1"), asked());
  }

  @Test
  void staysUnknownWhenTheCatalogLosesItsMajorityMeanwhile() {
    replica(
        Service.ORDER,
        "n1",
        request -> {
          store.announce(Service.CATALOG, "n1", false);
          return Future.succeededFuture(new Message.Bought(new Answer.Unknown("?")));
        });
    assertEquals("outcome-unknown", slug(frontend.post("/orders", "k1", BODY)));
  }

  @Test
  void claimsNothingOfEarlierAttemptsUnderTheKeyOfTheClient() {
    store.announce(Service.CATALOG, "n1", false);
    String detail = json(frontend.post("/orders", "k1", BODY)).getString("detail");
    assertTrue(detail.contains("Nothing was changed by this attempt."), detail);
    assertTrue(detail.contains("GET /orders?key="), detail);
    store.announce(Service.CATALOG, "n1", true);
    Message overloaded = new Message.Bought(new Answer.Overloaded());
    replica(Service.ORDER, "n1", request -> Future.succeededFuture(overloaded));
    detail = json(frontend.post("/orders", "k1", BODY)).getString("detail");
    assertTrue(detail.contains("Nothing was changed by this attempt."), detail);
    detail = json(frontend.post("/orders", BODY)).getString("detail");
    assertEquals("Nothing was changed. Try again shortly.", detail);
  }

  @Test
  void sendsNothingBeforeALeaderWasHeard() {
    try (FrontendFixture fresh = new FrontendFixture()) {
      fresh.start(FrontendFixture.settings());
      fresh.await(fresh.store.replica(Service.ORDER, "n1"));
      ReplicaState behind =
          new ReplicaState(
              "c1", Service.CATALOG, Role.FOLLOWER, 1, 1, true, Optional.of("store"), "");
      fresh.directory.heard(new Heartbeat("c1", "i", Optional.empty(), false, List.of(behind)));
      assertEquals("unavailable", slug(fresh.post("/orders", "k1", BODY)));
      assertEquals(List.of(), fresh.store.seen);
      fresh.store.announce(Service.CATALOG, "n1", true);
      assertEquals("unknown-book", slug(fresh.post("/orders", "k1", BODY)));
    }
  }

  @Test
  void takesAnAttemptThatFoundNobodyForNotProposed() {
    store.announce(Service.ORDER, "n1", true);
    assertEquals("unavailable", slug(frontend.post("/orders", "k1", BODY)));
  }

  @Test
  void passesOverloadOnWithoutAddingToIt() {
    Message overloaded = new Message.Bought(new Answer.Overloaded());
    replica(Service.ORDER, "n1", request -> Future.succeededFuture(overloaded));
    replica(Service.ORDER, "n2", request -> Future.succeededFuture(overloaded));
    HttpResponse<Buffer> refused = frontend.post("/orders", "k1", BODY);
    assertEquals(503, refused.statusCode());
    assertEquals("overloaded", slug(refused));
    assertNotNull(refused.getHeader("Retry-After"));
    assertEquals(1, store.seen.size());
  }

  @Test
  void followsTheHintToTheLeader() {
    Answer elsewhere = new Answer.NotLeader(Optional.of("n3"));
    Message notMe = new Message.Submitted(List.of(elsewhere));
    replica(Service.CATALOG, "n1", request -> Future.succeededFuture(notMe));
    replica(Service.CATALOG, "n2", request -> Future.succeededFuture(notMe));
    replica(Service.CATALOG, "n3", store::answer);
    assertEquals(200, patch().statusCode());
    assertEquals(List.of("n1", "n3"), asked());
  }

  @Test
  void saysThatTheOutcomeOfACommandIsUnknown() {
    replica(Service.CATALOG, "n1", RetryTest::hangs);
    HttpResponse<Buffer> unknown = patch();
    assertEquals("outcome-unknown", slug(unknown));
    assertEquals(json(unknown).getString("key"), unknown.getHeader("Idempotency-Key"));
  }

  @Test
  void readsFromAnotherReplica() {
    replica(Service.CATALOG, "n1", RetryTest::hangs);
    replica(
        Service.CATALOG,
        "n2",
        request -> Future.succeededFuture(new Message.Unavailable("no read point")));
    replica(Service.CATALOG, "n3", store::answer);
    assertEquals(200, frontend.get("/books/1").statusCode());
  }

  @Test
  void asksOneOtherReplicaForASearchThatOneHasShed() {
    Message shed = new Message.Overloaded("too many searches");
    for (String name : List.of("n1", "n2", "n3")) {
      replica(Service.CATALOG, name, request -> Future.succeededFuture(shed));
    }
    HttpResponse<Buffer> refused = frontend.get("/books?q=one");
    assertEquals(503, refused.statusCode());
    assertEquals("overloaded", slug(refused));
    assertNotNull(refused.getHeader("Retry-After"));
    assertEquals(2, store.seen.size());
  }

  @Test
  void answersASearchThatOnlyOneReplicaSheds() {
    Message shed = new Message.Overloaded("too many searches");
    Message found = new Message.BooksFound(1, List.of(), false, false);
    replica(Service.CATALOG, "n1", request -> Future.succeededFuture(shed));
    replica(Service.CATALOG, "n2", request -> Future.succeededFuture(found));
    assertEquals(200, frontend.get("/books?q=one").statusCode());
    assertEquals(200, frontend.get("/books?q=two").statusCode());
  }

  @Test
  void saysUnavailableWhenNoReadIsAnswered() {
    replica(Service.CATALOG, "n1", RetryTest::hangs);
    replica(Service.ORDER, "n1", RetryTest::hangs);
    long before = System.nanoTime();
    for (String uri : List.of("/books/1", "/books", "/topics", "/orders/1", "/orders?key=k1")) {
      HttpResponse<Buffer> unavailable = frontend.get(uri);
      assertEquals(503, unavailable.statusCode());
      assertEquals("unavailable", slug(unavailable));
      assertNotNull(unavailable.getHeader("Retry-After"));
    }
    assertTrue(millisSince(before) < 5 * SHORT.readMillis() + SLACK_MILLIS);
  }

  private HttpResponse<Buffer> patch() {
    return frontend.send(
        HttpMethod.PATCH,
        "/books/1",
        "{\"priceCents\":5}",
        request -> request.bearerTokenAuthentication(TOKEN));
  }

  private void replica(Service service, String name, Function<Message, Future<Message>> handler) {
    frontend.await(store.replica(service, name, handler));
  }

  private List<String> asked() {
    return store.seen.stream().map(Map.Entry::getKey).toList();
  }

  private List<Command.PlaceOrder> attempts() {
    return store.seen.stream().map(seen -> ((Message.Buy) seen.getValue()).command()).toList();
  }

  private static Future<Message> hangs(Message request) {
    return Promise.<Message>promise().future();
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }
}
