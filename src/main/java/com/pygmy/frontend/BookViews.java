package com.pygmy.frontend;

import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Shelf.TopicCount;
import com.pygmy.wire.Message;
import com.pygmy.wire.json.BookJson;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/**
 * Where every read of books goes through: fetches from a catalog replica, linearizably, and puts
 * into the form in which it is sent. A cache of views belongs here, and nowhere else.
 */
final class BookViews {

  private final CatalogClient catalog;
  private final CatalogNews news;

  BookViews(CatalogClient catalog, CatalogNews news) {
    this.catalog = catalog;
    this.news = news;
  }

  /** One book; empty when there is none. */
  Future<Optional<View>> book(BookId id, String session) {
    return books(List.of(id), session).map(books -> books.stream().findFirst().map(this::of));
  }

  /** Those of these books that there are. */
  Future<List<Book>> books(List<BookId> ids, String session) {
    return catalog
        .read(new Message.ReadBooks(ids), Message.BooksRead.class, session)
        .map(Message.BooksRead::books);
  }

  /** A page of a topic, of a title, or of all books. */
  Future<View> page(Message.ListBooks page, String session) {
    return catalog.read(page, Message.BooksListed.class, session).map(BookViews::of);
  }

  /** The topics, with how many books each has. */
  Future<List<TopicCount>> topics(String session) {
    return catalog
        .read(new Message.ListTopics(), Message.TopicsListed.class, session)
        .map(Message.TopicsListed::topics);
  }

  private View of(Book book) {
    return new View(ETags.of(book, news.storeTag()), BookJson.book(book));
  }

  private static View of(Message.BooksListed page) {
    List<Book> books = page.books();
    Optional<String> next =
        page.more() && !books.isEmpty()
            ? Optional.of(books.get(books.size() - 1).id().toString())
            : Optional.empty();
    Buffer json = BookJson.page(books, next);
    return new View(ETags.of(json), json);
  }
}
