package com.pygmy.wire.json;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * JSON straight into UTF-8 bytes, with no tree of objects in between. The caller opens and closes
 * in order; commas are its own care. Names are ASCII and need no escape; an unpaired surrogate in a
 * text becomes U+FFFD. Not thread-safe.
 */
final class JsonWriter {

  private static final int FIRST_BYTES = 256;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int REPLACEMENT = 0xfffd;

  private byte[] bytes = new byte[FIRST_BYTES];
  private int length;
  private boolean comma;

  JsonWriter beginObject() {
    return begin('{');
  }

  JsonWriter endObject() {
    return end('}');
  }

  JsonWriter beginArray() {
    return begin('[');
  }

  JsonWriter endArray() {
    return end(']');
  }

  JsonWriter name(String name) {
    separate();
    put('"');
    ascii(name);
    put('"');
    put(':');
    comma = false;
    return this;
  }

  JsonWriter number(long value) {
    separate();
    ascii(Long.toString(value));
    return this;
  }

  JsonWriter bool(boolean value) {
    separate();
    ascii(Boolean.toString(value));
    return this;
  }

  JsonWriter nothing() {
    separate();
    ascii("null");
    return this;
  }

  JsonWriter text(String value) {
    separate();
    put('"');
    int count = value.length();
    for (int i = 0; i < count; i++) {
      char c = value.charAt(i);
      if (c < 0x80) {
        asciiOrEscape(c);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < count
          && Character.isLowSurrogate(value.charAt(i + 1))) {
        codePoint(Character.toCodePoint(c, value.charAt(++i)));
      } else {
        codePoint(Character.isSurrogate(c) ? REPLACEMENT : c);
      }
    }
    put('"');
    return this;
  }

  JsonWriter text(String name, String value) {
    return name(name).text(value);
  }

  JsonWriter text(String name, Optional<String> value) {
    value.ifPresent(v -> text(name, v));
    return this;
  }

  JsonWriter number(String name, long value) {
    return name(name).number(value);
  }

  /** A named array, each item written by {@code each}. */
  <T> JsonWriter array(String name, Iterable<T> items, BiConsumer<JsonWriter, T> each) {
    name(name).beginArray();
    for (T item : items) {
      each.accept(this, item);
    }
    return endArray();
  }

  Buffer toBuffer() {
    return Buffer.buffer(Arrays.copyOf(bytes, length));
  }

  private JsonWriter begin(char bracket) {
    separate();
    put(bracket);
    comma = false;
    return this;
  }

  private JsonWriter end(char bracket) {
    put(bracket);
    comma = true;
    return this;
  }

  /** Before every name and every value: a comma unless it is the first, or follows its name. */
  private void separate() {
    if (comma) {
      put(',');
    }
    comma = true;
  }

  private void asciiOrEscape(char c) {
    if (c == '"' || c == '\\') {
      put('\\');
      put(c);
    } else if (c >= 0x20 && c != 0x7f) {
      put(c);
    } else {
      ascii("\\u00");
      put(HEX[c >> 4]);
      put(HEX[c & 0xf]);
    }
  }

  private void codePoint(int c) {
    if (c < 0x800) {
      put(0xc0 | (c >> 6));
    } else {
      if (c < 0x10000) {
        put(0xe0 | (c >> 12));
      } else {
        put(0xf0 | (c >> 18));
        put(0x80 | ((c >> 12) & 0x3f));
      }
      put(0x80 | ((c >> 6) & 0x3f));
    }
    put(0x80 | (c & 0x3f));
  }

  private void ascii(String text) {
    for (int i = 0; i < text.length(); i++) {
      put(text.charAt(i));
    }
  }

  private void put(int b) {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * length);
    }
    bytes[length++] = (byte) b;
  }
}
