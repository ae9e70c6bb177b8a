package com.pygmy.wire.json;

/**
 * One thing that a health route looks at.
 *
 * @param isUp whether it is as it should be
 */
public record HealthCheck(String name, boolean isUp) {

  void write(JsonWriter out) {
    out.beginObject()
        .text(JsonKeys.NAME, name)
        .text(JsonKeys.STATUS, isUp ? "up" : "down")
        .endObject();
  }
}
