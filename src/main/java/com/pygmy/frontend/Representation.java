package com.pygmy.frontend;

import com.pygmy.domain.Book;
import com.pygmy.wire.Message;
import com.pygmy.wire.json.BookJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Optional;

/**
 * A book, or a page of books, in the form in which it is sent. Made once, sent as often as wanted,
 * by any thread.
 */
final class Representation {

  private final String etag;
  private final Reply whole;
  private final Reply unchanged;

  private Representation(String etag, Buffer json) {
    this.etag = etag;
    this.whole = Reply.json(200, json).with(HttpHeaders.ETAG, etag).revalidated();
    this.unchanged = Reply.empty(304).with(HttpHeaders.ETAG, etag).revalidated();
  }

  /**
   * @param store what tells the store from others; empty when it is not known
   */
  static Representation of(Book book, String store) {
    return new Representation(ETags.of(book, store), BookJson.book(book));
  }

  static Representation of(Message.BooksListed page) {
    return of(page.books(), page.more());
  }

  /**
   * A page.
   *
   * @param more whether further books follow the last one
   */
  static Representation of(List<Book> books, boolean more) {
    Optional<String> next =
        more && !books.isEmpty()
            ? Optional.of(books.get(books.size() - 1).id().toString())
            : Optional.empty();
    Buffer json = BookJson.page(books, next);
    return new Representation(ETags.of(json), json);
  }

  /** Names the content, quotes included: equal tags, equal bytes. */
  String etag() {
    return etag;
  }

  /** The body, as it is sent; not to be changed. */
  Buffer json() {
    return whole.body();
  }

  /** The whole of it, or that it is what the client has. */
  Reply answer(Optional<String> ifNoneMatch) {
    return ETags.hasChanged(ifNoneMatch, etag) ? whole : unchanged;
  }
}
