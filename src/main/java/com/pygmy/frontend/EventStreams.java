package com.pygmy.frontend;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** {@code GET /events}: what happens in the shop, as it happens. Belongs to one event loop. */
final class EventStreams {

  static final String LAST_EVENT_ID = "Last-Event-ID";
  static final String LAST_EVENT_ID_PARAMETER = "lastEventId";

  private static final Set<String> PARAMETERS =
      Set.of(EventFilter.BOOK, EventFilter.TOPIC, EventFilter.KINDS, LAST_EVENT_ID_PARAMETER);
  private static final CharSequence EVENT_STREAM = HttpHeaders.createOptimized("text/event-stream");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");

  private final LiveFeed feed;
  private final Audience audience;
  private final LongSupplier nanoClock;
  private final BooleanSupplier leaving;

  EventStreams(LiveFeed feed, Audience audience, LongSupplier nanoClock, BooleanSupplier leaving) {
    this.feed = feed;
    this.audience = audience;
    this.nanoClock = nanoClock;
    this.leaving = leaving;
  }

  /** Opens a stream, which ends when the client goes, or this frontend. */
  Future<Reply> open(Exchange exchange) {
    Query query = exchange.query(PARAMETERS);
    EventFilter filter = EventFilter.of(query);
    Optional<EventId> seen = seen(exchange, query);
    if (leaving.getAsBoolean()) {
      throw new Failure.Unavailable("this frontend is about to stop").exception();
    }
    if (!feed.admits()) {
      throw new Failure.Overloaded().exception();
    }
    return Future.succeededFuture(
        Reply.stream(EVENT_STREAM, new Stream(filter, seen))
            .with(HttpHeaders.CACHE_CONTROL, NO_STORE));
  }

  /** A browser that connects again sends the header, to an address that still has the parameter. */
  private static Optional<EventId> seen(Exchange exchange, Query query) {
    Optional<String> header = exchange.header(LAST_EVENT_ID).filter(text -> !text.isEmpty());
    return header.isPresent()
        ? header.map(text -> EventId.parse(LAST_EVENT_ID, text))
        : query
            .text(LAST_EVENT_ID_PARAMETER)
            .filter(text -> !text.isEmpty())
            .map(text -> EventId.parse(LAST_EVENT_ID_PARAMETER, text));
  }

  private final class Stream implements Reply.Download {
    private final EventFilter filter;
    private final Optional<EventId> seen;

    Stream(EventFilter filter, Optional<EventId> seen) {
      this.filter = filter;
      this.seen = seen;
    }

    @Override
    public Future<Void> sendTo(HttpServerResponse response) {
      return audience.add(new Listener(response, filter, seen, feed, nanoClock.getAsLong()));
    }

    @Override
    public void abandon() {
      feed.left();
    }
  }
}
