package com.pygmy.launch;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What a supervisor says: to the terminal; or, detached, to whoever started it, until that one has
 * heard enough, and with the time to its log, which is its standard error.
 */
final class Voice {

  /** Tells the starter that all is ready. No line for people looks like it. */
  static final String READY = "\u0006ready";

  /** Begins a line of complaint to the starter. */
  static final String COMPLAINT = "\u0015";

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean isDetached;
  private boolean starterListens = true;

  Voice(PrintWriter out, PrintWriter err, boolean isDetached) {
    this.out = out;
    this.err = err;
    this.isDetached = isDetached;
  }

  /** Says why something failed. */
  synchronized void complain(String text) {
    if (isDetached) {
      log(text);
      text.lines().forEach(line -> out.println(COMPLAINT + line));
      out.flush();
    } else {
      err.println(text);
      err.flush();
    }
  }

  synchronized void say(String text) {
    if (isDetached) {
      log(text);
    }
    if (starterListens) {
      out.println(text);
      out.flush();
    }
  }

  /** The last word to the starter. */
  synchronized void ready() {
    if (isDetached) {
      out.println(READY);
      out.flush();
      starterListens = false;
    }
  }

  private static void log(String text) {
    System.err.println(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + text);
  }

  boolean isDetached() {
    return isDetached;
  }
}
