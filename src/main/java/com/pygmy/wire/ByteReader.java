package com.pygmy.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads what {@link ByteWriter} wrote; anything else ends in {@link MalformedMessage}. */
final class ByteReader {

  private final byte[] bytes;
  private int position;

  ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  int tag() {
    if (position >= bytes.length) {
      throw new MalformedMessage("ends after " + bytes.length + " bytes");
    }
    return bytes[position++];
  }

  boolean bool() {
    int value = tag();
    if (value != 0 && value != 1) {
      throw new MalformedMessage("neither true nor false: " + value);
    }
    return value == 1;
  }

  long number() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int part = tag();
      value |= (part & 0x7fL) << shift;
      if (part >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new MalformedMessage("a number of more than ten bytes");
  }

  int integer() {
    long value = number();
    if (value != (int) value) {
      throw new MalformedMessage("too large for an int: " + value);
    }
    return (int) value;
  }

  String text() {
    int size = size();
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, position, size))
              .toString();
      position += size;
      return text;
    } catch (CharacterCodingException e) {
      throw new MalformedMessage("text that is not UTF-8");
    }
  }

  byte[] bytes() {
    int size = size();
    position += size;
    return Arrays.copyOfRange(bytes, position - size, position);
  }

  <T> Optional<T> optional(Function<ByteReader, T> read) {
    return bool() ? Optional.of(read.apply(this)) : Optional.empty();
  }

  <T> List<T> list(Function<ByteReader, T> read) {
    int size = size();
    List<T> values = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      values.add(read.apply(this));
    }
    return values;
  }

  /** A length: every element takes a byte or more, so it cannot pass what is left. */
  private int size() {
    long size = number();
    if (size < 0 || size > bytes.length - position) {
      throw new MalformedMessage("a length of " + size + " with fewer bytes left");
    }
    return (int) size;
  }

  void end() {
    if (position != bytes.length) {
      throw new MalformedMessage((bytes.length - position) + " bytes too many");
    }
  }
}
