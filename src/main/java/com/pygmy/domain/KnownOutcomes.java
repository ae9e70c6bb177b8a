package com.pygmy.domain;

import java.util.Optional;

/** The outcomes that were recorded before the command at hand. */
@FunctionalInterface
public interface KnownOutcomes {
  Optional<Recorded> find(String key);
}
