package com.pygmy.cli;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is asked of a frontend, the same at every attempt.
 *
 * @param path with its query
 */
public record Request(
    String method, String path, Map<String, String> headers, Optional<Buffer> body) {

  private static final String KEY_HEADER = "Idempotency-Key";

  public Request {
    headers = Map.copyOf(headers);
  }

  public static Request read(String path) {
    return new Request("GET", path, Map.of(), Optional.empty());
  }

  /** A change, named by its key: by it a second attempt is known for what it is. */
  public static Request change(String method, String path, String key, JsonObject body) {
    Map<String, String> headers = Map.of(KEY_HEADER, key, "Content-Type", "application/json");
    return new Request(method, path, headers, Optional.of(body.toBuffer()));
  }

  Request authorized(Optional<String> token) {
    if (token.isEmpty()) {
      return this;
    }
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put("Authorization", "Bearer " + token.get());
    return new Request(method, path, more, body);
  }

  boolean isChange() {
    return headers.containsKey(KEY_HEADER);
  }
}
