package com.pygmy.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Appends values to a growing array: variable-length integers, length-prefixed UTF-8. */
final class ByteWriter {

  private byte[] bytes = new byte[128];
  private int length;

  ByteWriter tag(int value) {
    room(1);
    bytes[length++] = (byte) value;
    return this;
  }

  ByteWriter bool(boolean value) {
    return tag(value ? 1 : 0);
  }

  /** ZigZag, then 7 bits a byte. */
  ByteWriter number(long value) {
    long rest = (value << 1) ^ (value >> 63);
    room(10);
    while ((rest & ~0x7fL) != 0) {
      bytes[length++] = (byte) ((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    return this;
  }

  ByteWriter integer(int value) {
    return number(value);
  }

  ByteWriter text(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  ByteWriter bytes(byte[] value) {
    number(value.length);
    room(value.length);
    System.arraycopy(value, 0, bytes, length, value.length);
    length += value.length;
    return this;
  }

  <T> ByteWriter optional(Optional<T> value, BiConsumer<ByteWriter, T> write) {
    bool(value.isPresent());
    value.ifPresent(present -> write.accept(this, present));
    return this;
  }

  <T> ByteWriter list(List<T> values, BiConsumer<ByteWriter, T> write) {
    number(values.size());
    values.forEach(value -> write.accept(this, value));
    return this;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  private void room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
