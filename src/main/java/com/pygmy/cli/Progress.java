package com.pygmy.cli;

import java.io.PrintWriter;

/** A bar on a terminal that shows how much of a file is done; nothing elsewhere. Thread-safe. */
final class Progress {

  private static final int WIDTH = 40;
  private static final int PERCENT = 100;
  private static final String CLEAR_LINE = "\r" + " ".repeat(WIDTH + 8) + "\r";

  private final PrintWriter err;
  private final boolean isShown;
  private final long total;
  private int percent = -1;

  Progress(PrintWriter err, boolean isShown, long total) {
    this.err = err;
    this.isShown = isShown;
    this.total = Math.max(1, total);
  }

  synchronized void at(long done) {
    int now = (int) Math.min(PERCENT, PERCENT * done / total);
    if (isShown && now != percent) {
      percent = now;
      draw();
    }
  }

  /** Prints a line where the bar was, and the bar below. */
  synchronized void interrupt(String line) {
    err.println((isShown ? CLEAR_LINE : "") + line);
    if (isShown) {
      draw();
    }
  }

  synchronized void end() {
    if (isShown) {
      err.print(CLEAR_LINE);
      err.flush();
    }
  }

  private void draw() {
    int filled = Math.max(0, percent) * WIDTH / PERCENT;
    err.print(
        "\r[%s%s] %3d%%"
            .formatted("#".repeat(filled), ".".repeat(WIDTH - filled), Math.max(0, percent)));
    err.flush();
  }
}
