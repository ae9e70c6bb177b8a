package com.pygmy.fault;

import com.pygmy.Ports;
import com.pygmy.chaos.Network;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Three nodes of all roles, each a process that the test starts, signals and cuts off, in a network
 * namespace of its own where that is allowed. One that ends is started again. Nodes count from 1.
 */
final class NodesByHand implements AutoCloseable {

  static final int NODES = 3;

  private static final Path JAR =
      Path.of(System.getProperty("pygmy.jar", "target/pygmy.jar")).toAbsolutePath();

  private final Path folder;
  private final Optional<Network> network;
  private final List<String> urls = new ArrayList<>();
  private final Process[] processes = new Process[NODES];

  /** Where each node is on the network, and its conf. */
  private final int[] places = IntStream.rangeClosed(1, NODES).toArray();

  private final String[] confs = new String[NODES];
  private boolean closed;

  private NodesByHand(Path folder, Optional<Network> network) {
    this.folder = folder;
    this.network = network;
    Arrays.fill(confs, "shop.json");
  }

  /**
   * Starts them; they are not ready yet.
   *
   * @param catalogue rows of {@code id,title,author,topic,priceCents,stock}
   */
  static NodesByHand start(Path folder, List<String> catalogue) throws IOException {
    NodesByHand nodes = new NodesByHand(folder, networkIfAllowed());
    try {
      nodes.configure(catalogue);
      for (int node = 1; node <= NODES; node++) {
        nodes.startNode(node);
      }
      return nodes;
    } catch (IOException | RuntimeException e) {
      nodes.close();
      throw e;
    }
  }

  private static Optional<Network> networkIfAllowed() {
    try {
      return Optional.of(Network.create(NODES + 1));
    } catch (IOException notAllowed) {
      System.out.println("SKIPPED: no network namespaces here: " + notAllowed.getMessage());
      return Optional.empty();
    }
  }

  private void configure(List<String> catalogue) throws IOException {
    List<String> lines = new ArrayList<>(List.of("id,title,author,topic,priceCents,stock"));
    lines.addAll(catalogue);
    Files.write(folder.resolve("books.csv"), lines);
    JsonArray nodes = new JsonArray();
    Deque<Integer> ports = new ArrayDeque<>(Ports.free(3 * NODES));
    for (int node = 1; node <= NODES; node++) {
      String host = network.isPresent() ? network.get().address(node) : "127.0.0.1";
      int http = ports.remove();
      nodes.add(
          new JsonObject()
              .put("name", "n" + node)
              .put("host", host)
              .put("roles", new JsonArray(List.of("frontend", "catalog", "order")))
              .put("http", port(http))
              .put("raft", port(ports.remove()))
              .put("hazelcast", port(ports.remove())));
      urls.add("http://" + host + ":" + http);
    }
    JsonObject conf =
        new JsonObject()
            .put("cluster", "by-hand-" + ProcessHandle.current().pid())
            .put("nodes", nodes)
            .put("restock", new JsonObject().put("enabled", false).put("everySeconds", 0))
            .put("admin", new JsonObject().put("token", Shop.TOKEN))
            .put("catalogue", "books.csv");
    Files.writeString(folder.resolve("shop.json"), conf.encodePrettily());
  }

  private static JsonObject port(int port) {
    return new JsonObject().put("port", port);
  }

  private synchronized void startNode(int node) throws IOException {
    if (closed) {
      return;
    }
    List<String> command =
        new ArrayList<>(network.map(n -> n.at(places[node - 1])).orElse(List.of()));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-jar",
            JAR.toString(),
            "node",
            "n" + node,
            "--conf",
            folder.resolve(confs[node - 1]).toString(),
            "--data",
            folder.resolve("data").toString()));
    processes[node - 1] =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("n" + node + ".out").toFile()))
            .start();
    CompletableFuture<Void> unusedRespawn =
        processes[node - 1].onExit().thenAccept(ended -> respawn(node));
  }

  private void respawn(int node) {
    try {
      startNode(node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> urls() {
    return urls;
  }

  /**
   * Where it was, falls silent; it is started again elsewhere, with its data and a conf of its own
   * that says so. One node may move, once.
   */
  void move(int node) throws Exception {
    Network where = network.orElseThrow();
    String from = where.address(node);
    String to = where.address(NODES + 1);
    String conf = Files.readString(folder.resolve("shop.json"));
    Files.writeString(
        folder.resolve("moved.json"), conf.replace("\"" + from + "\"", "\"" + to + "\""));
    where.isolate(node);
    synchronized (this) {
      places[node - 1] = NODES + 1;
      confs[node - 1] = "moved.json";
      urls.set(node - 1, urls.get(node - 1).replace(from + ":", to + ":"));
    }
    signal(node, "KILL");
  }

  /** Where nodes can be cut off; empty where that is not allowed. */
  Optional<Network> network() {
    return network;
  }

  /** {@code kill -SIGNAL}; waits until it is gone, if the signal kills. */
  void signal(int node, String signal) throws Exception {
    Process process;
    synchronized (this) {
      process = processes[node - 1];
    }
    int sent =
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
            .inheritIO()
            .start()
            .waitFor();
    if (sent != 0) {
      throw new AssertionError("no signal " + signal + " for node " + node);
    }
    if (signal.equals("KILL") && !process.waitFor(10, TimeUnit.SECONDS)) {
      throw new AssertionError("node " + node + " lives on");
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    for (Process process : processes) {
      if (process != null) {
        process.destroyForcibly().onExit().join();
      }
    }
    network.ifPresent(Network::close);
  }
}
