package com.pygmy.frontend;

import com.pygmy.cluster.Bus;
import com.pygmy.domain.Decision;
import com.pygmy.frontend.FrontendSettings.Deadlines;
import com.pygmy.wire.Message.Answer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One command on its way to a decision: asked of one replica after another, always with the same
 * key and the same admitted index, until the log has decided it or time is up. A replica that takes
 * long is not given up: another is asked meanwhile, and whoever has a decision first is believed.
 *
 * <p>What makes the end {@code unavailable} or {@code overloaded} is that <em>every</em> attempt
 * was refused before it was proposed, or never left this process. A single attempt that may have
 * been proposed makes it {@code outcome-unknown}, whatever the others said: for the key may be
 * bound by now, or still be on its way.
 *
 * <p>Belongs to one event loop.
 */
final class UntilDecided {

  /** An attempt with less time than this would only make the outcome unknown. */
  static final long MIN_ATTEMPT_MILLIS = 50;

  /** Those who can have a command decided. */
  interface Deciders {

    /** Why none of them can now; empty when some can. */
    Optional<String> obstacle();

    /** Those that may be asked now, the best in front. */
    List<String> inOrder();

    /** Asks one to have the command decided; ends when {@code timeoutMillis} have passed. */
    Future<Answer> ask(String replica, long timeoutMillis);

    /** This one is slow to answer: others are to be asked before it. */
    void suspect(String replica);
  }

  private final Vertx vertx;
  private final LongSupplier nanoClock;
  private final Deadlines deadlines;
  private final String key;
  private final Deciders deciders;

  /** Not a chain of futures: several attempts race for it. */
  private final Promise<Decision> decision = Promise.promise();

  private final Set<String> triedThisRound = new HashSet<>();
  private long startNanos;
  private long nextTimer;
  private int underWay;
  private boolean maybeProposed;
  private String lastRefusal = "no replica is ready";
  private Optional<String> leaderHint = Optional.empty();

  UntilDecided(
      Vertx vertx, LongSupplier nanoClock, Deadlines deadlines, String key, Deciders deciders) {
    this.vertx = vertx;
    this.nanoClock = nanoClock;
    this.deadlines = deadlines;
    this.key = key;
    this.deciders = deciders;
  }

  /** Fails with {@link FailureException} when there is no decision in time. */
  Future<Decision> decide() {
    startNanos = nanoClock.getAsLong();
    next();
    return decision.future();
  }

  /** Asks the next replica, if there is one, and time for it. */
  private void next() {
    long left = millisLeft();
    if (decision.future().isComplete()) {
      return;
    }
    if (left < MIN_ATTEMPT_MILLIS) {
      giveUpUnlessUnderWay();
      return;
    }
    Optional<String> obstacle = deciders.obstacle();
    if (obstacle.isPresent() && !mayBeProposed()) {
      fail(new Failure.Unavailable(obstacle.get()));
      return;
    }
    Optional<String> replica = choose(deciders.inOrder());
    if (replica.isPresent()) {
      triedThisRound.add(replica.get());
      ask(replica.get(), left);
    } else {
      triedThisRound.clear();
      leaderHint = Optional.empty();
      nextTimer = vertx.setTimer(Math.min(left, deadlines.pauseMillis()), paused -> next());
    }
  }

  private Optional<String> choose(List<String> known) {
    return leaderHint
        .filter(hint -> !triedThisRound.contains(hint))
        .or(() -> known.stream().filter(r -> !triedThisRound.contains(r)).findFirst());
  }

  private void ask(String replica, long timeoutMillis) {
    long timer =
        vertx.setTimer(
            deadlines.commandAttemptMillis(),
            late -> {
              deciders.suspect(replica);
              next();
            });
    nextTimer = timer;
    underWay++;
    deciders
        .ask(replica, timeoutMillis)
        .recover(lost -> Future.succeededFuture(answerOf(lost)))
        .onSuccess(
            answer -> {
              underWay--;
              boolean isWaitedFor = vertx.cancelTimer(timer);
              if (!decision.future().isComplete()) {
                judge(answer);
                if (isWaitedFor) {
                  next();
                } else if (millisLeft() < MIN_ATTEMPT_MILLIS) {
                  giveUpUnlessUnderWay();
                }
              }
            });
  }

  private void judge(Answer answer) {
    if (answer instanceof Answer.Decided decided) {
      vertx.cancelTimer(nextTimer);
      decision.complete(asAskedOnce(decided.decision()));
    } else if (answer instanceof Answer.Overloaded) {
      lastRefusal = "there is too much to do";
      if (!mayBeProposed()) {
        fail(new Failure.Overloaded());
      }
    } else if (answer instanceof Answer.NotLeader notLeader) {
      lastRefusal = "no leader can be reached";
      leaderHint = notLeader.leader();
    } else if (answer instanceof Answer.Unavailable unavailable) {
      lastRefusal = unavailable.why();
    } else if (answer instanceof Answer.NotDecided) {
      lastRefusal = "the leader changed meanwhile";
    } else {
      maybeProposed = true;
    }
  }

  /** What another attempt of this very request may have brought about is no replay to a client. */
  private Decision asAskedOnce(Decision decided) {
    return decided instanceof Decision.Decided d && d.replayed() && mayBeProposed()
        ? new Decision.Decided(d.outcome(), false)
        : decided;
  }

  /** A request that found nobody listening was taken by nobody; of any other we cannot know. */
  private static Answer answerOf(Throwable lost) {
    return Bus.wasNotDelivered(lost)
        ? new Answer.Unavailable("a replica has just gone")
        : new Answer.Unknown("no answer");
  }

  /** By any attempt but the one that is being judged. */
  private boolean mayBeProposed() {
    return maybeProposed || underWay > 0;
  }

  private void giveUpUnlessUnderWay() {
    if (underWay == 0) {
      fail(maybeProposed ? new Failure.OutcomeUnknown(key) : new Failure.Unavailable(lastRefusal));
    }
  }

  private void fail(Failure failure) {
    decision.tryFail(failure.exception());
  }

  private long millisLeft() {
    long passed = TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - startNanos);
    return deadlines.commandMillis() - passed;
  }
}
