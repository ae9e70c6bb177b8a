package com.pygmy.domain;

/** Identifies a book. 1 to {@link Limits#MAX_BOOK_ID}, never reused. */
public record BookId(int value) implements Comparable<BookId> {
  public BookId {
    Limits.requireRange("a book id", value, 1, Limits.MAX_BOOK_ID);
  }

  @Override
  public int compareTo(BookId other) {
    return Integer.compare(value, other.value);
  }

  @Override
  public int hashCode() {
    return value;
  }

  @Override
  public String toString() {
    return Integer.toString(value);
  }
}
