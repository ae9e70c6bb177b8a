package com.pygmy.frontend;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An answer, ready to be sent.
 *
 * @param download what is sent instead of {@code body}, part by part
 */
record Reply(
    int status,
    Buffer body,
    List<Map.Entry<CharSequence, CharSequence>> headers,
    Optional<Download> download) {

  /** A body too large for the memory, or without an end. One of the two is called. */
  interface Download {

    /**
     * Sends all of it and ends the response; fails, and leaves it unended, when that breaks off.
     */
    Future<Void> sendTo(HttpServerResponse response);

    /** It is not wanted. */
    void abandon();
  }

  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");

  static Reply json(int status, Buffer body) {
    return of(status, JSON, body);
  }

  static Reply of(int status, CharSequence contentType, Buffer body) {
    return new Reply(
        status, body, List.of(Map.entry(HttpHeaders.CONTENT_TYPE, contentType)), Optional.empty());
  }

  /** An answer without a body. */
  static Reply empty(int status) {
    return new Reply(status, Buffer.buffer(0), List.of(), Optional.empty());
  }

  /** An answer whose body is sent part by part. */
  static Reply of(CharSequence contentType, long length, Download download) {
    return new Reply(200, Buffer.buffer(0), List.of(), Optional.of(download))
        .with(HttpHeaders.CONTENT_TYPE, contentType)
        .with(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
  }

  /** An answer that goes on for as long as the client wants. */
  static Reply stream(CharSequence contentType, Download download) {
    return new Reply(200, Buffer.buffer(0), List.of(), Optional.of(download))
        .with(HttpHeaders.CONTENT_TYPE, contentType);
  }

  Reply with(CharSequence name, CharSequence value) {
    List<Map.Entry<CharSequence, CharSequence>> more = new ArrayList<>(headers);
    more.add(Map.entry(name, value));
    return new Reply(status, body, more, download);
  }

  /** May be kept, but must be asked about before it is shown again. */
  Reply revalidated() {
    return with(HttpHeaders.CACHE_CONTROL, NO_CACHE);
  }
}
