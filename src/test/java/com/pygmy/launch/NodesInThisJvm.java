package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.config.Conf;
import com.pygmy.config.Conf.RestockConf;
import com.pygmy.config.NodeConf;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** A shop of whole nodes, each with every role, and a client of their frontends. */
final class NodesInThisJvm implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 30;

  private final Conf conf;
  private final Path data;
  private final Map<String, Node> running = new ConcurrentHashMap<>();
  private final LinkedBlockingQueue<Throwable> fatal = new LinkedBlockingQueue<>();
  private final Vertx vertx = Vertx.vertx();
  private final WebClient http = WebClient.create(vertx);

  private NodesInThisJvm(Conf conf, Path data) {
    this.conf = conf;
    this.data = data;
  }

  /** An answer; {@code replayed} if it says that it was given before. */
  record Answer(int status, JsonObject body, boolean replayed) {
    Answer(int status, JsonObject body) {
      this(status, body, false);
    }

    Answer plain() {
      return new Answer(status, body);
    }
  }

  /** Starts all at once and waits until every replica is ready and the store founded. */
  static NodesInThisJvm start(Path folder, int size, RestockConf restock, List<String> books)
      throws IOException {
    List<String> lines = new ArrayList<>(List.of("id,title,author,topic,priceCents,stock"));
    lines.addAll(books);
    Path catalogue = Files.write(folder.resolve("books.csv"), lines);
    Conf conf = TestConf.of(size, restock, Optional.of(catalogue));
    NodesInThisJvm nodes = new NodesInThisJvm(conf, folder.resolve("data"));
    conf.nodes().parallelStream().forEach(node -> nodes.start(node.name()));
    TestConf.until("all are ready", nodes::allReady);
    TestConf.until("the store is founded", () -> await(nodes.get(0, "/books/1")).status() == 200);
    return nodes;
  }

  /** None runs yet; what they have is in the data folder. */
  static NodesInThisJvm of(Conf conf, Path data) {
    return new NodesInThisJvm(conf, data);
  }

  void start(String name) {
    AtomicInteger joined = new AtomicInteger();
    try {
      running.put(
          name,
          Node.start(
              new NodeTask(
                  conf, conf.node(name).orElseThrow(), data, false, joined::incrementAndGet),
              TestConf.outside(fatal::add),
              () -> UUID.randomUUID().toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertEquals(1, joined.get(), name + " says once that it has joined");
  }

  void close(String name) {
    running.remove(name).close();
  }

  Conf conf() {
    return conf;
  }

  /** The frontends that run, by their place in the conf. */
  List<Integer> running() {
    return IntStream.range(0, conf.nodes().size())
        .filter(i -> running.containsKey(conf.nodes().get(i).name()))
        .boxed()
        .toList();
  }

  /** Every node that runs sees every replica of all of them ready. */
  boolean allReady() {
    for (int i : running()) {
      List<JsonObject> replicas = replicas(i);
      if (replicas.size() != 2 * running.size()
          || !replicas.stream().allMatch(r -> r.getBoolean("ready"))) {
        return false;
      }
    }
    return true;
  }

  /** The node whose catalog replica leads. */
  String leader() {
    return replicas(running().get(0)).stream()
        .filter(r -> r.getString("role").equalsIgnoreCase("leader"))
        .map(r -> r.getString("replica"))
        .findFirst()
        .orElseThrow();
  }

  private List<JsonObject> replicas(int frontend) {
    return await(get(frontend, "/cluster")).body().getJsonArray("nodes").stream()
        .flatMap(node -> ((JsonObject) node).getJsonArray("replicas").stream())
        .map(JsonObject.class::cast)
        .filter(replica -> !replica.getString("service").equals("frontend"))
        .toList();
  }

  Future<Answer> buy(int frontend, String key, int book, int quantity) {
    JsonObject line = new JsonObject().put("book", book).put("quantity", quantity);
    JsonObject order = new JsonObject().put("items", new JsonArray().add(line));
    return request(HttpMethod.POST, frontend, "/orders")
        .putHeader("Idempotency-Key", key)
        .sendJsonObject(order)
        .map(NodesInThisJvm::answer);
  }

  Future<Answer> get(int frontend, String path) {
    return request(HttpMethod.GET, frontend, path).send().map(NodesInThisJvm::answer);
  }

  /** At the port for those who watch over a node. */
  Future<Answer> watched(String node, String path) {
    int port = conf.node(node).orElseThrow().managementPort().orElseThrow();
    return http.get(port, "127.0.0.1", path).send().map(NodesInThisJvm::answer);
  }

  Future<Answer> patch(int frontend, String path, JsonObject body) {
    return request(HttpMethod.PATCH, frontend, path)
        .sendJsonObject(body)
        .map(NodesInThisJvm::answer);
  }

  Future<Answer> post(int frontend, String path, JsonObject body) {
    return request(HttpMethod.POST, frontend, path)
        .sendJsonObject(body)
        .map(NodesInThisJvm::answer);
  }

  JsonObject book(int frontend, int id) {
    return await(get(frontend, "/books/" + id)).body();
  }

  /** A figure without labels, as a node's {@code /metrics} has it. */
  double metric(int frontend, String name) {
    String text =
        await(request(HttpMethod.GET, frontend, "/metrics").send().map(HttpResponse::bodyAsString));
    return text.lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + text));
  }

  /** The time, by {@link System#nanoTime}, at which so many more sweeps are over. */
  long sweepsLater(int sweeps) {
    return System.nanoTime()
        + TimeUnit.SECONDS.toNanos(1L + (long) sweeps * conf.restock().everySeconds());
  }

  private HttpRequest<Buffer> request(HttpMethod method, int frontend, String path) {
    NodeConf node = conf.nodes().get(frontend % conf.nodes().size());
    return http.request(method, node.httpPort().orElseThrow(), node.host(), path)
        .timeout(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS))
        .putHeader("Authorization", "Bearer " + TestConf.TOKEN);
  }

  private static Answer answer(HttpResponse<Buffer> response) {
    return new Answer(
        response.statusCode(),
        response.body() == null ? new JsonObject() : new JsonObject(response.body()),
        "true".equals(response.getHeader("Idempotent-Replayed")));
  }

  static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  @Override
  public void close() {
    running.values().parallelStream().forEach(Node::close);
    running.clear();
    await(vertx.close());
    if (!fatal.isEmpty()) {
      throw new AssertionError("a node could not go on", fatal.peek());
    }
  }
}
