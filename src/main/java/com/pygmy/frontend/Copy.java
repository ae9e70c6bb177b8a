package com.pygmy.frontend;

import com.pygmy.coherence.View;
import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import com.pygmy.wire.Message;
import java.util.Optional;

/**
 * A view as it was at some index of the log, ready to be sent again.
 *
 * @param view what must not have changed since, if this is to be served
 * @param asOf it contains every entry of the log up to this index
 * @param content absent: there is no such book
 */
record Copy(View view, long asOf, Optional<Representation> content) {

  /** What it takes up besides its bytes: headers, tags, stamps, the entry of the cache. */
  private static final int OVERHEAD_BYTES = 768;

  /**
   * @param store what tells the store from others
   */
  static Copy of(long asOf, Book book, String store) {
    return new Copy(new View.OfBook(book.id()), asOf, Optional.of(Representation.of(book, store)));
  }

  /** That there was no such book. */
  static Copy ofNoBook(long asOf) {
    return new Copy(new View.OfUnknownBooks(), asOf, Optional.empty());
  }

  /** A book out of an answer that holds only this one; absent when it is not that. */
  static Optional<Copy> ofBook(Message answer, BookId id, String store) {
    return answer instanceof Message.BooksRead read
            && read.books().size() == 1
            && read.books().get(0).id().equals(id)
        ? Optional.of(of(read.asOf(), read.books().get(0), store))
        : Optional.empty();
  }

  /** A page of a topic; absent when it is of something else, or the answer is not a page. */
  static Optional<Copy> ofPage(Message answer, Message.ListBooks page) {
    return answer instanceof Message.BooksListed listed
        ? page.topic()
            .map(View.OfTopic::new)
            .map(topic -> new Copy(topic, listed.asOf(), Optional.of(Representation.of(listed))))
        : Optional.empty();
  }

  /** About so many bytes of memory. */
  int weight() {
    return OVERHEAD_BYTES + content.map(c -> c.json().length()).orElse(0);
  }
}
