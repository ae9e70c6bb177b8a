package com.pygmy.frontend;

import com.pygmy.frontend.FrontendSettings.Deadlines;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One read: asked of one ready replica after another until one answers or time is up. When one has
 * too much to do, one other is asked: it may be that one only. To ask all of them would multiply
 * what is too much already.
 */
final class UntilRead<T extends Message> {

  private final Vertx vertx;
  private final LongSupplier nanoClock;
  private final Deadlines deadlines;
  private final Replicas replicas;
  private final Service service;
  private final String session;
  private final Message request;
  private final Class<T> answer;
  private final Optional<String> requestId;

  private final Set<String> triedThisRound = new HashSet<>();
  private boolean wasShed;
  private long startNanos;

  UntilRead(
      Vertx vertx,
      LongSupplier nanoClock,
      Deadlines deadlines,
      Replicas replicas,
      Service service,
      String session,
      Message request,
      Class<T> answer,
      String requestId) {
    this.vertx = vertx;
    this.nanoClock = nanoClock;
    this.deadlines = deadlines;
    this.replicas = replicas;
    this.service = service;
    this.session = session;
    this.request = request;
    this.answer = answer;
    this.requestId = Optional.of(requestId);
  }

  /**
   * Fails with {@link Failure.Unavailable} when nobody answers in time, or nobody is there, and
   * with {@link Failure.Overloaded} when a second replica sheds it, or the only one.
   */
  Future<T> read() {
    startNanos = nanoClock.getAsLong();
    return next();
  }

  private Future<T> next() {
    long passed = TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - startNanos);
    long left = deadlines.readMillis() - passed;
    List<String> known = replicas.inOrder(service, session);
    if (left <= 0 || known.isEmpty()) {
      String why =
          replicas
              .missing(service)
              .orElse("no " + Replicas.name(service) + " replica answered in time");
      return Future.failedFuture(new Failure.Unavailable(why).exception());
    }
    Optional<String> replica = known.stream().filter(r -> !triedThisRound.contains(r)).findFirst();
    if (replica.isEmpty()) {
      triedThisRound.clear();
      return vertx
          .timer(Math.min(left, deadlines.pauseMillis()), TimeUnit.MILLISECONDS)
          .compose(paused -> next());
    }
    triedThisRound.add(replica.get());
    return replicas
        .ask(
            service,
            replica.get(),
            request,
            Math.min(left, deadlines.readAttemptMillis()),
            requestId)
        .transform(got -> judge(got.result()));
  }

  /**
   * @param got null when there was no answer
   */
  private Future<T> judge(Message got) {
    if (answer.isInstance(got)) {
      return Future.succeededFuture(answer.cast(got));
    } else if (got instanceof Message.Overloaded) {
      boolean isLast = wasShed || replicas.inOrder(service, session).size() == 1;
      wasShed = true;
      return isLast ? Future.failedFuture(new Failure.Overloaded().exception()) : next();
    }
    return next();
  }
}
