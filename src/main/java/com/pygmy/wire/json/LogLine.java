package com.pygmy.wire.json;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One event of a node's log, for programs.
 *
 * @param node empty outside of a node
 * @param marks what more is known of it, by names that are JSON members of their own: for which
 *     request it was, under which key
 * @param stack of what was thrown, as Java prints it
 */
public record LogLine(
    Instant time,
    String level,
    String logger,
    String thread,
    String node,
    String message,
    Map<String, String> marks,
    Optional<String> stack) {

  /** An object without a line break in it. */
  public Buffer toJson() {
    JsonWriter out =
        new JsonWriter()
            .beginObject()
            .text(JsonKeys.TIME, time.toString())
            .text(JsonKeys.LEVEL, level)
            .text(JsonKeys.NODE, node)
            .text(JsonKeys.LOGGER, logger)
            .text(JsonKeys.THREAD, thread)
            .text(JsonKeys.MESSAGE, message);
    marks.forEach(out::text);
    return out.text(JsonKeys.STACK, stack).endObject().toBuffer();
  }
}
