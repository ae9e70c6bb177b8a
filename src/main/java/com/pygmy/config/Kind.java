package com.pygmy.config;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the value of a key must be. Values are {@link Long}, {@link Boolean}, {@link String}, a
 * {@link List} of such, or {@link Misfit} for what no key takes.
 */
sealed interface Kind {

  /** An error message quotes no more of a text. */
  int SHOWN_CHARS = 60;

  boolean accepts(Object value);

  /** Completes "must be …". */
  String described();

  /** The value that a text of the environment stands for; a text that is none comes back as is. */
  Object fromText(String text);

  /** A value of the file that is right for no key: null, a fraction, an object. */
  record Misfit(String shown) {}

  record WholeNumber(long min, long max) implements Kind {
    @Override
    public boolean accepts(Object value) {
      return value instanceof Long number && number >= min && number <= max;
    }

    @Override
    public String described() {
      return min + "…" + max;
    }

    @Override
    public Object fromText(String text) {
      // At most 18 digits, so that it fits.
      return text.matches("-?\\d{1,18}") ? Long.valueOf(text) : text;
    }
  }

  record Flag() implements Kind {
    @Override
    public boolean accepts(Object value) {
      return value instanceof Boolean;
    }

    @Override
    public String described() {
      return "true or false";
    }

    @Override
    public Object fromText(String text) {
      return switch (text) {
        case "true" -> true;
        case "false" -> false;
        default -> text;
      };
    }
  }

  record Text(Pattern pattern, String described) implements Kind {
    @Override
    public boolean accepts(Object value) {
      return value instanceof String text && pattern.matcher(text).matches();
    }

    @Override
    public Object fromText(String text) {
      return text;
    }
  }

  /** Admin tokens, one or a list of several. No error message quotes them. */
  record Tokens() implements Kind {
    @Override
    public boolean accepts(Object value) {
      List<?> list = value instanceof List<?> several ? several : List.of(value);
      return !list.isEmpty()
          && list.size() <= AdminToken.MAX_TOKENS
          && list.stream().allMatch(t -> t instanceof String text && AdminToken.isToken(text));
    }

    @Override
    public String described() {
      return AdminToken.FORM + ", or a list of up to " + AdminToken.MAX_TOKENS + " such";
    }

    @Override
    public Object fromText(String text) {
      return List.of(text.split(",", -1));
    }
  }

  record OneOf(List<String> labels) implements Kind {
    @Override
    public boolean accepts(Object value) {
      return labels.contains(value);
    }

    @Override
    public String described() {
      return "one of " + String.join(", ", labels);
    }

    @Override
    public Object fromText(String text) {
      return text;
    }
  }

  record SetOf(List<String> labels) implements Kind {
    @Override
    public boolean accepts(Object value) {
      return value instanceof List<?> list
          && !list.isEmpty()
          && labels.containsAll(list)
          && new HashSet<>(list).size() == list.size();
    }

    @Override
    public String described() {
      return "a list of " + String.join(", ", labels) + ", each at most once, at least one";
    }

    @Override
    public Object fromText(String text) {
      return List.of(text.split(",", -1));
    }
  }

  /** The complaint about a value, if there is one. */
  default Optional<String> complaint(Object value) {
    if (accepts(value)) {
      return Optional.empty();
    }
    String not = this instanceof Tokens ? "" : ", not " + shown(value);
    return Optional.of("must be " + described() + not);
  }

  private static String shown(Object value) {
    if (value instanceof Misfit misfit) {
      return misfit.shown();
    }
    if (value instanceof List<?> list) {
      return list.stream().map(Kind::shown).collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof String text) {
      String cut = text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + "…" : text;
      return '"' + cut.replaceAll("\\p{Cntrl}", "?") + '"';
    }
    return value.toString();
  }
}
