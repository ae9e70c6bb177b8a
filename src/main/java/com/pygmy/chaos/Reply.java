package com.pygmy.chaos;

import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** What came of one request to one frontend. */
sealed interface Reply {

  /**
   * An answer that says something.
   *
   * @param at when it had come
   */
  record Said(int status, JsonObject body, Optional<String> etag, long at) implements Reply {}

  /** No answer, or one that says to try again: the request may have had its effect. */
  record Nothing() implements Reply {}
}
