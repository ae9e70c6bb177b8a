package com.pygmy.wire.json;

import io.vertx.core.buffer.Buffer;
import java.util.List;

/** The answer of a health check that passes; one that fails is a {@link Problem}. */
public final class HealthJson {

  private HealthJson() {}

  /** All that was looked at is up. */
  public static Buffer up(List<HealthCheck> checks) {
    return new JsonWriter()
        .beginObject()
        .text(JsonKeys.STATUS, "up")
        .array(JsonKeys.CHECKS, checks, (out, check) -> check.write(out))
        .endObject()
        .toBuffer();
  }
}
