package com.pygmy.wire.json;

import com.pygmy.domain.Limits;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The members of one JSON object of a request, read one by one; everything wrong is noted with its
 * path, and reading goes on with a stand-in, so that a client hears of all its errors at once.
 */
final class Fields {

  private final String path;
  private final Map<?, ?> members;
  private final List<FieldError> errors;
  private final Set<String> read = new HashSet<>();

  Fields(String path, Map<?, ?> members, List<FieldError> errors) {
    this.path = path;
    this.members = members;
    this.errors = errors;
  }

  /** The fields of the value, if it is an object; otherwise notes that it is none. */
  static Fields of(String path, Object value, List<FieldError> errors) {
    if (value instanceof Map<?, ?> members) {
      return new Fields(path, members, errors);
    }
    errors.add(new FieldError(path, "must be an object"));
    return new Fields(path, Map.of(), new ArrayList<>()); // what else is missing is no news
  }

  boolean has(String name) {
    return members.containsKey(name);
  }

  Optional<Long> integer(String name, long min, long max) {
    return member(name).flatMap(value -> checkedInteger(name, value, min, max));
  }

  long requiredInteger(String name, long min, long max) {
    return required(name, integer(name, min, max)).orElse(min);
  }

  Optional<String> text(String name, int maxChars) {
    return member(name).flatMap(value -> checkedText(name, value, maxChars));
  }

  String requiredText(String name, int maxChars) {
    return required(name, text(name, maxChars)).orElse("?");
  }

  boolean flag(String name) {
    Optional<Object> member = member(name);
    if (member.isPresent() && !(member.get() instanceof Boolean)) {
      wrong(name, "must be true or false");
    }
    return member.filter(Boolean.TRUE::equals).isPresent();
  }

  /** A required array of objects, each read by {@code each}. */
  <T> List<T> objects(String name, int max, Function<Fields, T> each) {
    Optional<Object> member = required(name, member(name));
    if (member.isEmpty()) {
      return List.of();
    }
    if (!(member.get() instanceof List<?> values)) {
      wrong(name, "must be an array");
      return List.of();
    }
    if (values.isEmpty() || values.size() > max) {
      wrong(name, "must have 1 to " + max + " items");
      return List.of();
    }
    List<T> items = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      Fields fields = of(at(name) + "[" + i + "]", values.get(i), errors);
      items.add(each.apply(fields));
      fields.end();
    }
    return items;
  }

  /** Notes every member that nobody asked for. */
  void end() {
    for (Object name : members.keySet()) {
      if (!read.contains(name)) {
        wrong(name.toString(), "is not a field of this request");
      }
    }
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  /** Notes what is wrong with the object as a whole. */
  void wrong(String message) {
    errors.add(new FieldError(path, message));
  }

  void wrong(String name, String message) {
    errors.add(new FieldError(at(name), message));
  }

  private Optional<Long> checkedInteger(String name, Object value, long min, long max) {
    if (!(value instanceof Long number)) {
      wrong(name, "must be an integer");
    } else if (number < min || number > max) {
      wrong(name, "must be " + min + " to " + max);
    } else {
      return Optional.of(number);
    }
    return Optional.empty();
  }

  private Optional<String> checkedText(String name, Object value, int maxChars) {
    if (!(value instanceof String text)) {
      wrong(name, "must be a string");
    } else if (!Limits.isText(text, maxChars)) {
      wrong(name, "must be 1 to " + maxChars + " printable characters, not all of them blank");
    } else {
      return Optional.of(text);
    }
    return Optional.empty();
  }

  private <T> Optional<T> required(String name, Optional<T> value) {
    if (!has(name)) {
      wrong(name, "is required");
    }
    return value;
  }

  private Optional<Object> member(String name) {
    read.add(name);
    return Optional.ofNullable(members.get(name));
  }

  private String at(String name) {
    return path + "." + name;
  }
}
