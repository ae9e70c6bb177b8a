package com.pygmy.deploy;

/** A host, or several, did not do what they were to do; the message tells which, and why. */
public final class HostFailure extends Exception {

  private static final long serialVersionUID = 1;

  private final int exitCode;

  /** Exit codes are those of the commands. */
  public HostFailure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }
}
