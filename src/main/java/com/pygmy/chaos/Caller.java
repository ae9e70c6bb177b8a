package com.pygmy.chaos;

import com.pygmy.chaos.Ledger.Slow;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Asks one frontend after the other as a client does who begins where it is at home, and for a
 * while keeps away from those that failed it. For one client, on one event loop.
 */
final class Caller {

  /** A frontend answers within 5 s: whoever takes this long has broken its word. */
  static final long DEADLINE_MILLIS = 6_000;

  private static final long GIVE_UP_MILLIS = 8_000;
  private static final long AWAY_MILLIS = 2_000;
  private static final int NOT_MODIFIED = 304;
  private static final int UNAVAILABLE = 503;
  private static final int INTERNAL_ERROR = 500;

  private final WebClient http;
  private final List<String> urls;
  private final String token;
  private final Ledger ledger;
  private final LongSupplier nanos;
  private final Pulse pulse;
  private final int home;
  private final long[] awayUntil;

  Caller(
      WebClient http,
      List<String> urls,
      String token,
      Ledger ledger,
      LongSupplier nanos,
      Pulse pulse,
      int home) {
    this.http = http;
    this.urls = urls;
    this.token = token;
    this.ledger = ledger;
    this.nanos = nanos;
    this.pulse = pulse;
    this.home = home;
    this.awayUntil = new long[urls.size()];
    java.util.Arrays.fill(awayUntil, nanos.getAsLong());
  }

  /** Reads, at one frontend. */
  Future<Reply> get(String path, Map<String, String> headers) {
    return send(HttpMethod.GET, path, headers, Optional.empty());
  }

  /** Changes something, at one frontend. */
  Future<Reply> change(HttpMethod method, String path, String key, JsonObject body) {
    return send(method, path, Map.of("Idempotency-Key", key), Optional.of(body));
  }

  private Future<Reply> send(
      HttpMethod method, String path, Map<String, String> headers, Optional<JsonObject> body) {
    int frontend = pick();
    String url = urls.get(frontend);
    HttpRequest<Buffer> request =
        http.requestAbs(method, url + path)
            .timeout(GIVE_UP_MILLIS)
            .putHeader("Authorization", "Bearer " + token);
    headers.forEach(request::putHeader);
    long begun = nanos.getAsLong();
    return body.map(request::sendJsonObject)
        .orElseGet(request::send)
        .transform(
            sent -> {
              long ended = nanos.getAsLong();
              if (ended - begun > TimeUnit.MILLISECONDS.toNanos(DEADLINE_MILLIS)) {
                ledger.slow(
                    new Slow(
                        url, method + " " + path, begun, ended, pulse.longestNanos(begun, ended)));
              }
              Reply reply =
                  sent.succeeded()
                      ? reply(sent.result(), method + " " + url + path, ended)
                      : new Reply.Nothing();
              if (reply instanceof Reply.Nothing) {
                ledger.retried();
                awayUntil[frontend] = ended + TimeUnit.MILLISECONDS.toNanos(AWAY_MILLIS);
              }
              return Future.succeededFuture(reply);
            });
  }

  private int pick() {
    long now = nanos.getAsLong();
    int best = home;
    for (int i = 0; i < urls.size(); i++) {
      int frontend = (home + i) % urls.size();
      if (awayUntil[frontend] - now <= 0) {
        return frontend;
      }
      best = awayUntil[frontend] - awayUntil[best] < 0 ? frontend : best;
    }
    return best;
  }

  private Reply reply(HttpResponse<Buffer> response, String what, long at) {
    int status = response.statusCode();
    if (status == UNAVAILABLE) {
      return new Reply.Nothing();
    } else if (status >= INTERNAL_ERROR) {
      ledger.violated(what + " was answered with " + status + ": " + response.bodyAsString());
      return new Reply.Nothing();
    }
    try {
      JsonObject body =
          status == NOT_MODIFIED ? new JsonObject() : new JsonObject(response.bodyAsString());
      return new Reply.Said(status, body, Optional.ofNullable(response.getHeader("ETag")), at);
    } catch (DecodeException | NullPointerException notJson) {
      ledger.violated(what + " was answered with no JSON: " + response.bodyAsString());
      return new Reply.Nothing();
    }
  }
}
