package com.pygmy.wire.json;

import java.util.List;

/** What reading a request gave. */
public sealed interface Parsed<T> {

  /** It can be asked for. */
  record Valid<T>(T value) implements Parsed<T> {}

  /** It can be read, but breaks these rules. */
  record Invalid<T>(List<FieldError> errors) implements Parsed<T> {
    public Invalid {
      errors = List.copyOf(errors);
    }
  }

  /** It cannot be read. */
  record Malformed<T>(String why) implements Parsed<T> {}
}
