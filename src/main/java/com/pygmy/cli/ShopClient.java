package com.pygmy.cli;

import com.pygmy.wire.json.JsonKeys;
import com.pygmy.wire.json.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Asks the frontends of one store, one after the other, until one answers. A change is repeated
 * with the same key, so that it happens once however often it was asked for. Thread-safe; every
 * answer comes within the deadline, or a moment after it.
 */
final class ShopClient implements AutoCloseable {

  /** More than a frontend takes to answer that it does not know. */
  private static final long ATTEMPT_MILLIS = 6_000;

  private static final int CONNECT_MILLIS = 2_000;
  private static final int MAX_CONNECTIONS = 16;

  /** Between two rounds over all frontends: about the time of an election. */
  private static final long PAUSE_MILLIS = 300;

  private static final long CLOSE_SECONDS = 5;
  private static final int INTERNAL_ERROR = 500;

  private final List<String> urls;
  private final long deadlineMillis;
  private final LongSupplier nanoClock;
  private final Vertx vertx;
  private final WebClient client;

  /** The one that answered last is asked first. */
  private volatile int preferred;

  /** Opens no connection yet; {@code deadlineMillis} bounds one request with all its attempts. */
  ShopClient(List<String> urls, long deadlineMillis, LongSupplier nanoClock) {
    this.urls = List.copyOf(urls);
    this.deadlineMillis = deadlineMillis;
    this.nanoClock = nanoClock;
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    this.client =
        WebClient.create(
            vertx,
            new WebClientOptions()
                .setConnectTimeout(CONNECT_MILLIS)
                .setFollowRedirects(false)
                .setUserAgent("pygmy-cli"),
            new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS));
  }

  /** Never fails. */
  Future<Answer> ask(Request request) {
    return attempt(request, new Course(nanoClock.getAsLong(), preferred));
  }

  /** The same for those who wait. Not on an event loop. */
  Answer askAndWait(Request request) {
    return ask(request).await();
  }

  @Override
  public void close() {
    client.close();
    try {
      vertx.close().await(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException leftToTheEndOfTheProcess) {
      return;
    }
  }

  /** How far a request has come. Steps follow each other on one event loop. */
  private static final class Course {
    final long startNanos;
    int next;
    int triedInRound;
    boolean isAnybodyThere;
    boolean mayHaveHappened;
    String lastFailure = "";

    Course(long startNanos, int first) {
      this.startNanos = startNanos;
      this.next = first;
    }
  }

  private Future<Answer> attempt(Request request, Course course) {
    long left = deadlineMillis - elapsedMillis(course);
    if (left <= 0) {
      return Future.succeededFuture(gaveUp(course));
    }
    int index = course.next % urls.size();
    return send(request, urls.get(index), Math.min(ATTEMPT_MILLIS, left))
        .compose(
            response -> {
              if (response.statusCode() < INTERNAL_ERROR) {
                preferred = index;
                boolean isReplay = "true".equals(response.getHeader("Idempotent-Replayed"));
                String body = response.bodyAsString();
                return Future.succeededFuture(
                    new Answer.Said(response.statusCode(), body == null ? "" : body, isReplay));
              }
              course.isAnybodyThere = true;
              course.mayHaveHappened |= request.isChange() && mayHaveHappened(response);
              course.lastFailure = urls.get(index) + " answered " + told(response);
              return next(request, course);
            },
            failure -> {
              boolean wasSent = !isConnectFailure(failure);
              course.isAnybodyThere |= wasSent;
              course.mayHaveHappened |= request.isChange() && wasSent;
              course.lastFailure = urls.get(index) + ": " + failure.getMessage();
              return next(request, course);
            });
  }

  private Future<Answer> next(Request request, Course course) {
    course.next++;
    course.triedInRound++;
    if (course.triedInRound < urls.size()) {
      return attempt(request, course);
    }
    if (!course.isAnybodyThere) {
      return Future.succeededFuture(gaveUp(course));
    }
    course.triedInRound = 0;
    course.isAnybodyThere = false;
    return vertx.timer(PAUSE_MILLIS).compose(fired -> attempt(request, course));
  }

  private Future<HttpResponse<Buffer>> send(Request request, String url, long timeoutMillis) {
    HttpRequest<Buffer> prepared;
    try {
      prepared = client.requestAbs(HttpMethod.valueOf(request.method()), url + request.path());
    } catch (RuntimeException e) {
      return Future.failedFuture(new ConnectException(url + " is no URL"));
    }
    prepared.timeout(timeoutMillis);
    request.headers().forEach(prepared::putHeader);
    return request.body().map(prepared::sendBuffer).orElseGet(prepared::send);
  }

  private static Answer gaveUp(Course course) {
    return course.mayHaveHappened
        ? new Answer.Unknown(course.lastFailure)
        : new Answer.Unavailable(course.lastFailure);
  }

  private long elapsedMillis(Course course) {
    return TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - course.startNanos);
  }

  /** Nothing of the request has left this machine. */
  private static boolean isConnectFailure(Throwable failure) {
    return failure instanceof ConnectException || failure instanceof UnknownHostException;
  }

  /** Only these two promise that it has not. */
  private static boolean mayHaveHappened(HttpResponse<Buffer> response) {
    String type = problem(response).getString(JsonKeys.TYPE, "");
    return ProblemType.ofUri(type)
        .filter(t -> t == ProblemType.OVERLOADED || t == ProblemType.UNAVAILABLE)
        .isEmpty();
  }

  private static String told(HttpResponse<Buffer> response) {
    String detail = problem(response).getString(JsonKeys.DETAIL, "");
    return response.statusCode() + (detail.isEmpty() ? "" : ": " + detail);
  }

  private static JsonObject problem(HttpResponse<Buffer> response) {
    try {
      return new JsonObject(response.bodyAsString());
    } catch (DecodeException | NullPointerException notJson) {
      return new JsonObject();
    }
  }
}
