package com.pygmy.cli;

import java.io.PrintWriter;

/** What came of a request, after all attempts. */
public sealed interface Answer {

  /** A frontend answered, for good. */
  record Said(int status, String body, boolean isReplay) implements Answer {
    private static final int FIRST_ERROR = 400;

    public boolean isFine() {
      return status < FIRST_ERROR;
    }
  }

  /** Nobody could do it, and nothing has happened. */
  record Unavailable(String why) implements Answer {

    /** Says so to people, and what to do next. The {@link ExitCode} for it. */
    public int tell(PrintWriter err, boolean isChange) {
      err.println("No frontend could do it (" + why + ").");
      err.println(
          (isChange ? "Nothing was changed by this attempt. " : "")
              + "Is it running? See 'launcher/pygmy status', start it with 'launcher/pygmy up', or"
              + " name its frontends with --url.");
      return ExitCode.UNAVAILABLE;
    }
  }

  /** Nobody could tell whether the change was made. The same key finds it out. */
  record Unknown(String why) implements Answer {}
}
