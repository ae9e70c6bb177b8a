package com.pygmy.history;

/**
 * What a client can see of a book that changes. Nothing is validated: a broken server's answer must
 * be recorded as it came.
 *
 * @param version counts the changes of the book from 1 on; 0: there is no such book
 */
public record BookState(long stock, long priceCents, long version) {

  /** No such book. */
  public static final BookState ABSENT = new BookState(0, 0, 0);

  /** This book after a change. */
  BookState changedTo(long newStock, long newPriceCents) {
    return new BookState(newStock, newPriceCents, version + 1);
  }
}
