package com.pygmy.domain;

import java.util.Optional;

/**
 * What one entry of the log did to one book.
 *
 * @param book as the entry left it
 * @param added there was no such book before
 * @param described its price, title, author or topic differs from before
 * @param stockBefore 0 of a book that was added
 * @param topicBefore its own, unless the entry moved it
 */
public record BookChange(
    Book book, boolean added, boolean described, int stockBefore, String topicBefore) {

  /** From what the book was before, if it was there, to what it is after the entry. */
  public static BookChange of(Optional<Book> before, Book after) {
    if (before.isEmpty()) {
      return new BookChange(after, true, false, 0, after.topic());
    }
    Book was = before.get();
    boolean described =
        was.priceCents() != after.priceCents()
            || !was.topic().equals(after.topic())
            || !was.title().equals(after.title())
            || !was.author().equals(after.author());
    return new BookChange(after, false, described, was.stock(), was.topic());
  }

  /** Does a list of books show something else since? */
  public boolean isListedOtherwise() {
    return added || described;
  }

  /** Has a book that was there before another stock now? */
  public boolean isStockChanged() {
    return !added && book.stock() != stockBefore;
  }
}
