package com.pygmy.frontend;

import io.vertx.core.MultiMap;

/** An answer as it came over the wire: of a stream of events, its beginning. */
record RawAnswer(int status, MultiMap headers, String body) {

  /**
   * @param text what {@link RawClient} got
   */
  static RawAnswer of(String text) {
    int end = text.indexOf("\r\n\r\n");
    if (RawClient.status(text) == 0 || end < 0) {
      throw new AssertionError("no answer: " + text);
    }
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    text.substring(0, end)
        .lines()
        .skip(1)
        .map(line -> line.split(": ", 2))
        .forEach(header -> headers.add(header[0], header[1]));
    return new RawAnswer(RawClient.status(text), headers, text.substring(end + 4));
  }

  /** Without its parameters; empty when it has none. */
  String mediaType() {
    String type = headers.get("Content-Type");
    return type == null ? "" : type.split(";", 2)[0];
  }
}
