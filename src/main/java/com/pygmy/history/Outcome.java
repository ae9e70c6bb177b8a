package com.pygmy.history;

/** What a client learned of its request. */
public sealed interface Outcome {

  /** The book as it was read, or as this write left it. */
  record Seen(BookState book) implements Outcome {}

  /** The write took effect; nothing else was answered. */
  record Done() implements Outcome {}

  /** The buy took effect, at this price for each unit. */
  record Sold(long priceCents) implements Outcome {}

  /** The buy was refused: there were so many units, too few. */
  record OutOfStock(long left) implements Outcome {}

  /** There is no such book, so nothing happened. */
  record NoSuchBook() implements Outcome {}

  /** The write takes effect at some moment after its invocation, or never. */
  record Unknown() implements Outcome {}

  /** Nothing happened, for a reason that says nothing about this book. */
  record Failed() implements Outcome {}
}
