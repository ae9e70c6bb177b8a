package com.pygmy.config;

import java.util.List;

/** What came of reading a conf file. */
public sealed interface LoadResult {

  record Loaded(Conf conf) implements LoadResult {}

  /** Everything that is wrong, in the order of the file; at least one error. */
  record Invalid(List<ConfError> errors) implements LoadResult {
    public Invalid {
      errors = List.copyOf(errors);
    }
  }
}
