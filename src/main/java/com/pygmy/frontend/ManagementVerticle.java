package com.pygmy.frontend;

import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.json.HealthCheck;
import com.pygmy.wire.json.Route;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers those who watch over a node, on a port of its own: {@code /health/live}, {@code
 * /health/ready}, {@code /health/started} and {@code /metrics}, by plain HTTP and to everybody. For
 * nodes that have no frontend; with one, a second door to the same. Ready means here that all that
 * this node runs is: whether a shop can sell, its frontends tell.
 */
public final class ManagementVerticle extends VerticleBase {

  private static final Logger log = LoggerFactory.getLogger(ManagementVerticle.class);

  private final FrontendSettings settings;
  private final ReplicaDirectory directory;
  private final Supplier<List<ReplicaState>> replicas;
  private final BooleanSupplier serving;
  private final PrometheusMeterRegistry metrics;
  private final Supplier<String> ids;
  private final LongSupplier nanoClock;

  private HttpServer server;

  /**
   * @param settings of which host, port and deadlines count
   * @param replicas those of this node. Called on the event loop
   * @param serving whether all of the node runs, and is not about to stop. Called on the event loop
   * @param ids for requests that bring none
   */
  public ManagementVerticle(
      FrontendSettings settings,
      ReplicaDirectory directory,
      Supplier<List<ReplicaState>> replicas,
      BooleanSupplier serving,
      PrometheusMeterRegistry metrics,
      Supplier<String> ids,
      LongSupplier nanoClock) {
    this.settings = settings;
    this.directory = directory;
    this.replicas = replicas;
    this.serving = serving;
    this.metrics = metrics;
    this.ids = ids;
    this.nanoClock = nanoClock;
  }

  @Override
  public Future<?> start() {
    // What is asked here is no client's, and what is answered no client's problem.
    MeterRegistry uncounted = new SimpleMeterRegistry();
    Traffic traffic = new Traffic(nanoClock);
    ClientLimits limits = new ClientLimits(0, nanoClock);
    Edge edge = new Edge(vertx, settings, limits, ids, uncounted, traffic, nanoClock, () -> false);
    Router router = router(edge);
    server =
        vertx
            .createHttpServer(FrontendVerticle.plainOptions(settings))
            .requestHandler(
                request -> {
                  if (!edge.isTooLate(request)) {
                    router.handle(request);
                  }
                })
            .invalidRequestHandler(edge::invalid)
            .exceptionHandler(failure -> log.debug("a connection failed", failure));
    return server
        .listen()
        .onSuccess(up -> log.info("watched on {}:{}", settings.host(), up.actualPort()));
  }

  @Override
  public Future<?> stop() {
    return server == null
        ? Future.succeededFuture()
        : server.shutdown(settings.deadlines().drainMillis(), TimeUnit.MILLISECONDS);
  }

  /** Where it listens: the port that the system chose, when 0 was asked for. */
  public int actualPort() {
    return server.actualPort();
  }

  private Router router(Edge edge) {
    Health health = new Health(directory);
    Scrapes scrapes = new Scrapes(vertx, metrics);
    return new Routing(vertx, edge)
        .add(Route.LIVE, context -> edge.answerAlways(context, health::live))
        .add(Route.READY, context -> edge.answerAlways(context, this::ready))
        .add(Route.STARTED, context -> edge.answerAlways(context, health::started))
        .add(Route.METRICS, context -> edge.answerAlways(context, scrapes::metrics))
        .router();
  }

  private Future<Reply> ready(Exchange exchange) {
    boolean serves = serving.getAsBoolean();
    List<HealthCheck> checks = new ArrayList<>();
    List<String> why = new ArrayList<>();
    checks.add(new HealthCheck("node", serves));
    if (!serves) {
      why.add("this node starts, or is about to stop");
    }
    for (ReplicaState replica : replicas.get()) {
      checks.add(new HealthCheck(Replicas.name(replica.service()), replica.ready()));
      if (!replica.ready()) {
        why.add("the " + Replicas.name(replica.service()) + " replica: " + replica.detail());
      }
    }
    return Health.reply(String.join("; ", why), checks);
  }
}
