package com.pygmy.frontend;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;

/** What this process counts. Belongs to one event loop. */
final class Scrapes {

  private static final CharSequence PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final Vertx vertx;
  private final PrometheusMeterRegistry metrics;
  private Future<String> scrape = Future.succeededFuture("");

  Scrapes(Vertx vertx, PrometheusMeterRegistry metrics) {
    this.vertx = vertx;
    this.metrics = metrics;
  }

  /**
   * {@code GET /metrics}: writing them down takes milliseconds, so not on the event loop; and once
   * at a time, however many ask.
   */
  Future<Reply> metrics(Exchange exchange) {
    if (scrape.isComplete()) {
      scrape = vertx.executeBlocking(metrics::scrape, false);
    }
    return scrape.map(text -> Reply.of(200, PROMETHEUS_TEXT, Buffer.buffer(text)));
  }
}
