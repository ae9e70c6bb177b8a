package com.pygmy.frontend;

import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.wire.json.HealthCheck;
import com.pygmy.wire.json.HealthJson;
import io.vertx.core.Future;
import java.util.List;

/** Is this process alive, and was there a shop to serve since it began? */
final class Health {

  private final ReplicaDirectory directory;

  Health(ReplicaDirectory directory) {
    this.directory = directory;
  }

  /** {@code GET /health/live}: the process runs and answers. */
  Future<Reply> live(Exchange exchange) {
    return reply("", List.of(new HealthCheck("event-loop", true)));
  }

  /**
   * {@code GET /health/started}: there was a shop to serve, once at least since this node began.
   */
  Future<Reply> started(Exchange exchange) {
    return reply(
        "this node has not yet seen a leader and ready replicas of both services",
        List.of(new HealthCheck("shop", directory.serving().isComplete())));
  }

  /**
   * @param why not all of them are up, if they are not
   */
  static Future<Reply> reply(String why, List<HealthCheck> checks) {
    return checks.stream().allMatch(HealthCheck::isUp)
        ? Future.succeededFuture(Reply.json(200, HealthJson.up(checks)))
        : Future.failedFuture(new Failure.NotUp(why, checks).exception());
  }
}
