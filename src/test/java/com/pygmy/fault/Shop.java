package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.pygmy.Ports;
import com.pygmy.TestCertificate;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A shop of real processes, started as a user starts it, on free ports. Its nodes can be killed,
 * frozen and wiped; the supervisor brings them back.
 */
final class Shop implements AutoCloseable {

  static final String TOKEN = "test-token";

  private static final int LOG_LINES = 25;

  /**
   * A node that lives for seconds does not get back what the other compiler costs: half a start.
   */
  private static final String QUICK_COMPILER = "-XX:TieredStopAtLevel=1";

  /** For whatever the shop is given time to do. */
  private static final long PATIENCE_MILLIS = 60_000;

  private static final long FAREWELL_SECONDS = 20;

  private static final Path JAR =
      Path.of(System.getProperty("pygmy.jar", "target/pygmy.jar")).toAbsolutePath();

  private final Path folder;
  private final Path data;
  private final JsonObject conf;
  private final List<Integer> ports;
  private final List<String> urls = new ArrayList<>();

  private Shop(Path folder, Path data, JsonObject conf, List<Integer> ports) {
    this.folder = folder;
    this.data = data;
    this.conf = conf;
    this.ports = ports;
    for (Object each : conf.getJsonArray("nodes")) {
      JsonObject node = (JsonObject) each;
      if (node.containsKey("http")) {
        urls.add(
            "http://"
                + node.getString("host")
                + ":"
                + node.getJsonObject("http").getInteger("port"));
      }
    }
  }

  /**
   * Starts three nodes with every role each, without restocking, and waits until they are ready.
   *
   * @param catalogue rows of {@code id,title,author,topic,priceCents,stock}
   */
  static Shop ofThree(Path folder, List<String> catalogue) throws Exception {
    return like("local.json", folder, catalogue);
  }

  /** The same with the nodes of a conf that is shipped, on other ports than there. */
  static Shop like(String shipped, Path folder, List<String> catalogue) throws Exception {
    Shop shop = prepared(shipped, folder, catalogue, new JsonObject());
    shop.up();
    return shop;
  }

  /** Three nodes that know each other by certificates, which {@code certs} makes. */
  static Shop ofThreeWithCertificates(Path folder, List<String> catalogue) throws Exception {
    JsonObject files =
        new JsonObject()
            .put("certificate", "certs/{node}.pem")
            .put("key", "certs/{node}.key")
            .put("authorities", "certs/ca.pem");
    Shop shop = prepared("local.json", folder, catalogue, new JsonObject().put("nodeTls", files));
    for (Object node : shop.conf.getJsonArray("nodes")) {
      ((JsonObject) node).put("eventBus", new JsonObject().put("port", Ports.free()));
    }
    Files.writeString(Path.of(shop.confFile()), shop.conf.encodePrettily());
    Ran certs = run("certs", folder.resolve("certs").toString(), "--conf", shop.confFile());
    assertEquals(0, certs.exitCode(), certs::output);
    shop.up();
    return shop;
  }

  private static Shop prepared(String shipped, Path folder, List<String> catalogue, JsonObject more)
      throws Exception {
    Files.createDirectories(folder);
    List<String> lines = new ArrayList<>(List.of("id,title,author,topic,priceCents,stock"));
    lines.addAll(catalogue);
    Files.write(folder.resolve("books.csv"), lines);
    JsonObject conf = new JsonObject(Files.readString(Path.of("conf", shipped)));
    List<JsonObject> listeners =
        conf.getJsonArray("nodes").stream()
            .map(JsonObject.class::cast)
            .flatMap(
                node ->
                    Stream.of("http", "raft", "hazelcast", "management").map(node::getJsonObject))
            .filter(Objects::nonNull)
            .toList();
    List<Integer> ports = Ports.free(listeners.size());
    for (int i = 0; i < ports.size(); i++) {
      listeners.get(i).put("port", ports.get(i));
    }
    conf.put("cluster", "test-" + ports.get(0))
        .put("restock", new JsonObject().put("enabled", false).put("everySeconds", 0))
        .put("admin", new JsonObject().put("token", TOKEN))
        .put("catalogue", "books.csv")
        .mergeIn(more);
    Files.writeString(folder.resolve("shop.json"), conf.encodePrettily());
    return new Shop(folder, folder.resolve("data"), conf, ports);
  }

  void up() throws Exception {
    start("up");
  }

  /** The same nodes on another data folder, started from a back-up. This shop must be closed. */
  Shop restored(Path backup, Path otherData) throws Exception {
    Shop restored = new Shop(folder, otherData, conf, ports);
    restored.start("restore", backup.toString());
    return restored;
  }

  private void start(String... command) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(
        List.of(
            "--detach",
            "--java-opts=" + QUICK_COMPILER,
            "--conf",
            confFile(),
            "--data",
            data().toString()));
    Ran up = run(arguments.toArray(String[]::new));
    assertEquals(0, up.exitCode(), () -> up.output() + logs());
  }

  /** The end of every node's log, for a failure that shows nowhere else. */
  private String logs() {
    StringBuilder all = new StringBuilder();
    for (String node : nodes()) {
      try {
        List<String> lines = Files.readAllLines(data().resolve(node).resolve("log/node.log"));
        all.append("\n--- ").append(node).append('\n');
        all.append(
            String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size())));
      } catch (IOException unreadable) {
        all.append("\n--- ").append(node).append(" has no readable log");
      }
    }
    return all.toString();
  }

  /** The frontends' URLs. */
  List<String> urls() {
    return urls;
  }

  List<String> nodes() {
    return conf.getJsonArray("nodes").stream()
        .map(n -> ((JsonObject) n).getString("name"))
        .toList();
  }

  Path data() {
    return data;
  }

  private String confFile() {
    return folder.resolve("shop.json").toString();
  }

  /** As the conf has it. */
  int port(String node, String listener) {
    return conf.getJsonArray("nodes").stream()
        .map(JsonObject.class::cast)
        .filter(each -> each.getString("name").equals(node))
        .map(each -> each.getJsonObject(listener).getInteger("port"))
        .findFirst()
        .orElseThrow();
  }

  long pid(String node) throws IOException {
    return Long.parseLong(
        Files.readString(data().resolve(node).resolve("pid")).lines().findFirst().orElseThrow());
  }

  /** {@code kill -SIGNAL} for one node; waits until it is gone, if the signal kills. */
  void signal(String node, String signal) throws Exception {
    long pid = pid(node);
    new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).inheritIO().start().waitFor();
    if (signal.equals("KILL")) {
      await(node + " is dead", () -> ProcessHandle.of(pid).map(p -> !p.isAlive()).orElse(true));
    }
  }

  /** Runs the command line of the jar. */
  static Ran run(String... arguments) throws IOException {
    return run(120, arguments);
  }

  /** The same; not done within so many seconds, it fails the test. */
  static Ran run(int seconds, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                QUICK_COMPILER,
                "-jar",
                JAR.toString()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("pygmy", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroy(); // so that it ends what it started
        if (!process.waitFor(FAREWELL_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
        fail(String.join(" ", arguments) + " hangs: " + Files.readString(output));
      }
      return new Ran(process.exitValue(), Files.readString(output));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      Files.delete(output);
    }
  }

  record Ran(int exitCode, String output) {}

  /** Asks until the answer is yes. */
  void await(String what, BooleanSupplier holds) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        fail("not within " + PATIENCE_MILLIS + " ms: " + what + logs());
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /** {@code kill -SIGNAL} for the supervisor. */
  void signalSupervisor(String signal) throws Exception {
    String pid = Files.readString(data().resolve("supervisor.pid")).strip();
    new ProcessBuilder("kill", "-" + signal, pid).inheritIO().start().waitFor();
  }

  /** {@code kill -9} for everything that runs, the supervisor first. */
  void killAll() throws Exception {
    List<ProcessHandle> all = processes();
    signalSupervisor("KILL");
    all.forEach(ProcessHandle::destroyForcibly);
    await("all are dead", () -> all.stream().noneMatch(ProcessHandle::isAlive));
  }

  /** The node runs as another process than before. */
  boolean isBack(String node, long formerPid) {
    try {
      long pid = pid(node);
      return pid != formerPid && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Kills a node and waits until it is back and serves, caught up with what there was. */
  void killAndAwait(String node, ShopClient client) throws Exception {
    long pid = pid(node);
    signal(node, "KILL");
    await(node + " is back", () -> isBack(node, pid));
    await(node + " serves", () -> isReady(client));
  }

  /** Every replica of every node is there and ready. */
  boolean isReady(ShopClient client) {
    return all(client, replica -> replica.getBoolean("ready"));
  }

  /** And has all that the others have, which holds only while nobody buys. */
  boolean isLevel(ShopClient client) {
    return all(client, replica -> replica.getBoolean("ready") && replica.getLong("lag") == 0);
  }

  private boolean all(ShopClient client, Predicate<JsonObject> test) {
    JsonObject cluster = client.cluster();
    List<JsonObject> replicas =
        cluster.getJsonArray("nodes", new JsonArray()).stream()
            .map(JsonObject.class::cast)
            .flatMap(n -> n.getJsonArray("replicas").stream().map(JsonObject.class::cast))
            .filter(r -> !r.getString("service").equals("frontend"))
            .toList();
    return replicas.size() == replicasOfTheConf() && replicas.stream().allMatch(test);
  }

  private long replicasOfTheConf() {
    return conf.getJsonArray("nodes").stream()
        .flatMap(node -> ((JsonObject) node).getJsonArray("roles").stream())
        .filter(role -> !role.equals("frontend"))
        .count();
  }

  /**
   * A conf like this shop's, but with more nodes, of every role.
   *
   * @return the file, which nobody uses yet
   */
  Path confWith(String file, List<String> more) throws IOException {
    JsonObject larger = conf.copy();
    for (String name : more) {
      List<Integer> free = Ports.free(3);
      JsonObject node = larger.getJsonArray("nodes").getJsonObject(0).copy().put("name", name);
      node.put("http", new JsonObject().put("port", free.get(0)))
          .put("raft", new JsonObject().put("port", free.get(1)))
          .put("hazelcast", new JsonObject().put("port", free.get(2)));
      larger.getJsonArray("nodes").add(node);
    }
    return Files.writeString(folder.resolve(file), larger.encodePrettily());
  }

  /**
   * Changes the conf for nodes that start from now on.
   *
   * @param certificate there: they speak HTTPS; else HTTP
   * @param tokens of administrators
   */
  void configure(Optional<TestCertificate> certificate, String... tokens) throws IOException {
    JsonObject changed =
        conf.copy()
            .put("admin", new JsonObject().put("token", new JsonArray(List.of((Object[]) tokens))));
    certificate.ifPresent(
        tls ->
            changed.put(
                "tls",
                new JsonObject()
                    .put("certificate", tls.certificate().toString())
                    .put("key", tls.key().toString())));
    Files.writeString(Path.of(confFile()), changed.encodePrettily());
  }

  /** The catalog replicas that vote and are ready, as a frontend sees them. */
  List<String> voters(ShopClient client) {
    return client.cluster().getJsonArray("nodes", new JsonArray()).stream()
        .flatMap(node -> ((JsonObject) node).getJsonArray("replicas").stream())
        .map(JsonObject.class::cast)
        .filter(r -> r.getString("service").equals("catalog") && r.getBoolean("ready"))
        .map(r -> r.getString("replica"))
        .toList();
  }

  /** The node whose catalog replica leads, as a frontend sees it. */
  Optional<String> leader(ShopClient client) {
    return client.cluster().getJsonArray("nodes", new JsonArray()).stream()
        .flatMap(node -> ((JsonObject) node).getJsonArray("replicas").stream())
        .map(JsonObject.class::cast)
        .filter(replica -> replica.getString("role").equals("leader"))
        .map(replica -> replica.getString("replica"))
        .findFirst();
  }

  /** The nodes that run and the supervisor. */
  List<ProcessHandle> processes() throws IOException {
    List<ProcessHandle> processes = new ArrayList<>();
    for (String node : nodes()) {
      ProcessHandle.of(pid(node)).ifPresent(processes::add);
    }
    long supervisor = Long.parseLong(Files.readString(data().resolve("supervisor.pid")).strip());
    ProcessHandle.of(supervisor).ifPresent(processes::add);
    return processes;
  }

  /** Every port of the conf is free again. */
  boolean portsAreFree() {
    return ports.stream().allMatch(Ports::isFree);
  }

  void down() throws IOException {
    Ran down = run("down", "--data", data().toString());
    assertEquals(0, down.exitCode(), down.output());
  }

  @Override
  public void close() throws IOException {
    down();
  }
}
