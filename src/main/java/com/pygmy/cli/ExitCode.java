package com.pygmy.cli;

/** How a command ended, for scripts. The same for every command. */
public final class ExitCode {
  public static final int OK = 0;

  /** The store, or the state of the machine, said no; asking again changes nothing. */
  public static final int REFUSED = 1;

  /** A wrong command line or conf. */
  public static final int USAGE = 2;

  /** Nobody answered, or not in time; worth another try. */
  public static final int UNAVAILABLE = 3;

  private ExitCode() {}
}
