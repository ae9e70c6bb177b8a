package com.pygmy.frontend;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An answer, ready to be sent. */
record Reply(int status, Buffer body, List<Map.Entry<CharSequence, CharSequence>> headers) {

  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");

  static Reply json(int status, Buffer body) {
    return of(status, JSON, body);
  }

  static Reply of(int status, CharSequence contentType, Buffer body) {
    return new Reply(status, body, List.of(Map.entry(HttpHeaders.CONTENT_TYPE, contentType)));
  }

  /** An answer without a body. */
  static Reply empty(int status) {
    return new Reply(status, Buffer.buffer(0), List.of());
  }

  Reply with(CharSequence name, CharSequence value) {
    List<Map.Entry<CharSequence, CharSequence>> more = new ArrayList<>(headers);
    more.add(Map.entry(name, value));
    return new Reply(status, body, more);
  }

  /** May be kept, but must be asked about before it is shown again. */
  Reply revalidated() {
    return with(HttpHeaders.CACHE_CONTROL, NO_CACHE);
  }
}
