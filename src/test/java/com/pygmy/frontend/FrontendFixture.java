package com.pygmy.frontend;

import com.pygmy.cluster.Bus;
import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.cluster.SharedCopies;
import com.pygmy.config.AdminToken;
import com.pygmy.frontend.FrontendSettings.Deadlines;
import com.pygmy.wire.Message.CacheState;
import com.pygmy.wire.Message.Service;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A frontend on a bus of its own, before a {@link FakeStore}; and a client of it. */
final class FrontendFixture implements AutoCloseable {

  /** In the entity tags of the {@link FakeStore}. */
  static final String STORE_TAG = "824d80d7";

  static final String TOKEN = "s3cret-token";

  /** As good as the other one. */
  static final String NEXT_TOKEN = "n3xt-token";

  static final Deadlines SHORT = new Deadlines(600, 150, 400, 100, 20, 300, 2_000, 1_000);

  private static final long WAIT_SECONDS = 10;

  final Vertx vertx = Vertx.vertx();
  final Bus bus = new Bus(vertx);
  final ReplicaDirectory directory = new ReplicaDirectory();
  final FakeStore store = new FakeStore(bus, directory);
  final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final AtomicLong lastId = new AtomicLong();

  /** Of the lease holder alone: so slow that no lease runs out while a test does not want it to. */
  final SlowClock clock = new SlowClock();

  final ScriptedLeader leader = new ScriptedLeader(bus, store);
  private Optional<LeaseHolder> holder = Optional.empty();
  private Optional<SharedCopies> shared = Optional.empty();
  final LiveFeed feed;
  final Assets assets;
  final Traffic traffic = new Traffic(System::nanoTime);

  /** Of the limits of clients alone. */
  final AtomicLong limitsNanos = new AtomicLong();

  private ClientLimits limits = new ClientLimits(0, limitsNanos::get);

  /** To be set when it is about to stop. */
  final AtomicBoolean leaving = new AtomicBoolean();

  private FrontendVerticle frontend;
  private WebClient client;

  FrontendFixture() {
    this(LiveFeed.Bounds.usual());
  }

  FrontendFixture(LiveFeed.Bounds bounds) {
    feed = new LiveFeed("n1", bus, directory, metrics, System::nanoTime, bounds);
    await(vertx.deployVerticle(feed));
    assets = await(Assets.read(vertx));
  }

  /** With short deadlines and the administrator's token. */
  static FrontendSettings settings() {
    return FrontendSettings.of("n1", "127.0.0.1", 0)
        .withDeadlines(SHORT)
        .withAdminTokens(List.of(new AdminToken(TOKEN), new AdminToken(NEXT_TOKEN)));
  }

  /** A frontend, and one healthy catalog and order replica. */
  static FrontendFixture healthy() {
    FrontendFixture fixture = new FrontendFixture();
    fixture.start(settings());
    fixture.await(fixture.store.replica(Service.CATALOG, "n1"));
    fixture.await(fixture.store.replica(Service.ORDER, "n1"));
    return fixture;
  }

  /** Before it starts. */
  void limitBuys(int perMinute) {
    limits = new ClientLimits(perMinute, limitsNanos::get);
  }

  /** A frontend with a cache, and one healthy catalog replica, which leads. */
  static FrontendFixture cached(Function<FrontendFixture, SharedCopies> shared) {
    FrontendFixture fixture = new FrontendFixture();
    fixture.shared = Optional.of(shared.apply(fixture));
    fixture.startCached();
    return fixture;
  }

  /** One whose copies are in its own memory only. */
  static FrontendFixture cached() {
    FrontendFixture fixture = new FrontendFixture();
    fixture.startCached();
    return fixture;
  }

  private void startCached() {
    await(leader.lead("n1"));
    await(store.replica(Service.CATALOG, "n1"));
    holder = Optional.of(holder());
    await(vertx.deployVerticle(holder.get()));
    start(settings());
    awaitLease();
  }

  LeaseHolder holder() {
    return holder.orElseGet(
        () ->
            new LeaseHolder(
                "n1", bus, directory, metrics, () -> "start-" + lastId.incrementAndGet(), clock));
  }

  void awaitLease() {
    until(() -> holder.orElseThrow().state().leased());
  }

  /** What the cache did. */
  CacheState cache() {
    return holder.orElseThrow().state();
  }

  void until(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not so within " + WAIT_SECONDS + " s");
      }
      await(vertx.timer(5));
    }
  }

  void start(FrontendSettings settings) {
    frontend = verticle(settings, feed);
    await(vertx.deployVerticle(frontend));
    client =
        WebClient.create(
            vertx, new WebClientOptions().setDefaultHost("127.0.0.1").setDefaultPort(port()));
  }

  private FrontendVerticle verticle(FrontendSettings settings, LiveFeed fed) {
    return new FrontendVerticle(
        settings,
        bus,
        directory,
        holder,
        shared,
        fed,
        assets,
        traffic,
        limits,
        metrics,
        () -> "made-" + lastId.incrementAndGet(),
        System::nanoTime,
        leaving::get);
  }

  /** One more frontend before the same store, on a node of its own. */
  FrontendVerticle another(String node) {
    return another(node, settings());
  }

  FrontendVerticle another(String node, FrontendSettings settings) {
    LiveFeed fed =
        new LiveFeed(
            node, bus, directory, new SimpleMeterRegistry(), System::nanoTime, feed.bounds());
    await(vertx.deployVerticle(fed));
    FrontendVerticle other = verticle(settings, fed);
    await(vertx.deployVerticle(other));
    return other;
  }

  int port() {
    return frontend.actualPort();
  }

  Future<Void> undeploy() {
    return vertx.undeploy(frontend.deploymentID());
  }

  HttpResponse<Buffer> get(String uri) {
    return await(client.get(uri).send());
  }

  HttpResponse<Buffer> getAsAdmin(String uri) {
    return await(client.get(uri).bearerTokenAuthentication(TOKEN).send());
  }

  HttpResponse<Buffer> post(String uri, String json) {
    return send(HttpMethod.POST, uri, json, request -> request);
  }

  HttpResponse<Buffer> post(String uri, String key, String json) {
    return send(HttpMethod.POST, uri, json, r -> r.putHeader("Idempotency-Key", key));
  }

  HttpResponse<Buffer> postAsAdmin(String uri, String json) {
    return send(HttpMethod.POST, uri, json, r -> r.bearerTokenAuthentication(TOKEN));
  }

  HttpResponse<Buffer> send(
      HttpMethod method, String uri, String json, UnaryOperator<HttpRequest<Buffer>> more) {
    HttpRequest<Buffer> request =
        client.request(method, uri).putHeader("Content-Type", "application/json");
    return await(more.apply(request).sendBuffer(Buffer.buffer(json)));
  }

  WebClient client() {
    return client;
  }

  <T> T await(Future<T> future) {
    try {
      return future.await(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError("nothing within " + WAIT_SECONDS + " s", e);
    }
  }

  static JsonObject json(HttpResponse<Buffer> response) {
    return response.body().toJsonObject();
  }

  /** What a health route looked at: {@code name=status}. */
  static String checks(HttpResponse<Buffer> response) {
    return json(response).getJsonArray("checks").stream()
        .map(JsonObject.class::cast)
        .map(check -> check.getString("name") + "=" + check.getString("status"))
        .collect(Collectors.joining(" "));
  }

  /** The slug of a problem answer. */
  static String slug(HttpResponse<Buffer> response) {
    String type = json(response).getString("type");
    return type.substring(type.lastIndexOf('/') + 1);
  }

  @Override
  public void close() {
    clock.jump(60_000); // no lease to be waited for
    await(vertx.close());
  }
}
