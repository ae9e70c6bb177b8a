package com.pygmy.domain;

/**
 * An outcome as it is bound to its key.
 *
 * @param index of the log entry that decided it
 */
public record Recorded(Fingerprint fingerprint, long index, Outcome outcome) {

  /** Sales keep their keys for ever; any other outcome may be dropped, in the log's own time. */
  public boolean isSale() {
    return outcome instanceof Outcome.Sold;
  }

  /** Does this outcome still bind its key for an entry at {@code index}? */
  public boolean binds(long atIndex) {
    return isSale() || index >= atIndex - Catalog.OUTCOME_HORIZON;
  }
}
