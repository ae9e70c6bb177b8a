package com.pygmy.frontend;

import com.pygmy.domain.BookId;
import com.pygmy.domain.Limits;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The query parameters of a request: only those that the route knows, each at most once. */
final class Query {

  private final Map<String, String> values = new LinkedHashMap<>();

  /**
   * @param raw what follows the question mark, still encoded; may be null
   * @throws FailureException when it cannot be decoded, or names what the route does not know
   */
  Query(String raw, Set<String> known) {
    if (raw == null || raw.isEmpty()) {
      return;
    }
    for (String pair : raw.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
      if (!known.contains(name)) {
        throw new Failure.Invalid(name, "is not a parameter of this route").exception();
      }
      if (values.put(name, value) != null) {
        throw new Failure.Invalid(name, "is given more than once").exception();
      }
    }
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** A text of 1 to so many printable characters. */
  Optional<String> printable(String name, int maxChars) {
    Optional<String> text = text(name);
    if (text.isPresent() && !Limits.isText(text.get(), maxChars)) {
      throw new Failure.Invalid(name, "must be 1 to " + maxChars + " printable characters")
          .exception();
    }
    return text;
  }

  /** Book ids with commas between them, each once, in their order. */
  Optional<List<BookId>> bookIds(String name, int max) {
    return text(name)
        .map(
            text -> {
              String[] words = text.split(",", -1);
              if (words.length > max) {
                throw new Failure.Invalid(name, "must be at most " + max).exception();
              }
              return Stream.of(words).map(word -> bookId(name, word)).distinct().toList();
            });
  }

  private static BookId bookId(String name, String word) {
    try {
      return new BookId(Integer.parseInt(word));
    } catch (IllegalArgumentException e) {
      throw new Failure.Invalid(name, "must be book ids with commas between them").exception();
    }
  }

  int size() {
    return values.size();
  }

  /** An integer within bounds, or the default when it is not given. */
  long integer(String name, long min, long max, long byDefault) {
    String value = values.get(name);
    if (value == null) {
      return byDefault;
    }
    try {
      long number = Long.parseLong(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below, like any other value that is out of bounds
    }
    throw new Failure.Invalid(name, "must be " + min + " to " + max).exception();
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Failure.Malformed("the query is not percent-encoded").exception();
    }
  }
}
