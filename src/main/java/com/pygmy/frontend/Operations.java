package com.pygmy.frontend;

import com.pygmy.wire.Message.Service;
import com.pygmy.wire.json.ClusterJson;
import com.pygmy.wire.json.HealthCheck;
import com.pygmy.wire.json.HealthJson;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.function.BooleanSupplier;

/** For those who run it: who is there, is it well, what does it count, what can be asked. */
final class Operations {

  private static final CharSequence YAML = "application/yaml";
  private static final CharSequence PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final Vertx vertx;
  private final Replicas replicas;
  private final PrometheusMeterRegistry metrics;
  private final Buffer openapi;
  private final BooleanSupplier leaving;
  private Future<String> scrape = Future.succeededFuture("");

  Operations(
      Vertx vertx,
      Replicas replicas,
      PrometheusMeterRegistry metrics,
      Buffer openapi,
      BooleanSupplier leaving) {
    this.vertx = vertx;
    this.replicas = replicas;
    this.metrics = metrics;
    this.openapi = openapi;
    this.leaving = leaving;
  }

  /** {@code GET /cluster} */
  Future<Reply> cluster(Exchange exchange) {
    return now(Reply.json(200, ClusterJson.cluster(replicas.directory().nodes())).revalidated());
  }

  /** {@code GET /health/live}: the process runs and answers. */
  Future<Reply> live(Exchange exchange) {
    return health("", List.of(new HealthCheck("event-loop", true)));
  }

  /** {@code GET /health/ready}: books can be read and bought here. */
  Future<Reply> ready(Exchange exchange) {
    boolean stays = !leaving.getAsBoolean();
    return health(
        stays
            ? replicas.missing(Service.CATALOG, Service.ORDER).orElse("")
            : "this frontend is about to stop",
        List.of(
            new HealthCheck("frontend", stays),
            new HealthCheck("catalog", replicas.missing(Service.CATALOG).isEmpty()),
            new HealthCheck("order", replicas.missing(Service.ORDER).isEmpty())));
  }

  /**
   * {@code GET /health/started}: there was a shop to serve, once at least since this node began.
   */
  Future<Reply> started(Exchange exchange) {
    boolean hasServed = replicas.directory().serving().isComplete();
    return health(
        "this node has not yet seen a leader and ready replicas of both services",
        List.of(new HealthCheck("shop", hasServed)));
  }

  /**
   * @param why not all of them are up, if they are not
   */
  private static Future<Reply> health(String why, List<HealthCheck> checks) {
    return checks.stream().allMatch(HealthCheck::isUp)
        ? now(Reply.json(200, HealthJson.up(checks)))
        : Future.failedFuture(new Failure.NotUp(why, checks).exception());
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

  /** {@code GET /openapi.yaml} */
  Future<Reply> openapi(Exchange exchange) {
    return now(Reply.of(200, YAML, openapi));
  }

  private static Future<Reply> now(Reply reply) {
    return Future.succeededFuture(reply);
  }
}
