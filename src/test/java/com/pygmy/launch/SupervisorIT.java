package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.Ports;
import com.pygmy.cli.ExitCode;
import com.pygmy.launch.Console.Result;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Supervision of real processes, whose nodes are {@link StandIn}s. */
@Timeout(180)
final class SupervisorIT {

  private static final int AWAIT_SECONDS = 60;

  @TempDir private Path folder;
  private DataFolder data;
  private String conf;
  private int httpPort;

  @BeforeEach
  void choosePorts() throws Exception {
    data = new DataFolder(folder.resolve("my data"));
    List<Integer> ports = Ports.free(5);
    httpPort = ports.get(0);
    conf =
        Files.writeString(
                folder.resolve("conf.json"),
                """
                {"nodes": [
                  {"name": "f1", "host": "127.0.0.1", "roles": ["frontend"],
                    "http": {"port": %d}, "hazelcast": {"port": %d}},
                  {"name": "c1", "host": "127.0.0.1", "roles": ["catalog"],
                    "raft": {"port": %d}, "hazelcast": {"port": %d}},
                  {"name": "o1", "host": "127.0.0.1", "roles": ["order"],
                    "hazelcast": {"port": %d}}]}
                """
                    .formatted(ports.toArray()))
            .toString();
  }

  @AfterEach
  void stopAll() {
    run("down");
  }

  @Test
  void detachedUpIsReadyStartsTheKilledAgainAndIsStoppedByDown() throws Exception {
    Result up = run("up", "--detach", "--conf", conf);
    assertEquals(ExitCode.OK, up.exitCode(), up::toString);
    assertTrue(up.out().contains("http://127.0.0.1:" + httpPort), up::toString);
    assertTrue(up.out().contains("try this:"), up::toString);
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(data.adminToken())));
    assertEquals(List.of("c1", "f1", "o1"), running());

    long killed = pid("c1");
    assertTrue(ProcessHandle.of(killed).orElseThrow().destroyForcibly());
    await("c1 is started again", () -> pidFile("c1").alive().isPresent() && pid("c1") != killed);

    Result down = run("down");
    assertEquals(ExitCode.OK, down.exitCode(), down::toString);
    assertEquals(List.of(), running());
    assertTrue(data.supervisor().alive().isEmpty());
    assertEquals(ExitCode.UNAVAILABLE, run("status").exitCode());
  }

  @Test
  void startsOnlyThoseThatAreNamedAsTheOthersAreElsewhere() {
    Result unknown = run("up", "--detach", "--node", "c1,c2", "--conf", conf);
    assertEquals(ExitCode.USAGE, unknown.exitCode(), unknown::toString);
    assertTrue(unknown.err().contains("there is no node c2"), unknown::toString);
    Result up = run("up", "--detach", "--node", "c1,o1", "--conf", conf);
    assertEquals(ExitCode.OK, up.exitCode(), up::toString);
    assertEquals(List.of("c1", "o1"), running());
    assertFalse(up.out().contains("try this"), "there is no frontend here: " + up);
  }

  /** It takes the grace of a node, a quarter of a minute. */
  @Test
  @Tag("long")
  void downTellsOfANodeThatHadToBeKilled() throws Exception {
    Files.createDirectories(data.root());
    Files.writeString(data.root().resolve("o1.is-deaf"), "");
    assertEquals(ExitCode.OK, run("up", "--detach", "--conf", conf).exitCode());
    Result down = run("down");
    assertEquals(ExitCode.OK, down.exitCode(), down::toString);
    assertTrue(down.err().contains("o1 (pid "), down::toString);
    assertTrue(down.err().contains(Stopping.KILLING), down::toString);
  }

  @Test
  void theFirstNodeStartsAloneUntilItHasJoined() throws Exception {
    Files.createDirectories(data.root());
    Path late = Files.writeString(data.root().resolve("f1.joins-late"), "");
    CompletableFuture<Result> up =
        CompletableFuture.supplyAsync(() -> run("up", "--detach", "--conf", conf));
    // Every time that the supervisor asks it, it has looked after the nodes, too.
    await(
        "the supervisor has asked f1 ten times",
        () -> read(data.node("f1").log()).lines().filter("asked for /cluster"::equals).count() > 9);
    assertEquals(List.of("f1"), running());
    Files.delete(late);
    assertEquals(ExitCode.OK, up.get().exitCode(), () -> up.join().toString());
    assertEquals(List.of("c1", "f1", "o1"), running());
  }

  @Test
  void aFirstNodeThatDiesBeforeItHasJoinedHoldsNobodyUp() throws Exception {
    Files.createDirectories(data.root());
    Files.writeString(data.root().resolve("f1.dies"), "3");
    Result up = run("up", "--detach", "--conf", conf);
    assertEquals(ExitCode.UNAVAILABLE, up.exitCode(), up::toString);
    assertTrue(read(data.node("o1").log()).contains("stand-in of o1"), up::toString);
  }

  @Test
  void refusesASecondSupervisorAndAResetWhileItRuns() {
    assertEquals(ExitCode.OK, run("up", "--detach", "--conf", conf).exitCode());
    long supervisor = data.supervisor().alive().orElseThrow().pid();

    Result second = run("up", "--detach", "--conf", conf);
    assertEquals(ExitCode.REFUSED, second.exitCode(), second::toString);
    assertTrue(second.err().contains("already running"), second::toString);
    assertTrue(second.err().contains("pid " + supervisor), second::toString);

    Result reset = run("reset", "--yes");
    assertEquals(ExitCode.REFUSED, reset.exitCode(), reset::toString);
    assertTrue(Files.exists(data.node("c1").log()));

    Result status = run("status", "--json");
    assertEquals(ExitCode.OK, status.exitCode(), status::toString);
    JsonObject json = new JsonObject(status.out());
    assertEquals(supervisor, json.getLong("supervisor"));
    JsonObject catalog = json.getJsonArray("nodes").getJsonObject(0);
    assertEquals("c1", catalog.getString("node"));
    assertEquals(pid("c1"), catalog.getLong("pid"));
    assertEquals("leader", catalog.getJsonArray("replicas").getJsonObject(0).getString("role"));
    assertTrue(run("status").out().contains("leader: c1 (term 1)"));
    assertTrue(run("logs", "c1").out().contains("stand-in of c1"));
  }

  @Test
  void keepsWhatAKilledSupervisorLeftRunningAndReplacesWhatIsOtherwise() throws Exception {
    assertEquals(ExitCode.OK, run("up", "--detach", "--conf", conf).exitCode());
    List<Long> first = pids();
    killSupervisor();

    Result same = run("up", "--detach", "--conf", conf);
    assertEquals(ExitCode.OK, same.exitCode(), same::toString);
    assertEquals(first, pids());
    long adopted = pid("o1");
    ProcessHandle.of(adopted).orElseThrow().destroyForcibly();
    await(
        "an adopted node is started again",
        () -> pidFile("o1").alive().isPresent() && pid("o1") != adopted);
    killSupervisor();

    Files.writeString(Path.of(conf), Files.readString(Path.of(conf)) + "\n");
    Result other = run("up", "--detach", "--conf", conf);
    assertEquals(ExitCode.OK, other.exitCode(), other::toString);
    assertTrue(other.out().contains("replacing it"), other::toString);
    assertNotEquals(first.get(0), pids().get(0));
  }

  @Test
  void downStopsWhatAKilledSupervisorLeft() throws Exception {
    assertEquals(ExitCode.OK, run("up", "--detach", "--conf", conf).exitCode());
    killSupervisor();
    assertEquals(List.of("c1", "f1", "o1"), running());
    Result down = run("down");
    assertTrue(down.out().contains("stopped"), down::toString);
    assertEquals(List.of(), running());
  }

  @Test
  void saysWhoIsInTheWayOfAPortAndStartsNothing() throws Exception {
    try (ServerSocket other = new ServerSocket(httpPort, 1, InetAddress.getLoopbackAddress())) {
      Result up = run("up", "--detach", "--conf", conf);
      assertEquals(ExitCode.REFUSED, up.exitCode(), up::toString);
      String reason =
          "f1: port %d is in use by pid %d (java)"
              .formatted(other.getLocalPort(), ProcessHandle.current().pid());
      assertTrue(up.err().contains(reason), up::toString);
    }
    assertEquals(List.of(), running());
    assertTrue(Files.notExists(data.node("c1").path()));
  }

  @Test
  void tellsTheEndOfTheLogOfANodeThatCannotStart() throws Exception {
    Files.createDirectories(data.root());
    Files.writeString(data.root().resolve("o1.dies"), "1");
    Result up = run("up", "--detach", "--conf", conf);
    assertEquals(ExitCode.UNAVAILABLE, up.exitCode(), up::toString);
    assertTrue(up.err().contains("o1 ended while starting, with exit code 1"), up::toString);
    assertTrue(up.err().contains("the disk of o1 is on fire"), up::toString);
    assertEquals(List.of(), running());
    assertTrue(data.supervisor().alive().isEmpty());
  }

  @Test
  void triesAgainWhatANewStartMayCureButNotForEver() throws Exception {
    Files.createDirectories(data.root());
    Files.writeString(data.root().resolve("o1.dies"), "3");
    Result up = run("up", "--detach", "--conf", conf);
    assertEquals(ExitCode.UNAVAILABLE, up.exitCode(), up::toString);
    assertTrue(up.out().contains("starting it again in 0.5 s"), up::toString);
    assertTrue(up.out().contains("starting it again in 1.0 s"), up::toString);
    assertFalse(up.out().contains("starting it again in 2.0 s"), up::toString);
  }

  @Test
  void givesUpInTimeAndSaysWhoIsNotReady() throws Exception {
    Files.createDirectories(data.root());
    Files.writeString(data.root().resolve("f1.is-late"), "");
    Result up = run("up", "--detach", "--wait", "4", "--conf", conf);
    assertEquals(ExitCode.UNAVAILABLE, up.exitCode(), up::toString);
    assertTrue(up.err().contains("not ready after 4 s"), up::toString);
    assertEquals(List.of(), running());
  }

  @Test
  void ctrlCStopsAForegroundUp() throws Exception {
    // In the background of a script, tests are started with SIGINT ignored, and so is what they
    // start; at a terminal it is not.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.addAll(Program.ofThisProcess(StandIn.class).self());
    command.addAll(List.of("up", "--conf", conf, "--data", data.root().toString()));
    Path output = folder.resolve("up.out");
    Process up =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    await("it is up", () -> read(output).contains("Ctrl-C"));
    assertEquals(List.of("c1", "f1", "o1"), running());
    new ProcessBuilder("kill", "-INT", Long.toString(up.pid())).start().waitFor();
    assertTrue(up.waitFor(AWAIT_SECONDS, TimeUnit.SECONDS), () -> read(output));
    assertTrue(read(output).endsWith("stopped\n"), () -> read(output));
    assertEquals(List.of(), running());
  }

  private Result run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--data", data.root().toString()));
    if (args[0].equals("up")) {
      all.add("--java-opts=-XX:TieredStopAtLevel=1");
    }
    return Console.run(all.toArray(String[]::new));
  }

  private List<String> running() {
    return data.nodes().stream()
        .filter(node -> node.pidFile().alive().isPresent())
        .map(DataFolder.NodeFolder::name)
        .toList();
  }

  private List<Long> pids() {
    return List.of(pid("c1"), pid("f1"), pid("o1"));
  }

  private long pid(String node) {
    return pidFile(node).read().orElseThrow().proof().pid();
  }

  private PidFile pidFile(String node) {
    return data.node(node).pidFile();
  }

  private void killSupervisor() throws Exception {
    ProcessHandle supervisor = data.supervisor().alive().orElseThrow();
    supervisor.destroyForcibly();
    await("the supervisor is dead", () -> data.supervisor().alive().isEmpty());
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(AWAIT_SECONDS);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, what);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      return "";
    }
  }
}
