package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.config.Conf;
import com.pygmy.config.NodeConf;
import com.pygmy.config.Role;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The whole program, but for its nodes, which only answer {@code /cluster}: every replica of the
 * conf is ready. A file {@code NODE.dies} in the data folder makes that node end at its start with
 * the exit code that is in it; {@code NODE.is-late} makes it never ready; {@code NODE.is-deaf}
 * makes it ignore SIGTERM; {@code NODE.joins-late} keeps it from joining until the file is gone.
 */
public final class StandIn {

  private static final int START_SECONDS = 20;

  public static void main(String[] args) {
    System.exit(Main.run(StandIn.class, StandIn::serve, args));
  }

  private static int serve(NodeTask task) throws Exception {
    Conf conf = task.conf();
    NodeConf node = task.node();
    Path data = task.data();
    System.out.println("stand-in of " + node.name() + ", pid " + ProcessHandle.current().pid());
    Path dies = data.resolve(node.name() + ".dies");
    if (Files.exists(dies)) {
      System.out.println("the disk of " + node.name() + " is on fire");
      return Integer.parseInt(Files.readString(dies).strip());
    }
    if (Files.exists(data.resolve(node.name() + ".is-deaf"))) {
      Runtime.getRuntime().addShutdownHook(new Thread(StandIn::hang));
    }
    boolean isReady = !Files.exists(data.resolve(node.name() + ".is-late"));
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    if (node.httpPort().isPresent()) {
      HttpServer server =
          vertx
              .createHttpServer()
              .requestHandler(
                  request -> {
                    System.out.println("asked for " + request.path());
                    request
                        .response()
                        .end(cluster(conf, data, isReady).encode())
                        .onComplete(done -> {});
                  })
              .listen(node.httpPort().getAsInt(), node.host())
              .await(START_SECONDS, TimeUnit.SECONDS);
      System.out.println("serving on port " + server.actualPort());
    }
    while (Files.exists(data.resolve(node.name() + ".joins-late"))) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    task.joined().run();
    hang();
    return ExitCode.OK;
  }

  private static JsonObject cluster(Conf conf, Path data, boolean isReady) {
    JsonArray nodes = new JsonArray();
    for (NodeConf node : conf.nodes()) {
      JsonArray replicas = new JsonArray();
      for (Role role : node.roles()) {
        boolean leads = role == Role.CATALOG && conf.nodesWith(role).get(0).equals(node);
        replicas.add(
            new JsonObject()
                .put("replica", node.name())
                .put("service", role.label())
                .put("role", leads ? "leader" : role == Role.CATALOG ? "follower" : "serving")
                .put("term", role == Role.CATALOG ? 1 : 0)
                .put("appliedIndex", 7)
                .put("lag", 0)
                .put("ready", isReady && !Files.exists(data.resolve(node.name() + ".dies"))));
      }
      nodes.add(new JsonObject().put("node", node.name()).put("replicas", replicas));
    }
    return new JsonObject().put("nodes", nodes);
  }

  private static void hang() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private StandIn() {}
}
