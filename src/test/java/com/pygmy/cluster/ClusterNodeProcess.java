package com.pygmy.cluster;

import com.pygmy.cluster.ClusterSettings.Endpoint;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.RegistrationInfo;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * A node in its own process, for tests: joins, subscribes at one address, and tells on its standard
 * output how long the join took and, whenever that changes, the members and the subscribers it
 * sees.
 */
final class ClusterNodeProcess {

  static final String ADDRESS = "pygmy.test";

  private ClusterNodeProcess() {}

  /** Arguments: cluster name, own index, then the ports of all members, on loopback. */
  public static void main(String[] args) throws Exception {
    List<Endpoint> members =
        Stream.of(args).skip(2).map(p -> new Endpoint("127.0.0.1", Integer.parseInt(p))).toList();
    int self = Integer.parseInt(args[1]);
    ClusterSettings settings =
        new ClusterSettings(args[0], "n" + self, members.get(self), 0, members, Optional.empty());
    long before = System.nanoTime();
    Vertx vertx =
        ClusteredVertx.start(settings, ClusteredVertx.Metrics.none())
            .toCompletionStage()
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
    vertx
        .eventBus()
        .consumer(ADDRESS, message -> message.reply(self))
        .completion()
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
    ClusterManager manager = ((VertxInternal) vertx).clusterManager();
    say("READY " + millis + " " + manager.getNodeId());
    AtomicReference<String> last = new AtomicReference<>("");
    long viewer = vertx.setPeriodic(50, timer -> tellView(manager, last));
    while (System.in.read() >= 0) {
      // Until the test closes our standard input.
    }
    if (!vertx.cancelTimer(viewer)) {
      throw new IllegalStateException("the view was no longer told");
    }
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    say("CLOSED");
  }

  private static void tellView(ClusterManager manager, AtomicReference<String> last) {
    Promise<List<RegistrationInfo>> seen = Promise.promise();
    manager.getRegistrations(ADDRESS, seen);
    int members = manager.getNodes().size();
    seen.future()
        .onSuccess(
            subscribers -> {
              long nodes = subscribers.stream().map(RegistrationInfo::nodeId).distinct().count();
              String view = "VIEW " + members + " " + nodes;
              if (!view.equals(last.getAndSet(view))) {
                say(view);
              }
            });
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
