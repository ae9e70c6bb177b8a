package com.pygmy.frontend;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a request ends that was answered before all of it was in, or not wholly, and its connection
 * with it: which of HTTP/1.1 is for one request after the other, and of HTTP/2 for many at a time,
 * and must outlive each.
 */
final class Endings {

  private static final Logger log = LoggerFactory.getLogger(Endings.class);

  /** A body that nobody wants is thrown away for so long, so that the answer can be read. */
  private static final long LINGER_MILLIS = 1_000;

  /** How HTTP/2 ends a request. */
  private static final long NO_ERROR = 0;

  private static final long INTERNAL_ERROR = 2;

  private final Vertx vertx;

  Endings(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Does its connection carry others at the same time? */
  static boolean isOneOfMany(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_2;
  }

  /**
   * Must its connection carry no other? Where this one ends is not known before all of it is in.
   * And of one in chunks others may think otherwise: a length that is sent with them, which a proxy
   * may have gone by, is taken out before we see it.
   */
  static boolean isLast(HttpServerRequest request) {
    return !isOneOfMany(request)
        && ((Bodies.announced(request) && !request.isEnded())
            || request.headers().contains(HttpHeaders.TRANSFER_ENCODING));
  }

  /** Has the client open another connection for what it asks next. */
  static void haveClosed(HttpServerRequest request) {
    if (isOneOfMany(request)) {
      request.connection().goAway(NO_ERROR);
    } else {
      request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
  }

  /** After the answer to the last one: closes once all of it is in, or soon. */
  void hangUp(HttpServerRequest request) {
    if (request.isEnded()) {
      close(request);
      return;
    }
    // A reset would take the answer along.
    long timer = vertx.setTimer(LINGER_MILLIS, late -> close(request));
    request.handler(part -> {});
    request.exceptionHandler(gone -> vertx.cancelTimer(timer));
    request.endHandler(
        end -> {
          vertx.cancelTimer(timer);
          close(request);
        });
  }

  /** After the answer to one of many: what has not come with its head is not wanted. */
  void endUnread(HttpServerRequest request) {
    if (isOneOfMany(request) && !request.isEnded()) {
      vertx.runOnContext(
          in -> {
            if (!request.isEnded()) {
              reset(request, NO_ERROR);
            }
          });
    }
  }

  /** Amid the answer, so that the client can tell that it is not whole. */
  static void breakOff(HttpServerRequest request) {
    if (isOneOfMany(request)) {
      reset(request, INTERNAL_ERROR);
    } else {
      close(request);
    }
  }

  private static void reset(HttpServerRequest request, long code) {
    request.response().reset(code).onFailure(gone -> log.debug("ending a request", gone));
  }

  private static void close(HttpServerRequest request) {
    request.connection().close().onFailure(failure -> log.debug("closing a connection", failure));
  }
}
