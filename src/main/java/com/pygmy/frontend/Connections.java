package com.pygmy.frontend;

import io.vertx.core.http.HttpConnection;
import java.util.HashSet;
import java.util.Set;

/**
 * Which connections of one event loop have carried their last request, and are about to be closed:
 * whatever still comes there is taken for none.
 */
final class Connections {

  private final Set<HttpConnection> over = new HashSet<>();

  /** This was the last request. */
  void end(HttpConnection connection) {
    if (over.add(connection)) {
      connection.closeHandler(closed -> over.remove(connection));
    }
  }

  boolean isOver(HttpConnection connection) {
    return !over.isEmpty() && over.contains(connection);
  }
}
