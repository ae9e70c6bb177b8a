package com.pygmy.frontend;

import com.pygmy.wire.Message;
import com.pygmy.wire.Message.MembersAnswer;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Has the catalog's voters changed: asks whoever leads until there is an answer that stands, or
 * time is up. To ask twice for the same changes nothing twice. Belongs to one event loop.
 */
final class MembersClient {

  /** Of one change, with all attempts. */
  static final long DEADLINE_MILLIS = 8_000;

  /** Longer than the log takes to answer. */
  private static final long ATTEMPT_MILLIS = 6_000;

  private static final long PAUSE_MILLIS = 200;

  private final Vertx vertx;
  private final LongSupplier nanoClock;
  private final Replicas replicas;

  MembersClient(Vertx vertx, LongSupplier nanoClock, Replicas replicas) {
    this.vertx = vertx;
    this.nanoClock = nanoClock;
    this.replicas = replicas;
  }

  /** Ends with any answer but that the replica asked does not lead; never fails. */
  Future<MembersAnswer> ask(Message change, String requestId) {
    MembersAnswer none = new MembersAnswer.Unavailable("no catalog replica leads");
    return ask(change, Optional.of(requestId), nanoClock.getAsLong(), none);
  }

  private Future<MembersAnswer> ask(
      Message change, Optional<String> requestId, long startNanos, MembersAnswer last) {
    long passed = TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - startNanos);
    long left = DEADLINE_MILLIS - passed;
    if (left <= 0) {
      return Future.succeededFuture(last);
    }
    Optional<String> leader = replicas.directory().leader().map(ReplicaState::replica);
    if (leader.isEmpty()) {
      return again(change, requestId, startNanos, last);
    }
    return replicas
        .ask(Service.CATALOG, leader.get(), change, Math.min(left, ATTEMPT_MILLIS), requestId)
        .transform(
            got -> {
              if (got.succeeded()
                  && got.result() instanceof Message.MembersAnswered answered
                  && !(answered.answer() instanceof MembersAnswer.NotLeader)) {
                return Future.succeededFuture(answered.answer());
              }
              boolean unchanged = got.succeeded() && !(last instanceof MembersAnswer.Unknown);
              return again(
                  change,
                  requestId,
                  startNanos,
                  unchanged ? last : new MembersAnswer.Unknown("the leader did not answer"));
            });
  }

  private Future<MembersAnswer> again(
      Message change, Optional<String> requestId, long startNanos, MembersAnswer last) {
    return vertx
        .timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
        .compose(paused -> ask(change, requestId, startNanos, last));
  }
}
