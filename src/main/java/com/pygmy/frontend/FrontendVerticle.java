package com.pygmy.frontend;

import com.pygmy.cluster.Bus;
import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.cluster.SharedCopies;
import com.pygmy.config.Conf.TlsConf;
import com.pygmy.frontend.FrontendSettings.Deadlines;
import com.pygmy.wire.Addresses;
import com.pygmy.wire.json.Route;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop of a frontend: speaks HTTP, asks the replicas, holds nothing that matters. Several
 * may be deployed on one port, which they then share.
 *
 * <p>Deployed means that it listens. Undeploying it stops taking connections, lets requests in
 * flight finish within {@link Deadlines#drainMillis}, and closes what is left.
 */
public final class FrontendVerticle extends VerticleBase {

  /** Of a request line, so also of an address. */
  static final int MAX_INITIAL_LINE_BYTES = 16 * 1024;

  /** Of all headers of a request. */
  static final int MAX_HEADER_BYTES = 8 * 1024;

  /** Requests that are under way on one connection of HTTP/2. */
  static final int MAX_STREAMS = 100;

  private static final Logger log = LoggerFactory.getLogger(FrontendVerticle.class);

  private final FrontendSettings settings;
  private final Bus bus;
  private final ReplicaDirectory directory;
  private final Optional<LeaseHolder> holder;
  private final Optional<SharedCopies> shared;
  private final LiveFeed feed;
  private final Assets assets;
  private final Traffic traffic;
  private final ClientLimits limits;
  private final PrometheusMeterRegistry metrics;
  private final Supplier<String> ids;
  private final LongSupplier nanoClock;
  private final BooleanSupplier leaving;

  private HttpServer server;
  private Audience audience;

  /**
   * @param holder of the lease, one for all event loops of the node, deployed before them; absent:
   *     every read is fetched
   * @param shared absent: copies are not shared with other nodes
   * @param feed what happens in the shop: one for all event loops of the node, deployed before them
   * @param assets one for all event loops of the node
   * @param traffic takes in what is answered by all event loops of the node
   * @param limits of each client, one for all event loops of the node
   * @param ids makes ids that nobody can guess, of 1 to 64 visible ASCII characters: for keys,
   *     whose owner may see the order, and for requests
   * @param leaving soon to be undeployed: it answers as ever, but says that it is not ready, and
   *     has clients close their connections
   */
  public FrontendVerticle(
      FrontendSettings settings,
      Bus bus,
      ReplicaDirectory directory,
      Optional<LeaseHolder> holder,
      Optional<SharedCopies> shared,
      LiveFeed feed,
      Assets assets,
      Traffic traffic,
      ClientLimits limits,
      PrometheusMeterRegistry metrics,
      Supplier<String> ids,
      LongSupplier nanoClock,
      BooleanSupplier leaving) {
    this.settings = settings;
    this.bus = bus;
    this.directory = directory;
    this.holder = holder;
    this.shared = shared;
    this.feed = feed;
    this.assets = assets;
    this.traffic = traffic;
    this.limits = limits;
    this.metrics = metrics;
    this.ids = ids;
    this.nanoClock = nanoClock;
    this.leaving = leaving;
  }

  @Override
  public Future<?> start() {
    Edge edge = new Edge(vertx, settings, limits, ids, metrics, traffic, nanoClock, leaving);
    server =
        vertx
            .createHttpServer(options())
            .requestHandler(requestHandler(edge))
            .invalidRequestHandler(edge::invalid)
            .exceptionHandler(failure -> log.debug("a connection failed", failure));
    return server
        .listen()
        .onSuccess(up -> log.info("listening on {}:{}", settings.host(), up.actualPort()));
  }

  @Override
  public Future<?> stop() {
    if (server == null) {
      return Future.succeededFuture();
    }
    audience.end(); // they would not end by themselves
    return server.shutdown(settings.deadlines().drainMillis(), TimeUnit.MILLISECONDS);
  }

  /** Where it listens: the port that the system chose, when 0 was asked for. */
  public int actualPort() {
    return server.actualPort();
  }

  private Handler<HttpServerRequest> requestHandler(Edge edge) {
    Deadlines deadlines = settings.deadlines();
    Replicas replicas =
        new Replicas(bus, directory, settings.balancing(), settings.node(), nanoClock, metrics);
    CatalogNews news = new CatalogNews(directory);
    news.listen();
    vertx.setPeriodic(Addresses.HEARTBEAT_MILLIS, timer -> news.listen());
    CatalogClient catalog = new CatalogClient(vertx, nanoClock, deadlines, replicas);
    OrderClient orders = new OrderClient(vertx, nanoClock, deadlines, replicas);
    BookFetches fetches =
        new BookFetches(
            catalog, news, settings.node(), holder, shared, deadlines.readMillis(), nanoClock);
    vertx.setPeriodic(CoalescedReads.EXPIRE_MILLIS, timer -> fetches.expire());
    BookViews views = new BookViews(holder, shared, fetches);
    audience =
        new Audience(
            vertx,
            feed,
            new ChangesReader(replicas, LiveFeed.ATTEMPT_MILLIS),
            nanoClock,
            leaving,
            deadlines.idleMillis());
    Api api =
        new Api(
            edge,
            metrics,
            new BookReads(views),
            new BookCommands(catalog, views, news),
            new Orders(orders, catalog, news, limits, new BuyLimit(nanoClock)),
            new Members(new MembersClient(vertx, nanoClock, replicas)),
            new Operations(replicas, assets.openapi(), leaving),
            new Health(directory),
            new Scrapes(vertx, metrics),
            new BackupReads(replicas, nanoClock),
            new EventStreams(feed, audience, nanoClock, leaving),
            assets,
            traffic);
    RouteFigures figures = new RouteFigures(Route.READ_BOOK, metrics, traffic);
    return new Lookups(views, edge, figures, api.router(vertx));
  }

  private HttpServerOptions options() {
    return settings.tls().map(this::secureOptions).orElseGet(() -> plainOptions(settings));
  }

  private HttpServerOptions secureOptions(TlsConf tls) {
    return plainOptions(settings)
        .setSsl(true)
        .setUseAlpn(true)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertPath(tls.certificate().toString())
                .setKeyPath(tls.key().toString()));
  }

  /** With what all that is read of a request is bounded by. */
  static HttpServerOptions plainOptions(FrontendSettings settings) {
    return new HttpServerOptions()
        .setHost(settings.host())
        .setPort(settings.port())
        .setTcpNoDelay(true)
        .setTcpKeepAlive(true)
        .setHttp2ClearTextEnabled(false)
        .setMaxInitialLineLength(MAX_INITIAL_LINE_BYTES)
        .setMaxHeaderSize(MAX_HEADER_BYTES)
        .setInitialSettings(
            new Http2Settings()
                .setMaxHeaderListSize(MAX_HEADER_BYTES)
                .setMaxConcurrentStreams(MAX_STREAMS))
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout((int) settings.deadlines().idleMillis());
  }
}
