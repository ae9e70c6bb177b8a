package com.pygmy.frontend;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Reads one stream of events, as a browser would. */
final class EventClient {

  /**
   * One event.
   *
   * @param id absent: it carried none
   */
  record Event(String kind, String data, Optional<String> id) {}

  final HttpClientResponse response;
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private String rest = "";
  private volatile String lastId = "";
  private final AtomicInteger beats = new AtomicInteger();
  private volatile boolean ended;

  private EventClient(HttpClientResponse response) {
    this.response = response;
    response.handler(this::read);
    response.endHandler(end -> ended = true);
    response.exceptionHandler(broken -> ended = true);
  }

  /**
   * @param lastEventId empty: none is sent
   */
  static Future<EventClient> open(HttpClient client, int port, String uri, String lastEventId) {
    return client
        .request(HttpMethod.GET, port, "127.0.0.1", uri)
        .compose(
            request -> {
              if (!lastEventId.isEmpty()) {
                request.putHeader("Last-Event-ID", lastEventId);
              }
              return read(request, EventClient::new);
            });
  }

  /**
   * Sends a request whose answer goes on. What arrives before somebody reads it is lost, so the
   * reader is there before the request goes.
   *
   * @param reader takes the answer, on its event loop, before anything of its body
   */
  static <R> Future<R> read(HttpClientRequest request, Function<HttpClientResponse, R> reader) {
    Future<R> read = request.response().map(reader);
    return request.end().compose(sent -> read);
  }

  List<Event> events() {
    return List.copyOf(events);
  }

  /** What a browser would send when it connects again. */
  String lastId() {
    return lastId;
  }

  int beats() {
    return beats.get();
  }

  boolean hasEnded() {
    return ended;
  }

  void close() {
    response.request().connection().close().onFailure(gone -> {});
  }

  private void read(Buffer part) {
    rest += part.toString();
    for (int end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      block(rest.substring(0, end));
      rest = rest.substring(end + 2);
    }
  }

  private void block(String block) {
    String kind = "message";
    String data = "";
    Optional<String> id = Optional.empty();
    for (String line : block.split("\n", -1)) {
      if (line.startsWith("event: ")) {
        kind = line.substring(7);
      } else if (line.startsWith("data: ")) {
        data += line.substring(6);
      } else if (line.startsWith("id: ")) {
        id = Optional.of(line.substring(4));
      } else if (line.equals(":")) {
        beats.incrementAndGet();
      } else if (!line.startsWith("retry: ")) {
        throw new AssertionError("a line that is none of a stream of events: " + line);
      }
    }
    id.ifPresent(given -> lastId = given);
    if (!data.isEmpty()) {
      events.add(new Event(kind, data, id));
    }
  }
}
