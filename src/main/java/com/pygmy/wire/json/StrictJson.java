package com.pygmy.wire.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bytes to a small tree of maps, lists, strings, longs and booleans. UTF-8 only, no member twice,
 * no comments, nothing after the value, bounded depth. Numbers that are no 64-bit integers become
 * {@link #NOT_AN_INTEGER}: their digits are never worked out.
 */
final class StrictJson {

  /** Stands for JSON's null, which no field takes. */
  static final Object NULL = new Object();

  /** Stands for a number that is no 64-bit integer. */
  static final Object NOT_AN_INTEGER = new Object();

  private static final int MAX_DEPTH = 8;

  private static final JsonFactory factory =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private StrictJson() {}

  /** Why the bytes are not such JSON. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String why) {
      super(why, null, false, false);
    }
  }

  static Object read(byte[] bytes) throws Malformed {
    String text = utf8(bytes);
    if (text.isBlank()) {
      throw new Malformed("the body is empty");
    }
    try (JsonParser parser = factory.createParser(text)) {
      parser.nextToken();
      Object value = value(parser, 0);
      if (parser.nextToken() != null) {
        throw new Malformed("something follows the JSON value");
      }
      return value;
    } catch (IOException e) {
      throw new Malformed(whyOf(e));
    }
  }

  private static String utf8(byte[] bytes) throws Malformed {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new Malformed("the body is not UTF-8");
    }
  }

  private static Object value(JsonParser parser, int depth) throws IOException, Malformed {
    if (depth > MAX_DEPTH) {
      throw new Malformed("the JSON is nested more than " + MAX_DEPTH + " deep");
    }
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> object(parser, depth);
      case START_ARRAY -> array(parser, depth);
      case VALUE_STRING -> wellFormed(parser.getText());
      case VALUE_NUMBER_INT -> integer(parser.getText());
      case VALUE_NUMBER_FLOAT -> NOT_AN_INTEGER;
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> NULL;
      default -> throw new Malformed("not a JSON value");
    };
  }

  private static Map<String, Object> object(JsonParser parser, int depth)
      throws IOException, Malformed {
    Map<String, Object> members = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = wellFormed(parser.currentName());
      parser.nextToken();
      members.put(name, value(parser, depth + 1));
    }
    return members;
  }

  private static List<Object> array(JsonParser parser, int depth) throws IOException, Malformed {
    List<Object> values = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      values.add(value(parser, depth + 1));
    }
    return values;
  }

  private static Object integer(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return NOT_AN_INTEGER;
    }
  }

  /** A lone surrogate would not survive its way as UTF-8. */
  private static String wellFormed(String text) throws Malformed {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        boolean isPair =
            i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
        if (!isPair) {
          throw new Malformed("a string holds half of a surrogate pair");
        }
        i++;
      }
    }
    return text;
  }

  /** The parser's words without its place, which names classes. */
  private static String whyOf(IOException e) {
    String message =
        e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
    return "the body is not JSON: " + (message == null ? "it ends too early" : message);
  }
}
