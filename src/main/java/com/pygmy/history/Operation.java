package com.pygmy.history;

import java.util.Objects;

/**
 * One request for one book, and what came of it.
 *
 * <p>Times are nanoseconds of one monotonic clock, taken before the request was sent and after its
 * answer came. One operation precedes another if it returned strictly before the other was invoked;
 * otherwise they are concurrent, whoever the client.
 *
 * @param client for people to read; the checker makes nothing of it
 * @param returned {@link #NEVER} exactly when the outcome is unknown
 */
public record Operation(
    int client, int book, long invoked, long returned, Request request, Outcome outcome) {

  /** The return time of an operation whose outcome is unknown. */
  public static final long NEVER = Long.MAX_VALUE;

  public Operation {
    Objects.requireNonNull(request, "request");
    Objects.requireNonNull(outcome, "outcome");
    require(invoked <= returned, "returned before it was invoked");
    require(
        (returned == NEVER) == (outcome instanceof Outcome.Unknown),
        "an operation never returns exactly when its outcome is unknown");
    require(answers(request, outcome), "no such answer to this request");
  }

  private static boolean answers(Request request, Outcome outcome) {
    if (outcome instanceof Outcome.Sold || outcome instanceof Outcome.OutOfStock) {
      return request instanceof Request.Buy;
    }
    return !(request instanceof Request.Read && outcome instanceof Outcome.Done);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /** This operation as it looked at a moment before it returned. */
  Operation unanswered() {
    return new Operation(client, book, invoked, NEVER, request, new Outcome.Unknown());
  }

  boolean precedes(Operation other) {
    return returned < other.invoked;
  }

  /** As in the text form. */
  @Override
  public String toString() {
    return HistoryText.line(this);
  }
}
