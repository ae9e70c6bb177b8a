package com.pygmy.cli;

import com.pygmy.wire.json.JsonKeys;
import com.pygmy.wire.json.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLHandshakeException;

/**
 * Asks the frontends of one store, one after the other, until one answers. A change is repeated
 * with the same key, so that it happens once however often it was asked for. A frontend that has
 * had too many requests is asked again when it wants to be. Thread-safe; every answer comes within
 * the deadline, or a moment after it.
 */
public final class ShopClient implements AutoCloseable {

  /** More than a frontend takes to answer that it does not know. */
  private static final long ATTEMPT_MILLIS = 6_000;

  private static final int CONNECT_MILLIS = 2_000;

  /** To each frontend, unless said otherwise. */
  static final int CONNECTIONS = 16;

  /** Between two rounds over all frontends: about the time of an election. */
  private static final long PAUSE_MILLIS = 300;

  private static final long CLOSE_SECONDS = 5;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int INTERNAL_ERROR = 500;

  private final List<String> urls;
  private final long deadlineMillis;
  private final LongSupplier nanoClock;
  private final Vertx vertx;
  private final WebClient client;
  private final Runnable retried;

  /** The one that answered last is asked first. */
  private volatile int preferred;

  /**
   * Opens no connection yet.
   *
   * @param deadlineMillis bounds one request with all its attempts
   * @param connections to each frontend at most; further requests wait for one
   * @param authorities PEM file of the certificates by which frontends prove themselves over HTTPS;
   *     absent: those that Java trusts
   */
  public ShopClient(
      List<String> urls,
      long deadlineMillis,
      int connections,
      Optional<Path> authorities,
      LongSupplier nanoClock) {
    this.urls = List.copyOf(urls);
    this.deadlineMillis = deadlineMillis;
    this.nanoClock = nanoClock;
    this.retried = () -> {};
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
        WebClient.wrap(
            connections(vertx, connections, authorities),
            new WebClientOptions().setFollowRedirects(false).setUserAgent("pygmy-cli"));
  }

  /** A connection that a dying frontend drops is nothing to tell anybody. */
  private static HttpClient connections(Vertx vertx, int perFrontend, Optional<Path> authorities) {
    HttpClientOptions plain = new HttpClientOptions().setConnectTimeout(CONNECT_MILLIS);
    HttpClientOptions options =
        authorities
            .map(file -> plain.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())))
            .orElse(plain);
    return vertx
        .httpClientBuilder()
        .with(options)
        .with(new PoolOptions().setHttp1MaxSize(perFrontend))
        .withConnectHandler(
            connection -> {
              HttpConnection unused = connection.exceptionHandler(lost -> {});
            })
        .build();
  }

  private ShopClient(ShopClient other, int first, Runnable retried) {
    this.urls = other.urls;
    this.deadlineMillis = other.deadlineMillis;
    this.nanoClock = other.nanoClock;
    this.vertx = other.vertx;
    this.client = other.client;
    this.retried = retried;
    this.preferred = first % urls.size();
  }

  /**
   * Another client on the same connections, to be used until this one is closed.
   *
   * @param first counts the frontends round and round: the one that is asked first
   * @param retried is run, on the event loop, for each attempt that failed and is followed by
   *     another
   */
  public ShopClient fellow(int first, Runnable retried) {
    return new ShopClient(this, first, retried);
  }

  /** Where all answers come: one event loop, that of this client and its fellows. */
  public Vertx vertx() {
    return vertx;
  }

  /** Never fails. */
  public Future<Answer> ask(Request request) {
    return attempt(request, new Course(nanoClock.getAsLong(), preferred));
  }

  /** The same for those who wait. Not on an event loop. */
  public Answer askAndWait(Request request) {
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
    int attempts;
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
    if (course.attempts++ > 0) {
      retried.run();
    }
    int index = course.next % urls.size();
    return send(request, urls.get(index), Math.min(ATTEMPT_MILLIS, left))
        .compose(
            response -> {
              if (response.statusCode() == TOO_MANY_REQUESTS) {
                course.isAnybodyThere = true;
                course.lastFailure = urls.get(index) + " answered " + told(response);
                return later(request, course, retryAfterMillis(response));
              }
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
              course.lastFailure = urls.get(index) + ": " + told(failure);
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

  /** Asks the same frontend: who is told to wait does not go next door. */
  private Future<Answer> later(Request request, Course course, long waitMillis) {
    if (waitMillis >= deadlineMillis - elapsedMillis(course)) {
      return Future.succeededFuture(gaveUp(course));
    }
    return vertx.timer(waitMillis).compose(fired -> attempt(request, course));
  }

  /** As the frontend says, if it says a number of seconds. */
  private static long retryAfterMillis(HttpResponse<Buffer> response) {
    String seconds = response.getHeader("Retry-After");
    return seconds != null && seconds.matches("[1-9]\\d{0,5}")
        ? TimeUnit.SECONDS.toMillis(Long.parseLong(seconds))
        : PAUSE_MILLIS;
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
    return failure instanceof ConnectException
        || failure instanceof UnknownHostException
        || failure instanceof SSLHandshakeException;
  }

  private static String told(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return "its certificate is not trusted, or is another host's (see --cacert)";
      }
    }
    return failure.getMessage();
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
