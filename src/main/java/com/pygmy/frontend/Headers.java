package com.pygmy.frontend;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Map;

/** The headers of an answer: its own, and those that every answer has. */
final class Headers {

  /** So that a browser takes nothing for a page that is none; pages bring a policy of their own. */
  private static final List<Map.Entry<CharSequence, CharSequence>> GUARDS =
      List.of(
          guard("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
          guard("X-Content-Type-Options", "nosniff"),
          guard("Cross-Origin-Resource-Policy", "same-origin"));

  /** For a day: browsers refuse all plain HTTP of this host meanwhile, on whatever port. */
  private static final Map.Entry<CharSequence, CharSequence> ONLY_HTTPS =
      guard("Strict-Transport-Security", "max-age=86400");

  private Headers() {}

  static void put(HttpServerRequest request, Reply reply, boolean isSecure) {
    HttpServerResponse response = request.response();
    GUARDS.forEach(guard -> response.putHeader(guard.getKey(), guard.getValue()));
    if (isSecure) {
      response.putHeader(ONLY_HTTPS.getKey(), ONLY_HTTPS.getValue());
    }
    reply.headers().forEach(header -> response.putHeader(header.getKey(), header.getValue()));
    if (Endings.isOneOfMany(request)) {
      response.headers().remove(HttpHeaders.CONNECTION); // HTTP/2 has none, and clients refuse it
    }
  }

  private static Map.Entry<CharSequence, CharSequence> guard(String name, String value) {
    return Map.entry(HttpHeaders.createOptimized(name), HttpHeaders.createOptimized(value));
  }
}
