package com.pygmy.frontend;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Set;

/** Reads JSON bodies, bounded in size and time. */
final class Bodies {

  private static final Set<String> MEDIA_TYPES =
      Set.of("application/json", "application/merge-patch+json");

  private final Vertx vertx;
  private final int maxBytes;
  private final long timeoutMillis;
  private final Load load;

  Bodies(Vertx vertx, int maxBytes, long timeoutMillis, Load load) {
    this.vertx = vertx;
    this.maxBytes = maxBytes;
    this.timeoutMillis = timeoutMillis;
    this.load = load;
  }

  /** Has the request a body that must arrive, or be thrown away, before the next request? */
  static boolean announced(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null
        || (length != null && !length.equals("0"));
  }

  /** The whole body; fails with a {@link FailureException} when it is not one that we take. */
  Future<Buffer> read(HttpServerRequest request) {
    requireJson(request);
    if (announcedBytes(request) > maxBytes) {
      throw new Failure.BodyTooLarge(maxBytes).exception();
    }
    if (!load.admitsBody()) {
      throw new Failure.Overloaded().exception();
    }
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      request.response().writeContinue().onFailure(gone -> {});
    }
    Promise<Buffer> whole = Promise.promise();
    Buffer bytes = Buffer.buffer();
    long timer =
        vertx.setTimer(
            timeoutMillis, late -> whole.tryFail(new Failure.RequestTimeout().exception()));
    request.handler(
        part -> {
          if (bytes.length() + part.length() > maxBytes) {
            whole.tryFail(new Failure.BodyTooLarge(maxBytes).exception());
          } else {
            bytes.appendBuffer(part);
          }
        });
    request.exceptionHandler(
        broken -> whole.tryFail(new Failure.Malformed("the body broke off").exception()));
    request.endHandler(end -> whole.tryComplete(bytes));
    return whole
        .future()
        .transform(
            body -> {
              vertx.cancelTimer(timer);
              boolean admitted = load.arrived();
              return body.failed() || admitted
                  ? whole.future()
                  : Future.failedFuture(new Failure.Overloaded().exception());
            });
  }

  private static void requireJson(HttpServerRequest request) {
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    String media = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!MEDIA_TYPES.contains(media)) {
      throw new Failure.UnsupportedMediaType("send Content-Type: application/json").exception();
    }
    String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw new Failure.UnsupportedMediaType("send the body without a Content-Encoding")
          .exception();
    }
  }

  /** As the client announced it; 0 when it did not, or when nobody can read it as a number. */
  private static long announcedBytes(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
