package com.pygmy.domain;

/** What the log answers to a command. */
public sealed interface Decision {

  /** The outcome of the key; {@code replayed} when an earlier entry had decided it. */
  record Decided(Outcome outcome, boolean replayed) implements Decision {}

  /** The key is bound to a different request. Nothing was changed. */
  record KeyConflict() implements Decision {}

  /**
   * The attempt is so old that an outcome of its key may have been dropped. Nothing was changed:
   * use a new key.
   */
  record KeyTooOld() implements Decision {}
}
