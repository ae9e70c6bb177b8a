package com.pygmy.frontend;

import io.vertx.core.http.HttpConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one event loop. On each, the whole head of a request has to come in so long,
 * from its opening or from the end of the last answer: who sends a byte now and then moves the
 * connection, and would hold it for ever. What follows a head is bounded by {@link Bodies}.
 */
final class Connections {

  private static final Logger log = LoggerFactory.getLogger(Connections.class);

  private final long headNanos;
  private final LongSupplier nanoClock;
  private final Map<HttpConnection, Wait> waits = new HashMap<>();

  /**
   * Requests of a connection that are being answered, when one last came or was answered, and
   * whether what still comes is taken for none.
   */
  private static final class Wait {
    int answering;
    long sinceNanos;
    boolean isOver;
  }

  Connections(long headMillis, LongSupplier nanoClock) {
    this.headNanos = TimeUnit.MILLISECONDS.toNanos(headMillis);
    this.nanoClock = nanoClock;
  }

  void opened(HttpConnection connection) {
    Wait wait = new Wait();
    wait.sinceNanos = nanoClock.getAsLong();
    waits.put(connection, wait);
    HttpConnection unused = connection.closeHandler(closed -> waits.remove(connection));
  }

  /** This was the last request: whatever follows it is not looked at. */
  void end(HttpConnection connection) {
    Wait wait = waits.get(connection);
    if (wait != null) {
      wait.isOver = true;
    }
  }

  boolean isOver(HttpConnection connection) {
    Wait wait = waits.get(connection);
    return wait == null || wait.isOver;
  }

  /** A head has come; {@link #answered} follows. */
  void asked(HttpConnection connection) {
    Wait wait = waits.get(connection);
    if (wait != null) {
      wait.answering++;
    }
  }

  void answered(HttpConnection connection) {
    Wait wait = waits.get(connection);
    if (wait != null) {
      wait.answering--;
      wait.sinceNanos = nanoClock.getAsLong();
    }
  }

  /** A head has come, and was answered at once. */
  void askedAndAnswered(HttpConnection connection, long nowNanos) {
    Wait wait = waits.get(connection);
    if (wait != null) {
      wait.sinceNanos = nowNanos;
    }
  }

  /** Hangs up on those who took too long. To be called now and then. */
  void look() {
    long now = nanoClock.getAsLong();
    List<HttpConnection> late = new ArrayList<>();
    waits.forEach(
        (connection, wait) -> {
          if (wait.answering == 0 && now - wait.sinceNanos > headNanos) {
            late.add(connection);
          }
        });
    for (HttpConnection connection : late) {
      waits.remove(connection);
      connection.close().onFailure(failure -> log.debug("closing a connection", failure));
    }
  }
}
