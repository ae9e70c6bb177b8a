package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Decision;
import com.pygmy.domain.Outcome;
import com.pygmy.frontend.FrontendSettings.Deadlines;
import com.pygmy.wire.Message.Answer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How attempts race for a decision. The clock stands still unless a test moves it. */
class UntilDecidedTest {

  private static final Decision SOLD = new Decision.Decided(new Outcome.Founded("any"), false);
  private static final Decision REPLAY = new Decision.Decided(new Outcome.Founded("any"), true);
  private static final Answer NO_LEADER = new Answer.Unavailable("no leader");
  private static final long COMMAND_MILLIS = 600;
  private static final Deadlines DEADLINES = new Deadlines(600, 50, 1, 1, 20, 1, 1, 1);

  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong millis = new AtomicLong();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> suspected = new CopyOnWriteArrayList<>();
  private final List<CompletableFuture<Answer>> answers = new CopyOnWriteArrayList<>();
  private volatile long lastTimeoutMillis;

  /** What the clock says from the n-th attempt on: a test would be late to move it itself. */
  private final Map<Integer, Long> millisFromAttempt = new ConcurrentHashMap<>();

  @AfterEach
  void stop() throws TimeoutException {
    vertx.close().await(5, TimeUnit.SECONDS);
  }

  @Test
  void believesASlowReplicaWhenOthersHaveBeenAskedMeanwhile() {
    Future<Decision> decision = decide("a", "b", "c");
    awaitAsked(3);
    assertEquals(List.of("a", "b"), suspected.subList(0, 2));
    answers.get(0).complete(new Answer.Decided(1, SOLD));
    assertEquals(SOLD, await(decision));
  }

  @Test
  void givesAnAttemptAllTheTimeThatIsLeft() {
    Future<Decision> decision = decide("a");
    awaitAsked(1);
    assertEquals(COMMAND_MILLIS, lastTimeoutMillis);
    answers.get(0).complete(new Answer.Decided(1, SOLD));
    await(decision);
  }

  @Test
  void startsNoAttemptThatHasNoTime() {
    millisFromAttempt.put(1, COMMAND_MILLIS - UntilDecided.MIN_ATTEMPT_MILLIS);
    millisFromAttempt.put(2, COMMAND_MILLIS - UntilDecided.MIN_ATTEMPT_MILLIS + 1);
    Future<Decision> decision = decide("a", "b", "c");
    awaitAsked(1);
    answers.get(0).complete(NO_LEADER);
    awaitAsked(2);
    assertEquals(UntilDecided.MIN_ATTEMPT_MILLIS, lastTimeoutMillis);
    answers.get(1).complete(NO_LEADER);
    assertInstanceOf(Failure.Unavailable.class, failure(decision));
    assertEquals(List.of("a", "b"), asked);
  }

  @Test
  void hearsTheLastAttemptsOutWhenThereIsNoTimeForAnother() {
    millisFromAttempt.put(1, COMMAND_MILLIS - 1);
    Future<Decision> decision = decide("a", "b");
    awaitSuspected(1);
    answers.get(0).complete(NO_LEADER);
    assertInstanceOf(Failure.Unavailable.class, failure(decision));
    assertEquals(List.of("a"), asked);
  }

  @Test
  void doesNotKnowWhatBecameOfAnAttemptThatWasNotAnswered() {
    millisFromAttempt.put(2, COMMAND_MILLIS);
    Future<Decision> decision = decide("a", "b");
    awaitAsked(2);
    answers.get(1).complete(NO_LEADER);
    answers.get(0).completeExceptionally(new TimeoutException());
    assertInstanceOf(Failure.OutcomeUnknown.class, failure(decision));
  }

  @Test
  void passesOverloadOnOnlyWhenNothingElseMayBeProposed() {
    Future<Decision> decision = decide("a", "b");
    awaitAsked(2);
    answers.get(1).complete(new Answer.Overloaded());
    awaitAsked(3);
    answers.get(0).complete(new Answer.Decided(1, SOLD));
    assertEquals(SOLD, await(decision));
  }

  @Test
  void isNoReplayWhenAnotherAttemptOfTheSameRequestMayHaveDoneIt() {
    Future<Decision> decision = decide("a", "b");
    awaitAsked(2);
    answers.get(1).complete(new Answer.Decided(1, REPLAY));
    assertEquals(SOLD, await(decision));
  }

  @Test
  void isAReplayWhenNoOtherAttemptCanHaveDoneIt() {
    Future<Decision> decision = decide("a", "b");
    awaitAsked(1);
    answers.get(0).complete(new Answer.NotDecided());
    awaitAsked(2);
    answers.get(1).complete(new Answer.Decided(1, REPLAY));
    assertEquals(REPLAY, await(decision));
  }

  private Future<Decision> decide(String... replicas) {
    UntilDecided until =
        new UntilDecided(
            vertx,
            () -> TimeUnit.MILLISECONDS.toNanos(millis.get()),
            DEADLINES,
            "k1",
            new UntilDecided.Deciders() {
              @Override
              public Optional<String> obstacle() {
                return Optional.empty();
              }

              @Override
              public List<String> inOrder() {
                return List.of(replicas);
              }

              @Override
              public Future<Answer> ask(String replica, long timeoutMillis) {
                lastTimeoutMillis = timeoutMillis;
                CompletableFuture<Answer> answer = new CompletableFuture<>();
                answers.add(answer);
                millis.set(millisFromAttempt.getOrDefault(answers.size(), millis.get()));
                asked.add(replica);
                return Future.fromCompletionStage(answer, vertx.getOrCreateContext());
              }

              @Override
              public void suspect(String replica) {
                suspected.add(replica);
              }
            });
    Promise<Decision> decision = Promise.promise();
    vertx.runOnContext(now -> until.decide().onComplete(decision));
    return decision.future();
  }

  private void awaitAsked(int times) {
    awaitSize(asked, times);
  }

  private void awaitSuspected(int times) {
    awaitSize(suspected, times);
  }

  private static void awaitSize(List<?> list, int size) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (list.size() < size) {
      assertTrue(System.nanoTime() < deadline, "only " + list);
      Thread.onSpinWait();
    }
  }

  private static Failure failure(Future<Decision> decision) {
    Throwable failure = await(decision.transform(done -> Future.succeededFuture(done.cause())));
    return assertInstanceOf(FailureException.class, failure).failure();
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(5, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no end within 5 s", e);
    }
  }
}
