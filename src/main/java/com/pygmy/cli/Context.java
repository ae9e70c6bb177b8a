package com.pygmy.cli;

import java.time.Instant;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the commands of a client take from outside.
 *
 * @param wallClock to date a report, for nothing else
 * @param ids for new idempotency keys
 * @param isTerminal does somebody watch the standard error?
 */
public record Context(
    Environment environment,
    LongSupplier nanoClock,
    Supplier<Instant> wallClock,
    Supplier<UUID> ids,
    boolean isTerminal) {

  /** A key that nobody had before. */
  public String newKey() {
    return ids.get().toString();
  }
}
