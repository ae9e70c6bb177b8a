package com.pygmy.history;

import java.util.List;

/** What the checker has to say about a history. */
public sealed interface Verdict {

  /**
   * Every book has an order of its operations that explains every answer.
   *
   * @param steps operations that the search put in place or tried to, over all books
   */
  record Ok(int books, int operations, long steps) implements Verdict {}

  /**
   * A book has no such order.
   *
   * @param explanation for people: the first answer that nothing explains, an order of what came
   *     before it, and what went on at the same time
   * @param operations those that the explanation names, in the order of their invocation
   */
  record Illegal(int book, String explanation, List<Operation> operations) implements Verdict {
    public Illegal {
      operations = List.copyOf(operations);
    }
  }

  /**
   * The search was given up before it had an answer for this book; no book was found illegal.
   *
   * @param steps taken for this book
   */
  record Unknown(int book, String why, long steps) implements Verdict {}
}
