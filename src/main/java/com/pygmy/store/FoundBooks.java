package com.pygmy.store;

import com.pygmy.domain.Book;
import java.util.List;

/**
 * A page of the books that a search found, the best first. Their stock is the database's, which may
 * be behind.
 *
 * @param more whether further books follow the last one
 * @param afterIsLost whether the book to go on after has not the words; none is given then
 */
public record FoundBooks(List<Book> books, boolean more, boolean afterIsLost) {

  public FoundBooks {
    books = List.copyOf(books);
  }
}
