package com.pygmy.frontend;

import com.pygmy.domain.BookId;
import com.pygmy.domain.Limits;
import com.pygmy.domain.Words;
import com.pygmy.wire.Message;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reading books: one, several, by topic, title or words; the topics. */
final class BookReads {

  /** Books in one answer. */
  static final int MAX_PAGE = 100;

  private static final int DEFAULT_PAGE = 20;
  private static final Set<String> LIST_PARAMETERS =
      Set.of("topic", "title", "q", "ids", "limit", "after");
  private static final Set<String> PAGE_PARAMETERS = Set.of("limit", "after");

  private final BookViews views;

  BookReads(BookViews views) {
    this.views = views;
  }

  /** {@code GET /books/{id}} and {@code GET /lookup/{id}} */
  Future<Reply> book(Exchange exchange) {
    BookId id = exchange.book();
    return views
        .book(id, exchange.requestId())
        .map(
            book ->
                book.orElseThrow(() -> new Failure.UnknownBook(id.toString()).exception())
                    .answer(exchange.header(HttpHeaders.IF_NONE_MATCH)));
  }

  /** {@code GET /books} */
  Future<Reply> list(Exchange exchange) {
    Query query = exchange.query(LIST_PARAMETERS);
    if (query.text("ids").isPresent()) {
      return byIds(exchange, query);
    }
    if (query.text("q").isPresent()) {
      return byWords(exchange, query);
    }
    Optional<String> topic = query.printable("topic", Limits.MAX_TOPIC_CHARS);
    Optional<String> title = query.printable("title", Limits.MAX_TITLE_CHARS);
    if (topic.isPresent() && title.isPresent()) {
      throw new Failure.Invalid("title", "cannot be combined with topic").exception();
    }
    return page(exchange, query, topic, title);
  }

  /** {@code GET /search/{topic}} */
  Future<Reply> search(Exchange exchange) {
    String topic = exchange.path("topic");
    return page(exchange, exchange.query(PAGE_PARAMETERS), Optional.of(topic), Optional.empty());
  }

  /** {@code GET /topics} */
  Future<Reply> topics(Exchange exchange) {
    return views.topics(exchange.requestId()).map(topics -> Reply.json(200, topics).revalidated());
  }

  private Future<Reply> page(
      Exchange exchange, Query query, Optional<String> topic, Optional<String> title) {
    int limit = (int) query.integer("limit", 1, MAX_PAGE, DEFAULT_PAGE);
    int after = (int) query.integer("after", 0, Limits.MAX_BOOK_ID, 0);
    return views
        .page(new Message.ListBooks(topic, title, after, limit), exchange.requestId())
        .map(books -> books.answer(exchange.header(HttpHeaders.IF_NONE_MATCH)));
  }

  private Future<Reply> byWords(Exchange exchange, Query query) {
    refuse(query, "q", "topic", "title");
    Words words = words(query.text("q").orElseThrow());
    int limit = (int) query.integer("limit", 1, MAX_PAGE, DEFAULT_PAGE);
    int after = (int) query.integer("after", 0, Limits.MAX_BOOK_ID, 0);
    return views
        .search(new Message.SearchBooks(words, after, limit), exchange.requestId())
        .map(
            found ->
                found
                    .orElseThrow(BookReads::afterIsLost)
                    .answer(exchange.header(HttpHeaders.IF_NONE_MATCH)));
  }

  private static Words words(String text) {
    try {
      return Words.of(text);
    } catch (IllegalArgumentException e) {
      throw new Failure.Invalid("q", e.getMessage()).exception();
    }
  }

  private static FailureException afterIsLost() {
    String why = "is not among the books found (any more): begin again without it";
    return new Failure.Invalid("after", why).exception();
  }

  private Future<Reply> byIds(Exchange exchange, Query query) {
    refuse(query, "ids", "topic", "title", "q", "limit", "after");
    List<BookId> ids = query.bookIds("ids", MAX_PAGE).orElseThrow();
    return views
        .books(ids, exchange.requestId())
        .map(books -> Reply.json(200, books).revalidated());
  }

  private static void refuse(Query query, String with, String... others) {
    for (String name : others) {
      if (query.text(name).isPresent()) {
        throw new Failure.Invalid(name, "cannot be combined with " + with).exception();
      }
    }
  }
}
