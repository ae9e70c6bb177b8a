package com.pygmy.frontend;

import com.pygmy.wire.json.Problem;
import com.pygmy.wire.json.ProblemType;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where requests come in and answers go out: request ids, the bound on requests in flight, failures
 * to problems. Belongs to one event loop.
 */
final class Edge {

  private static final Logger log = LoggerFactory.getLogger(Edge.class);

  /** Of a path: what is not visible ASCII, and too much of it. */
  private static final Pattern UNSHOWN = Pattern.compile("[^\\x21-\\x7e]|(?<=.{200}).+");

  private final FrontendSettings settings;
  private final TokenCheck tokenCheck;
  private final Bodies bodies;
  private final Supplier<String> ids;
  private final MeterRegistry metrics;
  private final Load load;
  private final Connections connections;
  private final Endings endings;
  private final boolean isSecure;
  private final Traffic traffic;
  private final LongSupplier nanoClock;
  private final BooleanSupplier leaving;
  private final RequestIds requestIds;

  Edge(
      Vertx vertx,
      FrontendSettings settings,
      ClientLimits limits,
      Supplier<String> ids,
      MeterRegistry metrics,
      Traffic traffic,
      LongSupplier nanoClock,
      BooleanSupplier leaving) {
    this.settings = settings;
    this.tokenCheck = new TokenCheck(settings.adminTokens(), limits);
    this.load = new Load(settings.maxInFlight());
    this.connections = new Connections();
    this.endings = new Endings(vertx);
    this.isSecure = settings.tls().isPresent();
    this.bodies =
        new Bodies(vertx, settings.maxBodyBytes(), settings.deadlines().bodyMillis(), load);
    this.ids = ids;
    this.metrics = metrics;
    this.traffic = traffic;
    this.nanoClock = nanoClock;
    this.leaving = leaving;
    this.requestIds = new RequestIds(ids.get());
  }

  /** Does it come after the last request that its connection was to carry? */
  boolean isTooLate(HttpServerRequest request) {
    return connections.isOver(request.connection());
  }

  /** Has an endpoint answer, unless there is too much to do. */
  void answer(RoutingContext context, Endpoint endpoint, RouteFigures figures) {
    HttpServerRequest request = context.request();
    Exchange exchange = exchange(request, context.pathParams());
    if (!load.admits()) {
      fail(request, exchange, new Failure.Overloaded().exception());
      return;
    }
    long begin = nanoClock.getAsLong();
    traffic.came();
    ask(endpoint, exchange)
        .onComplete(
            done -> {
              load.answered();
              traffic.went();
              tell(request, exchange, done);
              figures.answered(request.response().getStatusCode(), nanoClock.getAsLong() - begin);
            });
  }

  /** Gives an answer that is at hand, to a request without a body. */
  void answerAtOnce(HttpServerRequest request, Reply reply, RouteFigures figures) {
    long begin = nanoClock.getAsLong();
    HttpServerResponse response = request.response();
    response.setStatusCode(reply.status()).putHeader(RequestIds.HEADER, requestIds.first(request));
    Headers.put(request, reply, isSecure);
    if (leaving.getAsBoolean()) {
      Endings.haveClosed(request);
    }
    end(request, reply).onFailure(gone -> log.debug("an answer was not sent", gone));
    endings.endUnread(request);
    figures.answered(reply.status(), nanoClock.getAsLong() - begin);
  }

  /** Has an endpoint answer that takes no body and asks nobody: however much there is to do. */
  void answerAlways(RoutingContext context, Endpoint endpoint) {
    HttpServerRequest request = context.request();
    Exchange exchange = exchange(request, context.pathParams());
    ask(endpoint, exchange).onComplete(done -> tell(request, exchange, done));
  }

  private void tell(HttpServerRequest request, Exchange exchange, AsyncResult<Reply> answer) {
    if (answer.succeeded()) {
      send(request, exchange, answer.result());
    } else {
      fail(request, exchange, answer.cause());
    }
  }

  /** Answers a request that no endpoint sees. */
  void fail(RoutingContext context, Throwable cause) {
    HttpServerRequest request = context.request();
    fail(request, exchange(request, Map.of()), cause);
  }

  /** Answers what is not even HTTP, as far as it can be answered, and hangs up. */
  void invalid(HttpServerRequest request) {
    if (isTooLate(request)) {
      return;
    }
    Throwable cause = request.decoderResult().cause();
    Failure failure;
    if (cause instanceof TooLongHttpLineException) {
      failure = new Failure.UriTooLong(FrontendVerticle.MAX_INITIAL_LINE_BYTES);
    } else if (cause instanceof TooLongHttpHeaderException) {
      failure = new Failure.HeadersTooLarge(FrontendVerticle.MAX_HEADER_BYTES);
    } else if (cause instanceof TooLongFrameException) {
      failure = new Failure.BodyTooLarge(settings.maxBodyBytes());
    } else {
      failure = new Failure.Malformed("this is not HTTP");
    }
    fail(request, exchange(request, Map.of()), failure.exception());
  }

  private Exchange exchange(HttpServerRequest request, Map<String, String> pathParameters) {
    return new Exchange(request, pathParameters, requestIds, tokenCheck, bodies, ids);
  }

  private static Future<Reply> ask(Endpoint endpoint, Exchange exchange) {
    try {
      return endpoint.answer(exchange);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void fail(HttpServerRequest request, Exchange exchange, Throwable cause) {
    Problem problem;
    Reply reply;
    if (cause instanceof FailureException expected) {
      problem = Problems.problem(expected.failure(), exchange.isKeySent());
      reply = Problems.reply(expected.failure(), problem, exchange.requestId());
      if (problem.type() == ProblemType.OUTCOME_UNKNOWN) {
        exchange.mark().around(() -> log.warn("{} has an unknown outcome", shown(request)));
      }
    } else {
      exchange.mark().around(() -> log.error("{} failed", shown(request), cause));
      problem = Problems.internal();
      reply = Problems.reply(problem, exchange.requestId());
    }
    metrics.counter("pygmy.http.problems", "type", problem.type().slug()).increment();
    if (reply.status() >= 500) {
      traffic.failed();
    }
    send(request, exchange, reply);
  }

  /** Without the query, and without what could mislead a reader of the log. */
  private static String shown(HttpServerRequest request) {
    return request.method() + " " + UNSHOWN.matcher(String.valueOf(request.path())).replaceAll("?");
  }

  private void send(HttpServerRequest request, Exchange exchange, Reply reply) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      reply.download().ifPresent(Reply.Download::abandon);
      return; // the client has gone
    }
    response.setStatusCode(reply.status()).putHeader(RequestIds.HEADER, exchange.requestId());
    Headers.put(request, reply, isSecure);
    exchange.usedKey().ifPresent(key -> response.putHeader(Exchange.IDEMPOTENCY_KEY, key));
    boolean isLast = Endings.isLast(request);
    if (isLast) {
      connections.end(request.connection());
    }
    if (isLast || leaving.getAsBoolean()) {
      Endings.haveClosed(request);
    }
    end(request, reply)
        .onComplete(
            done -> {
              if (reply.download().isPresent() && done.failed()) {
                // The length that was promised is not reached, so the client can tell.
                exchange
                    .mark()
                    .around(() -> log.warn("{} broke off", shown(request), done.cause()));
                Endings.breakOff(request);
              } else if (isLast) {
                endings.hangUp(request);
              } else {
                endings.endUnread(request);
              }
            });
  }

  private static Future<Void> end(HttpServerRequest request, Reply reply) {
    HttpServerResponse response = request.response();
    if (reply.download().isPresent()) {
      if (!request.method().equals(HttpMethod.HEAD)) {
        return reply.download().get().sendTo(response);
      }
      reply.download().get().abandon();
    }
    return reply.status() == 304 ? response.end() : response.end(reply.body());
  }
}
