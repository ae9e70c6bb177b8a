package com.pygmy.cluster;

import com.pygmy.cluster.ClusterSettings.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.metrics.MetricsOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.spi.VertxMetricsFactory;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts Vert.x: clustered over Hazelcast, or alone. Whoever starts one closes it; no shutdown hook
 * does.
 */
public final class ClusteredVertx {

  /** A node whose socket is silent for {@code PING + PONG} has its connection closed. */
  private static final long PING_MILLIS = 2_000;

  private static final long PONG_MILLIS = 2_000;
  private static final int CONNECT_MILLIS = 2_000;
  private static final int HANDSHAKE_SECONDS = 2;

  /** Event loops need no more than a core each; Hazelcast, Ratis and SQLite want some too. */
  private static final int MAX_EVENT_LOOPS = 8;

  /** Most operations of a clustered map or a subscription hold one of these while they last. */
  private static final int WORKERS = 16;

  private static final int INTERNAL_WORKERS = 8;
  private static final long MAX_EVENT_LOOP_MILLIS = 1_000;
  private static final long MAX_WORKER_SECONDS = 30;

  /** A host's name is looked up again after so long at most: it may have another address by now. */
  private static final int NAME_SECONDS = 3;

  private static final Logger log = LoggerFactory.getLogger(ClusteredVertx.class);

  private ClusteredVertx() {}

  /**
   * The metrics that Vert.x keeps.
   *
   * @param options as the factory wants them
   * @param factory absent: the one on the class path, if the options enable it
   */
  public record Metrics(MetricsOptions options, Optional<VertxMetricsFactory> factory) {

    /** Keeps none. */
    public static Metrics none() {
      return new Metrics(new MetricsOptions(), Optional.empty());
    }
  }

  /**
   * Joins the cluster, or founds it when none of the other members is up. Two halves of a cluster
   * that could not see each other merge within seconds once they can.
   *
   * @return a member of the cluster, within seconds; it takes some 25 when it must be founded while
   *     another member is frozen. Fails when it cannot be joined, or when an address is not this
   *     machine's or in use
   */
  public static Future<Vertx> start(ClusterSettings settings, Metrics metrics) {
    return attempt(settings, metrics)
        .recover(
            failure -> {
              List<Endpoint> others = new ArrayList<>(settings.members());
              others.remove(settings.self());
              return Future.fromCompletionStage(SilentMembers.among(others))
                  .compose(silent -> attemptWithout(silent, settings, metrics, failure));
            });
  }

  /**
   * Hazelcast founds no cluster while a member takes connections and says nothing. That one is left
   * out, then; it has the others among its members and finds them when it wakes.
   */
  private static Future<Vertx> attemptWithout(
      List<Endpoint> silent, ClusterSettings settings, Metrics metrics, Throwable failure) {
    if (silent.isEmpty()) {
      return Future.failedFuture(failure);
    }
    log.warn("node {} starts without {}, which do not speak", settings.node(), silent);
    List<Endpoint> rest = new ArrayList<>(settings.members());
    rest.removeAll(silent);
    return attempt(settings.withMembers(rest), metrics);
  }

  private static Future<Vertx> attempt(ClusterSettings settings, Metrics metrics) {
    HazelcastClusterManager hazelcast;
    try {
      hazelcast = new HazelcastClusterManager(HazelcastSettings.of(settings));
    } catch (UnknownHostException e) {
      return Future.failedFuture(e);
    }
    EventBusOptions open =
        new EventBusOptions()
            .setHost(settings.self().host())
            .setPort(settings.busPort())
            .setClusterPingInterval(PING_MILLIS)
            .setClusterPingReplyInterval(PONG_MILLIS)
            .setConnectTimeout(CONNECT_MILLIS)
            // Whoever waits for an answer tries another replica sooner than a second attempt here.
            .setReconnectAttempts(0)
            .setTcpNoDelay(true);
    EventBusOptions bus = settings.tls().map(tls -> secured(open, tls)).orElse(open);
    return builder(options().setEventBusOptions(bus), metrics)
        .withClusterManager(hazelcast)
        .buildClustered();
  }

  /**
   * Both sides show a certificate. A node that dials compares no names (Vert.x never does on the
   * bus), and one that is dialled has none to compare.
   */
  private static EventBusOptions secured(EventBusOptions bus, ClusterSettings.Tls tls) {
    return bus.setSsl(true)
        .setTrustAll(false) // which is what the bus does if nothing is said
        .setClientAuth(ClientAuth.REQUIRED)
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .addCertValue(Buffer.buffer(tls.certificates()))
                .addKeyValue(Buffer.buffer(tls.key())))
        .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(tls.authorities())));
  }

  /** A Vert.x without others: its event bus and its shared data stay in this process. */
  public static Vertx local(Metrics metrics) {
    return builder(options(), metrics).build();
  }

  private static VertxBuilder builder(VertxOptions options, Metrics metrics) {
    VertxBuilder builder = Vertx.builder().with(options.setMetricsOptions(metrics.options()));
    metrics.factory().ifPresent(builder::withMetrics);
    return builder;
  }

  private static VertxOptions options() {
    int cores = Runtime.getRuntime().availableProcessors();
    return new VertxOptions()
        .setAddressResolverOptions(new AddressResolverOptions().setCacheMaxTimeToLive(NAME_SECONDS))
        .setEventLoopPoolSize(Math.max(2, Math.min(cores, MAX_EVENT_LOOPS)))
        .setWorkerPoolSize(WORKERS)
        .setInternalBlockingPoolSize(INTERNAL_WORKERS)
        .setPreferNativeTransport(false)
        .setMaxEventLoopExecuteTime(MAX_EVENT_LOOP_MILLIS)
        .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
        .setMaxWorkerExecuteTime(MAX_WORKER_SECONDS)
        .setMaxWorkerExecuteTimeUnit(TimeUnit.SECONDS)
        .setWarningExceptionTime(MAX_EVENT_LOOP_MILLIS)
        .setWarningExceptionTimeUnit(TimeUnit.MILLISECONDS);
  }
}
