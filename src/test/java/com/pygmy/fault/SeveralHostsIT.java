package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.Ports;
import com.pygmy.chaos.Network.Direction;
import com.pygmy.fault.ShopClient.Answer;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A shop on three hosts, by {@code deploy} over real ssh: started, cut off, upgraded, stopped. */
@Tag("long")
class SeveralHostsIT {

  private static final int HOSTS = 3;
  private static final int CLIENTS = 4;
  private static final int BUYS = 20;

  /** For a command on three hosts, on a slow machine. */
  private static final int COMMAND_SECONDS = 400;

  private static final String QUICK = "--java-opts=-XX:TieredStopAtLevel=1";

  private static final Path JAR =
      Path.of(System.getProperty("pygmy.jar", "target/pygmy.jar")).toAbsolutePath();

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private final List<String> urls = new ArrayList<>();
  private final List<JsonObject> confirmed = new ArrayList<>();
  private SshHosts hosts;

  @BeforeEach
  void makeHosts() throws Exception {
    try {
      hosts = SshHosts.start(Files.createDirectories(folder.resolve("ssh")), HOSTS);
    } catch (IOException notHere) {
      System.out.println("SEVERAL HOSTS SKIPPED: " + notHere.getMessage());
      Assumptions.abort(notHere.getMessage());
    }
    configure();
  }

  private void configure() throws IOException {
    Deque<Integer> ports = new ArrayDeque<>(Ports.free(3 * HOSTS));
    JsonArray nodes = new JsonArray();
    List<String> lines = new ArrayList<>(List.of("# node, host, folder"));
    for (int host = 1; host <= HOSTS; host++) {
      String address = hosts.address(host);
      int http = ports.remove();
      nodes.add(
          new JsonObject()
              .put("name", "n" + host)
              .put("host", SshHosts.name(host))
              .put("roles", new JsonArray(List.of("frontend", "catalog", "order")))
              .put("http", port(http).put("url", "http://" + address + ":" + http))
              .put("raft", port(ports.remove()))
              .put("hazelcast", port(ports.remove())));
      urls.add("http://" + address + ":" + http);
      lines.add("n%d root@%s %s".formatted(host, address, hosts.home(host)));
    }
    JsonObject conf =
        new JsonObject()
            .put("cluster", "hosts-" + ProcessHandle.current().pid())
            .put("nodes", nodes)
            .put("restock", new JsonObject().put("enabled", false).put("everySeconds", 0))
            .put("catalogue", "books.csv");
    Files.writeString(folder.resolve("shop.json"), conf.encodePrettily());
    Files.write(folder.resolve("hosts.txt"), lines);
    Files.writeString(folder.resolve("admin-token"), Shop.TOKEN + "\n");
    Files.write(
        folder.resolve("books.csv"),
        List.of("id,title,author,topic,priceCents,stock", "1,One,A,t,100,1000000"));
  }

  private static JsonObject port(int port) {
    return new JsonObject().put("port", port);
  }

  @AfterEach
  void end() throws IOException {
    if (hosts == null) {
      return;
    }
    for (int host = 1; host <= HOSTS; host++) {
      // Whoever respawns goes first.
      for (String file : List.of("supervisor.pid", "n" + host + "/pid")) {
        pid(host, file).flatMap(ProcessHandle::of).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
    hosts.close();
  }

  @Test
  void aShopOnThreeHostsIsDeployedCutOffUpgradedAndStopped() throws Exception {
    succeeds(deploy("up", QUICK));
    try (ShopClient careful = new ShopClient(urls)) {
      buy(careful, "deployed");
      onceMoreChangesNothing();
      hosts.network().cut(List.of(3), Direction.BOTH);
      buy(careful, "cut");
      hosts.network().heal(3);
      succeeds(deploy("up", QUICK)); // level again, in another process perhaps
      hosts.network().isolate(2);
      aHostThatDoesNotAnswerIsToldAndTheOthersAreLeftAlone();
      buy(careful, "isolated");
      hosts.network().heal(2);
      succeeds(deploy("up", QUICK));
      aHostsFileElsewhereMakesNoOtherToken();
      careful.checkReadable(confirmed);
      whatDoesNotRunIsStartedAndWhatRunsAnotherReleaseIsLeftAlone();
      upgrade(careful);
      careful.checkReadable(confirmed);
    }
    collectLogs();
    succeeds(deploy("down"));
    assertEquals(List.of(), alive());
    succeeds(deploy("down"));
  }

  private void onceMoreChangesNothing() throws Exception {
    List<Long> before = alive();
    Shop.Ran again = deploy("up", QUICK);
    succeeds(again);
    assertEquals(HOSTS, again.output().split(" ran already ", -1).length - 1, again.output());
    assertFalse(again.output().contains("copied"), again.output());
    assertEquals(before, alive());
  }

  private void aHostsFileElsewhereMakesNoOtherToken() throws Exception {
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    Path copy = Files.copy(folder.resolve("hosts.txt"), elsewhere.resolve("hosts.txt"));
    Shop.Ran ran = deployBy(copy, "up");
    assertEquals(1, ran.exitCode(), ran.output());
    assertTrue(ran.output().contains("has administrators' tokens"), ran.output());
    assertEquals(
        Shop.TOKEN + "\n", Files.readString(hosts.home(1).resolve("nodes/n1/data/admin-token")));
  }

  /** As after a restart that ended at n2. */
  private void whatDoesNotRunIsStartedAndWhatRunsAnotherReleaseIsLeftAlone() throws Exception {
    succeeds(deploy("down", "--node", "n2"));
    List<Long> before = alive();
    Path newer = newerJar("wanted");
    Shop.Ran refused = deploy("restart", "--jar", newer.toString());
    assertEquals(1, refused.exitCode(), refused.output());
    assertTrue(refused.output().contains("n2 (root@"), refused.output());
    Shop.Ran up = deploy("up", QUICK, "--jar", newer.toString());
    assertEquals(1, up.exitCode(), up.output());
    assertEquals(2, up.output().split("and was left alone", -1).length - 1, up.output());
    assertTrue(up.output().contains(" started  "), up.output());
    assertTrue(alive().containsAll(before), "the others run on");
    assertEquals(2, releases().stream().distinct().count());
  }

  private void aHostThatDoesNotAnswerIsToldAndTheOthersAreLeftAlone() throws Exception {
    List<Long> before = alive();
    Path newer = newerJar("unwanted");
    for (List<String> command :
        List.of(List.of("restart", "--jar", newer.toString()), List.of("down"))) {
      List<String> words = new ArrayList<>(command);
      words.addAll(List.of("--timeout", "2"));
      long start = System.nanoTime();
      Shop.Ran ran = deploy(words.toArray(String[]::new));
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
      System.out.println(seconds + " s: " + ran.output().strip());
      assertEquals(3, ran.exitCode(), ran.output());
      assertTrue(
          ran.output().contains("n2 (root@" + hosts.address(2) + ") is not reached"), ran.output());
      // Not the minute of a TCP connection that nobody gives up.
      assertTrue(seconds < 30, () -> seconds + " s");
    }
    assertEquals(before, alive());
    for (int host = 1; host <= HOSTS; host++) {
      try (Stream<Path> releases = Files.list(hosts.home(host).resolve("releases"))) {
        assertEquals(1, releases.count());
      }
    }
    Shop.Ran status = deploy("status", "--timeout", "2");
    System.out.println(status.output());
    assertEquals(3, status.exitCode(), status.output());
    assertTrue(status.output().contains("no answer"), status.output());
    assertTrue(status.output().contains("leader: n"), status.output());
  }

  private void upgrade(ShopClient careful) throws Exception {
    List<String> old = releases();
    List<Long> before = alive();
    Path newer = folder.resolve("wanted.jar");
    try (SteadyClient steady = new SteadyClient(careful.vertx(), urls, 1)) {
      Future<Void> load = steady.run("upgrade", CLIENTS);
      succeeds(deploy("restart", QUICK, "--jar", newer.toString()));
      steady.stop();
      ShopClient.await(load);
      System.out.println(steady);
      assertTrue(steady.failures.isEmpty(), steady.toString());
      assertTrue(steady.confirmed.size() > 100, steady.toString());
      confirmed.addAll(steady.confirmed);
    }
    assertTrue(alive().stream().noneMatch(before::contains), "all are others now");
    List<String> now = releases();
    assertEquals(1, now.stream().distinct().count(), now::toString);
    assertNotEquals(old.get(0), now.get(0));
    List<Long> numbers = confirmed.stream().map(o -> o.getLong("number")).sorted().toList();
    assertEquals(LongStream.rangeClosed(1, numbers.size()).boxed().toList(), numbers);
  }

  private List<String> releases() throws Exception {
    Shop.Ran status = deploy("status", "--json");
    assertEquals(0, status.exitCode(), status.output());
    JsonArray nodes = new JsonObject(status.output()).getJsonArray("nodes");
    assertEquals(HOSTS, nodes.size(), status.output());
    return nodes.stream()
        .map(JsonObject.class::cast)
        .peek(node -> assertTrue(node.getBoolean("running"), status.output()))
        .peek(node -> assertEquals(2, node.getJsonArray("replicas").size(), status.output()))
        .map(node -> node.getString("release"))
        .toList();
  }

  private void collectLogs() throws Exception {
    Path logs = folder.resolve("logs");
    succeeds(deploy("logs", "--to", logs.toString()));
    for (int host = 1; host <= HOSTS; host++) {
      Path own = logs.resolve("n" + host);
      assertTrue(Files.readString(own.resolve("node.log")).contains(" n" + host + " ["));
      assertTrue(Files.readString(own.resolve("supervisor.log")).contains("Pygmy is up"));
    }
    Shop.Ran shown = deploy("logs", "-n", "3", "--node", "n2");
    succeeds(shown);
    assertTrue(shown.output().contains("==> n2 (root@"), shown.output());
    assertFalse(shown.output().contains("==> n1"), shown.output());
  }

  /** The same program in another file. */
  private Path newerJar(String name) throws IOException {
    Path jar = Files.copy(JAR, folder.resolve(name + ".jar"));
    try (FileSystem inside = FileSystems.newFileSystem(jar)) {
      Files.writeString(inside.getPath("build"), name);
    }
    return jar;
  }

  private void buy(ShopClient careful, String name) {
    List<Future<Answer>> buys =
        IntStream.range(0, BUYS).mapToObj(i -> careful.buy(i, name + "-" + i, 1, 1)).toList();
    for (Future<Answer> buy : buys) {
      Answer answer = ShopClient.await(buy);
      assertEquals(201, answer.status(), () -> answer.body().encode());
      confirmed.add(answer.body());
    }
  }

  /** The pids of nodes and supervisors, on all hosts. */
  private List<Long> alive() throws IOException {
    List<Long> alive = new ArrayList<>();
    for (int host = 1; host <= HOSTS; host++) {
      for (String file : List.of("supervisor.pid", "n" + host + "/pid")) {
        pid(host, file)
            .filter(pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
            .ifPresent(alive::add);
      }
    }
    return alive;
  }

  private Optional<Long> pid(int host, String file) throws IOException {
    Path path = hosts.home(host).resolve("nodes/n" + host + "/data/" + file);
    return Files.exists(path)
        ? Optional.of(Long.parseLong(Files.readString(path).strip()))
        : Optional.empty();
  }

  private Shop.Ran deploy(String... words) throws IOException {
    return deployBy(folder.resolve("hosts.txt"), words);
  }

  private Shop.Ran deployBy(Path file, String... words) throws IOException {
    List<String> all = new ArrayList<>(List.of("deploy"));
    all.addAll(List.of(words));
    all.addAll(List.of("--hosts", file.toString()));
    all.addAll(List.of("--conf", folder.resolve("shop.json").toString()));
    all.addAll(List.of("--ssh-config", hosts.config().toString()));
    return Shop.run(COMMAND_SECONDS, all.toArray(String[]::new));
  }

  private static void succeeds(Shop.Ran ran) {
    System.out.println(ran.output().strip());
    assertEquals(0, ran.exitCode(), ran.output());
  }
}
