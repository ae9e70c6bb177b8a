package com.pygmy.launch;

import com.pygmy.catalog.CatalogVerticle;
import com.pygmy.catalog.Founder;
import com.pygmy.catalog.RestockSweep;
import com.pygmy.cluster.Bus;
import com.pygmy.cluster.ClusterLock;
import com.pygmy.cluster.ClusterSettings;
import com.pygmy.cluster.ClusteredVertx;
import com.pygmy.cluster.Heartbeats;
import com.pygmy.cluster.PeriodicTask;
import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.cluster.SharedCopies;
import com.pygmy.cluster.SubscriptionCheck;
import com.pygmy.config.Conf;
import com.pygmy.config.NodeConf;
import com.pygmy.config.NodeCredentials;
import com.pygmy.config.Role;
import com.pygmy.domain.Book.NewBook;
import com.pygmy.frontend.Assets;
import com.pygmy.frontend.ClientLimits;
import com.pygmy.frontend.FrontendSettings;
import com.pygmy.frontend.FrontendVerticle;
import com.pygmy.frontend.LeaseHolder;
import com.pygmy.frontend.LiveFeed;
import com.pygmy.frontend.ManagementVerticle;
import com.pygmy.frontend.Traffic;
import com.pygmy.order.OrderVerticle;
import com.pygmy.replication.ratis.Outside;
import com.pygmy.store.CatalogStore;
import com.pygmy.store.DamagedDatabaseException;
import com.pygmy.store.OrderLog;
import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.LeadingState;
import com.pygmy.wire.Message.ReplicaState;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import io.vertx.micrometer.VertxPrometheusOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node in this process: puts the replicas that the conf gives it together, in the order in
 * which they need each other, and takes them apart in the reverse order. Not thread-safe.
 */
public final class Node implements AutoCloseable {

  private static final long STEP_MILLIS = 30_000;

  /** For two attempts: with all members, and then without those that do not speak. */
  private static final long JOIN_MILLIS = 60_000;

  /** A check of the whole order log takes a minute for some ten million orders. */
  private static final long OPEN_MILLIS = 1_800_000;

  private static final long FOUNDING_MILLIS = 300;
  private static final String SWEEP_LOCK = "restock-sweep";
  private static final int HTTP_EVENT_LOOPS = 2;

  /**
   * A node that starts opens its port for HTTP when it has heard who serves, so that in a running
   * shop it refuses nothing that others would have taken. When the whole shop starts, or a majority
   * of it is gone, nobody serves, and after so long HTTP is to say so.
   */
  private static final long HEAR_MILLIS = 5_000;

  /**
   * Between the word that this node is about to go, and its going: for one or two heartbeats to
   * reach the others, and for clients to close connections that are used all the time.
   */
  private static final long LEAVE_MILLIS = 2 * Addresses.HEARTBEAT_MILLIS;

  private static final Logger logger = LoggerFactory.getLogger(Node.class);

  private final NodeTask task;
  private final Conf conf;
  private final NodeConf node;
  private final Path folder;
  private final Outside outside;
  private final Supplier<String> newIds;
  private final String incarnation;
  private final Deque<Callable<?>> undo = new ArrayDeque<>();

  /** Of the replicas that run by now. */
  private final List<Supplier<ReplicaState>> states = new CopyOnWriteArrayList<>();

  private Supplier<Optional<LeadingState>> leading = Optional::empty;
  private volatile boolean running;
  private volatile boolean leaving;

  private Node(NodeTask task, Outside outside, Supplier<String> newIds) {
    this.task = task;
    this.conf = task.conf();
    this.node = task.node();
    this.folder = task.data().resolve(node.name());
    this.outside = outside;
    this.newIds = newIds;
    this.incarnation = newIds.get();
  }

  /**
   * Starts a node; done when all of it runs and listens. Its replicas may still have to catch up.
   *
   * @param newIds random identifiers, never the same twice
   * @throws IOException when a disk or a port cannot be used; nothing is left running then
   */
  public static Node start(NodeTask task, Outside outside, Supplier<String> newIds)
      throws IOException {
    Node started = new Node(task, outside, newIds);
    try {
      started.startAll();
      return started;
    } catch (Exception e) {
      started.close();
      throw e instanceof IOException io ? io : new IOException(e.getMessage(), e);
    }
  }

  private void startAll() throws Exception {
    Optional<NodeCredentials> credentials = credentials();
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Vertx vertx = await("join the cluster", JOIN_MILLIS, startVertx(registry, credentials));
    undo.push(() -> await("leave the cluster", vertx.close()));
    credentials.ifPresent(shown -> watch(shown, vertx, registry));
    task.joined().run();
    Bus bus = new Bus(vertx);
    ReplicaDirectory directory = new ReplicaDirectory();
    if (node.managementPort().isPresent()) {
      startManagement(vertx, directory, registry);
    }
    ClusterLock lock =
        new ClusterLock(vertx, SWEEP_LOCK, node.name() + "/" + incarnation, outside.nanoClock());
    undo.push(() -> await("release the lock", lock.release()));

    // Where others have to prove that they are nodes, what nobody signed is not served: whoever
    // gets into Hazelcast could write it.
    Optional<SharedCopies> shared =
        conf.isClustered() && conf.cache().enabled() && credentials.isEmpty()
            ? Optional.of(SharedCopies.of(vertx, outside.nanoClock()))
            : Optional.empty();
    Optional<CatalogReplica> catalog = Optional.empty();
    if (node.has(Role.CATALOG)) {
      CatalogReplica replica =
          CatalogReplica.open(
              conf, node, folder.resolve("catalog"), credentials, task.bootstrap(), outside);
      undo.push(closing(replica));
      catalog = Optional.of(replica);
      startCatalog(vertx, bus, directory, lock, shared, replica, registry);
    }
    if (node.has(Role.ORDER)) {
      startOrder(vertx, bus, directory);
    }
    Optional<LeaseHolder> cache = startCache(vertx, bus, directory, registry);
    Traffic traffic = new Traffic(outside.nanoClock());
    Heartbeats heartbeats = startHeartbeats(vertx, bus, directory, lock, cache, traffic);
    PeriodicTask check =
        SubscriptionCheck.start(
            vertx, bus, lost -> deaf("the cluster lost " + lost), outside.nanoClock());
    undo.push(() -> await("stop to look for lost subscriptions", check.stop()));
    // Who leads is news that buyers wait for.
    catalog.ifPresent(replica -> replica.log().onLeadership(change -> heartbeats.beatNow()));
    if (node.has(Role.FRONTEND)) {
      startFrontend(vertx, bus, directory, cache, shared, traffic, registry);
    }
    // Stopping begins here: others are told, leadership goes, then HTTP drains, then this node says
    // goodbye.
    Optional<CatalogReplica> leader = catalog;
    undo.push(() -> takeLeave(vertx, leader));
    running = true;
    logger.info("node {} runs as {}", node.name(), node.roles());
  }

  private Optional<NodeCredentials> credentials() throws IOException {
    if (conf.nodeTls().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(NodeCredentials.read(conf.nodeTls().get().of(node.name())));
  }

  private void watch(NodeCredentials credentials, Vertx vertx, PrometheusMeterRegistry registry) {
    Path file = conf.nodeTls().orElseThrow().of(node.name()).certificate();
    Instant end = credentials.chain().get(0).getNotAfter().toInstant();
    new CertificateWatch(file, end, outside.wallClockMillis()).start(vertx, registry);
  }

  private Future<Vertx> startVertx(
      PrometheusMeterRegistry registry, Optional<NodeCredentials> credentials) {
    ClusteredVertx.Metrics metrics =
        new ClusteredVertx.Metrics(
            new MicrometerMetricsOptions()
                .setEnabled(true)
                // It looks its meters up at every request and message; the frontend counts for
                // itself.
                .addDisabledMetricsCategory(MetricsDomain.HTTP_SERVER)
                .addDisabledMetricsCategory(MetricsDomain.EVENT_BUS)
                .setPrometheusOptions(new VertxPrometheusOptions().setEnabled(true)),
            Optional.of(new MicrometerMetricsFactory(registry)));
    if (!conf.isClustered()) {
      return Future.succeededFuture(ClusteredVertx.local(metrics));
    }
    List<ClusterSettings.Endpoint> members = conf.nodes().stream().map(Node::endpoint).toList();
    return ClusteredVertx.start(
        new ClusterSettings(
            conf.cluster(),
            node.name(),
            endpoint(node),
            node.eventBusPort(),
            members,
            credentials.map(
                c -> new ClusterSettings.Tls(c.chainPem(), c.keyPem(), c.authoritiesPem()))),
        metrics);
  }

  private static ClusterSettings.Endpoint endpoint(NodeConf node) {
    return new ClusterSettings.Endpoint(node.host(), node.hazelcastPort().orElseThrow());
  }

  /** The first to come and the last to go: a node is watched above all while it is not ready. */
  private void startManagement(
      Vertx vertx, ReplicaDirectory directory, PrometheusMeterRegistry registry) throws Exception {
    deploy(
        "answer those who watch over this node",
        vertx,
        new ManagementVerticle(
            FrontendSettings.of(node.name(), node.host(), node.managementPort().orElseThrow()),
            directory,
            () -> states.stream().map(Supplier::get).toList(),
            () -> running && !leaving,
            registry,
            newIds,
            outside.nanoClock()));
  }

  private void startCatalog(
      Vertx vertx,
      Bus bus,
      ReplicaDirectory directory,
      ClusterLock lock,
      Optional<SharedCopies> shared,
      CatalogReplica replica,
      MeterRegistry metrics)
      throws Exception {
    states.add(replica::state);
    CatalogVerticle verticle =
        new CatalogVerticle(
            node.name(),
            replica.store(),
            replica.log(),
            bus,
            shared,
            metrics,
            folder.resolve("catalog").resolve("backups"),
            outside.nanoClock());
    leading = verticle::leading;
    deploy("serve the catalog", vertx, verticle);
    boolean founded = replica.store().catalog().storeId().isPresent();
    List<NewBook> books = founded ? List.of() : Catalogue.read(conf.catalogue());
    Founder founder = new Founder(replica.store(), replica.log(), books, newIds);
    every(vertx, "found the store", FOUNDING_MILLIS, founder::foundIfDue);
    RestockSweep sweep =
        new RestockSweep(conf.restock(), lock, replica.store(), bus, directory, newIds, metrics);
    if (conf.restock().everySeconds() > 0) {
      lock.contend();
      every(
          vertx,
          "sweep for books that ran out",
          TimeUnit.SECONDS.toMillis(conf.restock().everySeconds()),
          sweep::sweep);
    }
  }

  private void every(Vertx vertx, String name, long millis, Supplier<Future<Void>> task) {
    PeriodicTask periodic = PeriodicTask.start(vertx, name, millis, task, outside.nanoClock());
    undo.push(() -> await("stop to " + name, periodic.stop()));
  }

  private void startOrder(Vertx vertx, Bus bus, ReplicaDirectory directory) throws Exception {
    Path file = folder.resolve("order").resolve("orders.db");
    Files.createDirectories(file.getParent());
    OrderLog orders = await("open the order log", OPEN_MILLIS, openOrders(vertx, file));
    undo.push(() -> await("close the order log", orders.close()));
    OrderVerticle verticle =
        new OrderVerticle(node.name(), orders, bus, directory, outside.nanoClock());
    states.add(verticle::state);
    deploy("serve orders", vertx, verticle);
  }

  /**
   * A damaged order log is set aside and read again from the sale stream, which keeps every sale.
   */
  private Future<OrderLog> openOrders(Vertx vertx, Path file) {
    return OrderLog.open(vertx, file)
        .recover(
            failure -> {
              if (!(failure instanceof DamagedDatabaseException)) {
                return Future.failedFuture(failure);
              }
              logger.error("{} is damaged and set aside: {}", file, failure.getMessage());
              String suffix = ".damaged-" + outside.wallClockMillis().getAsLong();
              return vertx
                  .executeBlocking(() -> CatalogStore.setAside(file, suffix))
                  .compose(aside -> OrderLog.open(vertx, file));
            });
  }

  private Optional<LeaseHolder> startCache(
      Vertx vertx, Bus bus, ReplicaDirectory directory, PrometheusMeterRegistry registry)
      throws Exception {
    if (!node.has(Role.FRONTEND) || !conf.cache().enabled()) {
      return Optional.empty();
    }
    LeaseHolder holder =
        new LeaseHolder(node.name(), bus, directory, registry, newIds, outside.nanoClock());
    deploy("hold a lease", vertx, holder);
    return Optional.of(holder);
  }

  private void startFrontend(
      Vertx vertx,
      Bus bus,
      ReplicaDirectory directory,
      Optional<LeaseHolder> cache,
      Optional<SharedCopies> shared,
      Traffic traffic,
      PrometheusMeterRegistry registry)
      throws Exception {
    Assets assets = await("read the pages", Assets.read(vertx));
    await(
        "wait for others",
        Future.any(directory.serving(), vertx.timer(HEAR_MILLIS, TimeUnit.MILLISECONDS)));
    FrontendSettings settings =
        FrontendSettings.of(node.name(), node.host(), node.httpPort().orElseThrow())
            .withBalancing(conf.balancing())
            .withAdminTokens(conf.adminTokens())
            .withTls(conf.tls());
    LongSupplier nanoClock = outside.nanoClock();
    LiveFeed feed = new LiveFeed(node.name(), bus, directory, registry, nanoClock);
    deploy("tell what happens", vertx, feed);
    ClientLimits limits = new ClientLimits(conf.limits().buysPerMinute(), nanoClock);
    List<String> deployed = new ArrayList<>();
    undo.push(
        () ->
            await(
                "stop to serve HTTP",
                Future.join(deployed.stream().map(vertx::undeploy).toList())));
    for (int i = 0; i < HTTP_EVENT_LOOPS; i++) {
      Deployable frontend =
          new FrontendVerticle(
              settings,
              bus,
              directory,
              cache,
              shared,
              feed,
              assets,
              traffic,
              limits,
              registry,
              newIds,
              nanoClock,
              () -> leaving);
      deployed.add(await("serve HTTP", vertx.deployVerticle(frontend)));
    }
  }

  /**
   * This node goes on serving for a moment, but nobody who can choose asks it any more: its
   * replicas say that they are not ready if others are, its frontend has clients hang up.
   */
  private Object takeLeave(Vertx vertx, Optional<CatalogReplica> catalog) throws Exception {
    leaving = true;
    Future<Void> told = vertx.timer(LEAVE_MILLIS, TimeUnit.MILLISECONDS);
    try {
      if (catalog.isPresent()) {
        catalog.get().stepDown();
      }
    } finally {
      if (conf.isClustered()) {
        await("be heard to leave", told);
      }
    }
    return null;
  }

  private ReplicaState asLeaving(ReplicaState state, ReplicaDirectory directory) {
    boolean othersAreReady =
        directory.ready(state.service()).stream().anyMatch(r -> !r.equals(state.replica()));
    return leaving && othersAreReady ? state.notReady("its node is about to stop") : state;
  }

  private Heartbeats startHeartbeats(
      Vertx vertx,
      Bus bus,
      ReplicaDirectory directory,
      ClusterLock lock,
      Optional<LeaseHolder> cache,
      Traffic traffic)
      throws Exception {
    Optional<String> url = node.toldUrl();
    Optional<Traffic> answered = node.has(Role.FRONTEND) ? Optional.of(traffic) : Optional.empty();
    Supplier<Heartbeat> heartbeat =
        () ->
            new Heartbeat(
                node.name(),
                incarnation,
                url,
                lock.holdsNow(),
                states.stream().map(state -> asLeaving(state.get(), directory)).toList(),
                cache.map(LeaseHolder::state),
                answered.map(Traffic::state),
                leading.get());
    Heartbeats heartbeats =
        new Heartbeats(
            vertx,
            bus,
            directory,
            heartbeat,
            () -> deaf("its own heartbeats do not come back"),
            outside.nanoClock());
    await("send heartbeats", heartbeats.start());
    undo.push(() -> await("say goodbye", heartbeats.stop()));
    return heartbeats;
  }

  /** Its subscriptions are lost: a new process registers anew. */
  private void deaf(String why) {
    outside
        .onFatal()
        .accept(
            new IllegalStateException("node " + node.name() + " no longer hears the bus: " + why));
  }

  private void deploy(String what, Vertx vertx, Deployable verticle) throws Exception {
    String id = await(what, vertx.deployVerticle(verticle));
    undo.push(() -> await("stop to " + what, vertx.undeploy(id)));
  }

  /** Waits for one step, on a thread that may block. */
  private static <T> T await(String what, Future<T> step) throws IOException, InterruptedException {
    return await(what, STEP_MILLIS, step);
  }

  private static <T> T await(String what, long millis, Future<T> step)
      throws IOException, InterruptedException {
    try {
      return step.toCompletionStage().toCompletableFuture().get(millis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException("cannot " + what + ": " + e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("cannot " + what + " within " + millis + " ms", e);
    }
  }

  private static Callable<Object> closing(AutoCloseable resource) {
    return () -> {
      resource.close();
      return null;
    };
  }

  /** Stops everything that runs, the last started first; what fails to stop is logged. */
  @Override
  public void close() {
    while (!undo.isEmpty()) {
      try {
        undo.pop().call();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        logger.warn("interrupted while node {} stops", node.name());
      } catch (Exception e) {
        logger.warn("node {} stops, but: {}", node.name(), e.toString());
      }
    }
  }
}
