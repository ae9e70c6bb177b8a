package com.pygmy.frontend;

import com.pygmy.domain.Limits;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id of each request: what the client sent as {@code X-Request-Id}; else the trace id of its
 * {@code traceparent} (W3C Trace Context); else a new one. What is not well-formed is as if it had
 * not been sent. Belongs to one event loop.
 */
final class RequestIds {

  static final CharSequence HEADER = HttpHeaders.createOptimized("X-Request-Id");

  private static final CharSequence TRACE_PARENT = HttpHeaders.createOptimized("traceparent");

  /** Version ff is none; later ones than 00 may say more behind it. */
  private static final Pattern TRACE =
      Pattern.compile("(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-.{2,}");

  private static final int TRACE_CHARS = 55;

  private final String start;
  private long made;

  /**
   * @param start of those that are made. Nobody need guess what follows it: it opens nothing, and
   *     costs nothing to make
   */
  RequestIds(String start) {
    this.start = start + "-";
  }

  /** The same at each call; the answer carries it. */
  String of(HttpServerRequest request) {
    String before = request.response().headers().get(HEADER);
    if (before != null) {
      return before;
    }
    String id = first(request);
    request.response().putHeader(HEADER, id);
    return id;
  }

  /** For who asks once, and answers with it. */
  String first(HttpServerRequest request) {
    String sent = request.getHeader(HEADER);
    if (sent != null && Limits.isKey(sent)) {
      return sent;
    }
    String parent = request.getHeader(TRACE_PARENT);
    return parent == null ? make() : traced(parent);
  }

  private String traced(String parent) {
    Matcher trace = TRACE.matcher(parent);
    boolean isWellFormed =
        trace.matches() && (parent.length() == TRACE_CHARS || !trace.group(1).equals("00"));
    return isWellFormed ? trace.group(2) : make();
  }

  private String make() {
    return start + ++made;
  }
}
