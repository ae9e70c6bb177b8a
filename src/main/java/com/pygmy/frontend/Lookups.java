package com.pygmy.frontend;

import com.pygmy.domain.BookId;
import com.pygmy.domain.Limits;
import com.pygmy.wire.json.Route;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/**
 * Answers look-ups of books from this node's memory, ahead of the router: there are many of them,
 * and to find their route would cost as much as to answer them. All else goes on to the router.
 * Belongs to one event loop.
 */
final class Lookups implements Handler<HttpServerRequest> {

  private static final String PREFIX = Route.READ_BOOK.template().replace("{id}", "");

  private final BookViews views;
  private final Edge edge;
  private final RouteFigures figures;
  private final Handler<HttpServerRequest> router;

  Lookups(BookViews views, Edge edge, RouteFigures figures, Handler<HttpServerRequest> router) {
    this.views = views;
    this.edge = edge;
    this.figures = figures;
    this.router = router;
  }

  @Override
  public void handle(HttpServerRequest request) {
    if (edge.isTooLate(request)) {
      return;
    }
    int id = request.method().equals(HttpMethod.GET) ? bookId(request.uri()) : 0;
    Optional<Representation> hit =
        id == 0 || Bodies.announced(request) ? Optional.empty() : views.cachedBook(new BookId(id));
    if (hit.isPresent()) {
      Optional<String> ifNoneMatch =
          Optional.ofNullable(request.getHeader(HttpHeaders.IF_NONE_MATCH));
      edge.answerAtOnce(request, hit.get().answer(ifNoneMatch), figures);
    } else {
      router.handle(request);
    }
  }

  /**
   * Of {@code /books/7}, to the letter; 0: it is something else, or is better refused elsewhere.
   */
  private static int bookId(String uri) {
    int length = uri.length();
    if (!uri.startsWith(PREFIX) || length > PREFIX.length() + 9 || length == PREFIX.length()) {
      return 0;
    }
    int id = 0;
    for (int i = PREFIX.length(); i < length; i++) {
      int digit = uri.charAt(i) - '0';
      if (digit < 0 || digit > 9 || (id == 0 && digit == 0)) {
        return 0;
      }
      id = 10 * id + digit;
    }
    return id <= Limits.MAX_BOOK_ID ? id : 0;
  }
}
