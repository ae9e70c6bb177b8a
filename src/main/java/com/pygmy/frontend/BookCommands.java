package com.pygmy.frontend;

import com.pygmy.domain.Book;
import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.Book.Revision;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Line;
import com.pygmy.domain.Outcome;
import com.pygmy.wire.json.BookJson;
import com.pygmy.wire.json.RequestJson;
import com.pygmy.wire.json.RequestJson.Addition;
import com.pygmy.wire.json.Route;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Optional;

/** The administrator's commands: adding, revising, restocking books. */
final class BookCommands {

  private final CatalogClient catalog;
  private final BookViews views;
  private final CatalogNews news;

  BookCommands(CatalogClient catalog, BookViews views, CatalogNews news) {
    this.catalog = catalog;
    this.views = views;
    this.news = news;
  }

  /** {@code PATCH /books/{id}} */
  Future<Reply> revise(Exchange exchange) {
    exchange.requireAdministrator();
    BookId id = exchange.book();
    Optional<String> ifMatch = exchange.header(HttpHeaders.IF_MATCH);
    String key = exchange.key();
    return exchange
        .body(RequestJson::revision)
        .compose(
            (Revision revision) -> {
              long admitted = news.admittedIndex(); // first, for it also tells the store
              Optional<Long> version = ETags.version(ifMatch, id, news.storeTag());
              return catalog.submit(
                  new Command.ReviseBook(key, admitted, id, version, revision),
                  exchange.requestId());
            })
        .map(decision -> Granted.of(decision, Outcome.Revised.class))
        .map(revised -> revised.marked(whole(200, revised.outcome().book())));
  }

  /** {@code POST /books/{id}/restock} */
  Future<Reply> restock(Exchange exchange) {
    exchange.requireAdministrator();
    BookId id = exchange.book();
    String key = exchange.key();
    return exchange
        .body(RequestJson::restock)
        .compose(
            (Integer quantity) ->
                catalog.submit(
                    new Command.Restock(key, news.admittedIndex(), List.of(new Line(id, quantity))),
                    exchange.requestId()))
        .map(decision -> Granted.of(decision, Outcome.Restocked.class))
        .map(
            restocked ->
                restocked.marked(Reply.json(200, BookJson.restocked(restocked.outcome().lines()))));
  }

  /** {@code POST /books} */
  Future<Reply> add(Exchange exchange) {
    exchange.requireAdministrator();
    String key = exchange.key();
    return exchange
        .body(RequestJson::addition)
        .compose(
            (Addition addition) ->
                addition instanceof Addition.One one
                    ? addOne(key, one.book(), exchange.requestId())
                    : addSeveral(key, (Addition.Several) addition, exchange.requestId()));
  }

  private Future<Reply> addSeveral(String key, Addition.Several several, String requestId) {
    return catalog
        .submit(
            new Command.AddBooks(key, news.admittedIndex(), several.books(), several.update()),
            requestId)
        .map(decision -> Granted.of(decision, Outcome.BooksAdded.class))
        .map(added -> added.marked(Reply.json(200, BookJson.added(added.outcome().rows()))));
  }

  private Future<Reply> addOne(String key, NewBook book, String requestId) {
    return catalog
        .submit(new Command.AddBooks(key, news.admittedIndex(), List.of(book), false), requestId)
        .map(decision -> Granted.of(decision, Outcome.BooksAdded.class))
        .compose(
            added -> {
              Outcome.Row row = added.outcome().rows().get(0);
              return switch (row.status()) {
                case ADDED -> Future.succeededFuture(added.marked(created(row.id(), book)));
                case CONFLICT ->
                    Future.failedFuture(
                        new Failure.BookExists(row.id(), added.replayed()).exception());
                case UNCHANGED, UPDATED -> asItIs(row.id(), requestId).map(added::marked);
              };
            });
  }

  /** The book as the log made it: its first version. */
  private Reply created(BookId id, NewBook added) {
    Book book =
        new Book(
            id,
            added.title(),
            added.author(),
            added.topic(),
            added.priceCents(),
            added.stock(),
            0,
            0,
            1);
    return whole(201, book).with(HttpHeaders.LOCATION, Route.READ_BOOK.path(id));
  }

  /** The book was there before: nothing has happened, so a failed read may say so. */
  private Future<Reply> asItIs(BookId id, String requestId) {
    return views
        .book(id, requestId)
        .map(
            book ->
                book.map(
                        found -> Reply.json(200, found.json()).with(HttpHeaders.ETAG, found.etag()))
                    .orElseThrow(() -> new Failure.UnknownBook(id.toString()).exception()));
  }

  private Reply whole(int status, Book book) {
    return Reply.json(status, BookJson.book(book))
        .with(HttpHeaders.ETAG, ETags.of(book, news.storeTag()));
  }
}
