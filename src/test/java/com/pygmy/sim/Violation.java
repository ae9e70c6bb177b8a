package com.pygmy.sim;

/** A promise of the protocol was broken. */
public final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Which promise. */
  public enum Of {
    /** A read was answered with less than was visible when it arrived. */
    STALE_READ,
    /** A cache would answer so, if it held a copy that it may hold. */
    STALE_IF_HELD,
    /** A read was answered with what never was. */
    WRONG_VALUE,
    /** The faults are over, and something still waits. */
    NO_PROGRESS
  }

  private final Of promise;

  Violation(Of promise, String message) {
    super(promise + ": " + message, null, false, false);
    this.promise = promise;
  }

  public Of promise() {
    return promise;
  }
}
