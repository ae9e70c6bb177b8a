package com.pygmy.wire.json;

import io.vertx.core.buffer.Buffer;

/** The answer of a health check that passes; one that fails is a {@link Problem}. */
public final class HealthJson {

  private HealthJson() {}

  public static Buffer up() {
    return new JsonWriter().beginObject().text(JsonKeys.STATUS, "up").endObject().toBuffer();
  }
}
