package com.pygmy.frontend;

import com.pygmy.wire.Message.Service;
import com.pygmy.wire.json.ClusterJson;
import com.pygmy.wire.json.HealthCheck;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.function.BooleanSupplier;

/** For those who run the shop: who is there, can it sell, what can be asked. */
final class Operations {

  private static final CharSequence YAML = "application/yaml";

  private final Replicas replicas;
  private final Buffer openapi;
  private final BooleanSupplier leaving;

  Operations(Replicas replicas, Buffer openapi, BooleanSupplier leaving) {
    this.replicas = replicas;
    this.openapi = openapi;
    this.leaving = leaving;
  }

  /** {@code GET /cluster} */
  Future<Reply> cluster(Exchange exchange) {
    return now(Reply.json(200, ClusterJson.cluster(replicas.directory().nodes())).revalidated());
  }

  /** {@code GET /health/ready}: books can be read and bought here. */
  Future<Reply> ready(Exchange exchange) {
    boolean stays = !leaving.getAsBoolean();
    return Health.reply(
        stays
            ? replicas.missing(Service.CATALOG, Service.ORDER).orElse("")
            : "this frontend is about to stop",
        List.of(
            new HealthCheck("frontend", stays),
            new HealthCheck("catalog", replicas.missing(Service.CATALOG).isEmpty()),
            new HealthCheck("order", replicas.missing(Service.ORDER).isEmpty())));
  }

  /** {@code GET /openapi.yaml} */
  Future<Reply> openapi(Exchange exchange) {
    return now(Reply.of(200, YAML, openapi));
  }

  private static Future<Reply> now(Reply reply) {
    return Future.succeededFuture(reply);
  }
}
