package com.pygmy.cli;

import java.io.PrintWriter;

/**
 * A bar on a terminal that shows how much is done, and a note beside it; nothing elsewhere. It has
 * no colours. Thread-safe.
 */
public final class Progress {

  private static final int WIDTH = 40;
  private static final int PERCENT = 100;

  private final PrintWriter err;
  private final boolean isShown;
  private final long total;
  private int percent = -1;
  private String note = "";
  private int drawn;

  /**
   * Draws nothing yet.
   *
   * @param total of what {@link #at} counts; 0: nobody knows, there is no bar, only the note
   */
  public Progress(PrintWriter err, boolean isShown, long total) {
    this.err = err;
    this.isShown = isShown;
    this.total = total;
  }

  public void at(long done) {
    at(done, "");
  }

  /** Draws again if anything has changed. */
  public synchronized void at(long done, String newNote) {
    int now = total == 0 ? 0 : (int) Math.min(PERCENT, PERCENT * done / total);
    if (isShown && (now != percent || !newNote.equals(note))) {
      percent = now;
      note = newNote;
      draw();
    }
  }

  /** Prints a line where the bar was, and the bar below. */
  public synchronized void interrupt(String line) {
    clear();
    err.println(line);
    if (isShown) {
      draw();
    }
  }

  public synchronized void end() {
    clear();
    err.flush();
  }

  private void clear() {
    if (drawn > 0) {
      err.print("\r" + " ".repeat(drawn) + "\r");
      drawn = 0;
    }
  }

  private void draw() {
    int filled = Math.max(0, percent) * WIDTH / PERCENT;
    String bar =
        total == 0
            ? ""
            : "[%s%s] %3d%%"
                .formatted("#".repeat(filled), ".".repeat(WIDTH - filled), Math.max(0, percent));
    String line = note.isEmpty() ? bar : (bar + "  " + note).strip();
    err.print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
    err.flush();
    drawn = Math.max(drawn, line.length());
  }
}
