package com.pygmy.frontend;

import com.pygmy.wire.json.EventJson;
import com.pygmy.wire.json.EventKind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Optional;

/**
 * One client of {@code GET /events}: what it wants, up to where it has been told, and how much of
 * that it has not taken yet. Belongs to one event loop.
 */
final class Listener {

  /** For so long a client is asked to wait before it connects again. */
  static final long RETRY_MILLIS = 1_000;

  private static final Buffer OPENING = Buffer.buffer("retry: " + RETRY_MILLIS + "\n\n");
  private static final LiveEvent HELLO = LiveEvent.of(EventKind.HELLO, EventJson.nothing());
  private static final LiveEvent RESET = LiveEvent.of(EventKind.RESET, EventJson.nothing());

  private final HttpServerResponse response;
  private final EventFilter filter;
  private final long sinceNanos;
  private final Outflow outflow;
  private final Promise<Void> gone = Promise.promise();
  private Optional<EventId> position;
  private boolean greeted;
  private boolean catchingUp;
  private boolean ended;
  private long sentNanos;

  /**
   * @param position what the client has seen; absent: it wants what happens from now on
   * @param feed counts what is on its way to the client
   */
  Listener(
      HttpServerResponse response,
      EventFilter filter,
      Optional<EventId> position,
      LiveFeed feed,
      long nowNanos) {
    this.response = response;
    this.filter = filter;
    this.position = position;
    this.sinceNanos = nowNanos;
    this.outflow = feed.outflow(this::write);
    gone.future().onComplete(none -> outflow.close());
    response.setChunked(true);
    response.exceptionHandler(failure -> gone.tryComplete());
    response.closeHandler(closed -> gone.tryComplete());
    send(OPENING, nowNanos);
  }

  /** Done when the client has gone, or the stream has ended; never fails. */
  Future<Void> gone() {
    return gone.future();
  }

  Optional<EventId> position() {
    return position;
  }

  /** Has the client been told where its stream begins? */
  boolean isGreeted() {
    return greeted;
  }

  long sinceNanos() {
    return sinceNanos;
  }

  long sentNanos() {
    return sentNanos;
  }

  /** Sent, and not taken yet. */
  long pendingBytes() {
    return outflow.pendingBytes();
  }

  boolean isCatchingUp() {
    return catchingUp;
  }

  void setCatchingUp(boolean now) {
    catchingUp = now;
  }

  /** One that wants what happens from now on gets it after this state. */
  void beginAt(EventId state, long nowNanos) {
    if (position.isEmpty()) {
      position = Optional.of(state);
    }
    if (!greeted && position.get().equals(state)) {
      greet(Buffer.buffer(), nowNanos);
    }
  }

  /**
   * Is told what happened.
   *
   * @return false if it has to be told first what happened before that
   */
  boolean hear(Progress progress, long nowNanos) {
    if (progress instanceof LivePage page) {
      return hear(page, nowNanos);
    }
    if (position.isEmpty()) {
      beginAt(progress.end(), nowNanos);
    } else if (isBefore(progress.end())) {
      reset(progress.end(), nowNanos);
    }
    return true;
  }

  private boolean hear(LivePage page, long nowNanos) {
    if (position.isEmpty()) {
      position = Optional.of(page.begin());
    }
    EventId seen = position.get();
    if (!seen.storeId().equals(page.end().storeId())) {
      reset(page.end(), nowNanos);
    } else if (seen.index() < page.begin().index()) {
      return false;
    } else if (seen.index() <= page.end().index()) {
      Buffer text = page.text(filter, seen.index());
      if (greeted) {
        send(text, nowNanos);
      } else {
        greet(text, nowNanos);
      }
      position = Optional.of(page.end());
    }
    return true;
  }

  /** Is told what it may leave out and cannot ask for again. */
  void hear(List<LiveEvent> news, long nowNanos) {
    Buffer text = Buffer.buffer();
    news.stream()
        .filter(filter::takes)
        .forEach(event -> text.appendBuffer(event.text()).appendByte((byte) '\n'));
    send(text, nowNanos);
  }

  /** What it shows may be out of date: from this state on it is told again. */
  void reset(EventId state, long nowNanos) {
    position = Optional.of(state);
    if (greeted) {
      send(withId(RESET), nowNanos);
    } else {
      // Without an id of its own: who loses the stream between the two is told again.
      greet(Buffer.buffer(), nowNanos, RESET.text().copy().appendByte((byte) '\n'));
    }
  }

  /** Nothing has happened; but now the client knows up to when. */
  void beat(long nowNanos) {
    Buffer text = Buffer.buffer(":\n");
    if (greeted) {
      text.appendString("id: " + position.orElseThrow() + "\n");
    }
    send(text.appendByte((byte) '\n'), nowNanos);
  }

  /** Has it taken nothing for so long, though something is there to be taken? */
  boolean isStuck(long nowNanos, long nanos) {
    return outflow.isStuck(nowNanos, nanos);
  }

  /** The stream is over; the client is to connect elsewhere, or again. */
  void end() {
    if (outflow.isWaiting()) {
      drop(); // an end would have to wait for what it does not take
    } else if (!ended) {
      ended = true;
      response.end().onComplete(sent -> drop());
    }
  }

  /** The connection is closed, whatever is still on its way. */
  void drop() {
    ended = true;
    response.reset().onComplete(closed -> gone.tryComplete());
    gone.tryComplete();
  }

  private void greet(Buffer rest, long nowNanos) {
    greet(rest, nowNanos, Buffer.buffer());
  }

  private void greet(Buffer rest, long nowNanos, Buffer first) {
    greeted = true;
    send(first.appendBuffer(withId(HELLO)).appendBuffer(rest), nowNanos);
  }

  private Buffer withId(LiveEvent event) {
    return event.text().copy().appendString("id: " + position.orElseThrow() + "\n\n");
  }

  private boolean isBefore(EventId other) {
    EventId seen = position.orElseThrow();
    return !seen.storeId().equals(other.storeId()) || seen.index() < other.index();
  }

  private void send(Buffer text, long nowNanos) {
    if (text.length() == 0 || ended || gone.future().isComplete()) {
      return;
    }
    sentNanos = nowNanos;
    outflow.send(text);
  }

  private Future<Void> write(Buffer part) {
    return response.write(part).onFailure(broken -> gone.tryComplete());
  }
}
