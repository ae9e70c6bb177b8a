package com.pygmy.domain;

import java.util.List;
import java.util.Optional;

/**
 * What a command did.
 *
 * @param recorded the outcome to be bound to the command's key; absent when nothing new was decided
 * @param changed the books as they are now, each that differs from before
 */
public record Effect(Decision decision, Optional<Recorded> recorded, List<Book> changed) {

  static Effect none(Decision decision) {
    return new Effect(decision, Optional.empty(), List.of());
  }
}
