package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.TestCertificate;
import com.pygmy.cli.ExitCode;
import com.pygmy.config.AdminToken;
import com.pygmy.launch.Console.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MainTest {

  private static final String ONE =
      """
      {"nodes": [{"name": "n1", "host": "127.0.0.1", "roles": ["frontend", "catalog", "order"],
        "http": {"port": 18081}, "raft": {"port": 19081}}]}
      """;

  private static final String TWO =
      """
      {"nodes": [
        {"name": "f1", "host": "127.0.0.1", "roles": ["frontend", "order"],
          "http": {"port": 18081}, "hazelcast": {"port": 15701}},
        {"name": "c1", "host": "127.0.0.1", "roles": ["catalog"],
          "raft": {"port": 19081}, "hazelcast": {"port": 15702}}]}
      """;

  @TempDir private Path folder;
  private final List<String> ran = new ArrayList<>();
  private List<AdminToken> tokens = List.of();

  @ParameterizedTest
  @ValueSource(strings = {"-conf", "--conf"})
  void runsTheOnlyNodeOfAConf(String option) throws Exception {
    Result result = run(option, conf(ONE), "--data", data());
    assertEquals(ExitCode.OK, result.exitCode(), result::toString);
    assertEquals(List.of("n1 in " + data()), ran);
  }

  @Test
  void runsTheNodeThatIsPicked() throws Exception {
    run("-conf=" + conf(TWO), "--node", "c1", "--data", data(), "--bootstrap");
    run("node", "f1", "-conf", conf(TWO), "--data", data());
    assertEquals(List.of("c1 in " + data() + " bootstrap", "f1 in " + data()), ran);
  }

  @Test
  void asksWhichOfSeveralNodes() throws Exception {
    Result none = run("--conf", conf(TWO), "--data", data());
    assertEquals(ExitCode.USAGE, none.exitCode());
    assertTrue(none.err().contains("f1, c1"), none::toString);
    Result unknown = run("node", "n9", "--conf", conf(TWO), "--data", data());
    assertEquals(ExitCode.USAGE, unknown.exitCode());
    assertTrue(unknown.err().contains("no node n9"), unknown::toString);
    assertEquals(List.of(), ran);
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "node n1", ""})
  void listsEverythingThatIsWrongWithAConf(String command) throws Exception {
    List<String> args =
        new ArrayList<>(command.isEmpty() ? List.of() : List.of(command.split(" ", -1)));
    args.addAll(List.of("--conf", conf("{\"nodes\": [], \"htpp\": {}}"), "--data", data()));
    Result result = run(args.toArray(String[]::new));
    assertEquals(ExitCode.USAGE, result.exitCode(), result::toString);
    assertTrue(result.err().contains("htpp"), result::toString);
    assertTrue(result.err().contains("nodes"), result::toString);
  }

  @Test
  void showsTheWayWithoutArguments() {
    Result nothing = run();
    assertEquals(ExitCode.OK, nothing.exitCode());
    assertTrue(nothing.out().contains("Usage:"), nothing::toString);
    assertTrue(nothing.out().contains("launcher/pygmy up --detach"), nothing::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fly", "up --nonsense", "lookup", "lookup x", "logs", "--node n1"})
  void aWrongCommandLineExitsWith2(String line) {
    assertEquals(ExitCode.USAGE, run(line.split(" ", -1)).exitCode(), line);
  }

  @Test
  void aSingleNodeWithoutATokenMakesOneThatOnlyItsOwnerReads() throws Exception {
    run("--conf", conf(ONE), "--data", data());
    Path file = Path.of(data(), "admin-token");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    List<AdminToken> first = tokens;
    assertEquals(List.of(new AdminToken(Files.readString(file).strip())), first);
    run("--conf", conf(ONE), "--data", data());
    assertEquals(first, tokens);
  }

  @ParameterizedTest
  @ValueSource(strings = {"node f1", "node c1"})
  void everyNodeKnowsAllTokensOfTheDataFolder(String command) throws Exception {
    Files.createDirectories(Path.of(data()));
    Files.writeString(Path.of(data(), "admin-token"), "old\n\n next \n");
    List<String> args = new ArrayList<>(List.of(command.split(" ", -1)));
    args.addAll(List.of("--conf", conf(TWO), "--data", data()));
    run(args.toArray(String[]::new));
    assertEquals(List.of(new AdminToken("old"), new AdminToken("next")), tokens);
  }

  @Test
  void aTokenThatNobodyCouldSendIsNotTaken() throws Exception {
    Files.createDirectories(Path.of(data()));
    Files.writeString(Path.of(data(), "admin-token"), "old\nnew one\n");
    Result result = run("--conf", conf(ONE), "--data", data());
    assertEquals(ExitCode.UNAVAILABLE, result.exitCode(), result::toString);
    assertTrue(result.err().contains("admin-token, line 2"), result::toString);
    assertTrue(!result.err().contains("new one"), result::toString);
    assertEquals(List.of(), ran);
  }

  @Test
  void aNodeThatSpeaksHttpsLeavesItsCertificateAndNotItsKey() throws Exception {
    TestCertificate shown = TestCertificate.local(folder);
    String tls = "], \"tls\": {\"certificate\": \"local.pem\", \"key\": \"local.key\"}}";
    String secure = ONE.stripTrailing().replaceFirst("]}$", tls);
    Result result = run("--conf", conf(secure), "--data", data());
    assertEquals(ExitCode.OK, result.exitCode(), result::toString);
    DataFolder.NodeFolder node = new DataFolder(Path.of(data())).node("n1");
    assertEquals(Files.readString(shown.certificate()), Files.readString(node.certificate()));
    assertTrue(node.pidFile().read().orElseThrow().url().orElseThrow().startsWith("https://"));
    run("--conf", conf(ONE), "--data", data());
    assertTrue(Files.notExists(node.certificate()));
    assertTrue(node.pidFile().read().orElseThrow().url().orElseThrow().startsWith("http://"));
  }

  @Test
  void onlyWhatStartsAFrontendNeedsTheKeyOfHttps() throws Exception {
    Path key = TestCertificate.local(folder).key();
    String tls = "], \"tls\": {\"certificate\": \"local.pem\", \"key\": \"local.key\"}}";
    String conf = conf(TWO.stripTrailing().replaceFirst("]}$", tls));
    Files.delete(key);
    Result catalog = run("node", "c1", "--conf", conf, "--data", data());
    assertEquals(ExitCode.OK, catalog.exitCode(), catalog::toString);
    for (String line : List.of("node f1", "up --no-respawn", "restore " + conf)) {
      List<String> args = new ArrayList<>(List.of(line.split(" ", -1)));
      args.addAll(List.of("--conf", conf, "--data", data()));
      Result result = run(args.toArray(String[]::new));
      assertEquals(ExitCode.USAGE, result.exitCode(), line + result);
      assertTrue(
          result.err().contains("tls.key: there is no readable file local.key"), line + result);
    }
    Result laid = run("restore", conf, "--no-start", "--conf", conf, "--data", data());
    assertTrue(laid.err().contains("nothing was restored"), "it has come as far: " + laid);
  }

  @Test
  void aConfiguredTokenIsKept() throws Exception {
    Console.run(
        Map.of("PYGMY_ADMIN_TOKEN", "given"), this::node, "--conf", conf(ONE), "--data", data());
    assertEquals(List.of(new AdminToken("given")), tokens);
    assertTrue(Files.notExists(Path.of(data(), "admin-token")));
  }

  @Test
  void refusesASecondNodeInAFolder() throws Exception {
    try (FolderLock lock =
        FolderLock.tryLock(new DataFolder(Path.of(data())).node("n1").lock()).orElseThrow()) {
      assertTrue(
          FolderLock.tryLock(new DataFolder(Path.of(data())).node("n1").lock()).isEmpty(),
          lock::toString);
      Result result = run("--conf", conf(ONE), "--data", data());
      assertEquals(ExitCode.REFUSED, result.exitCode(), result::toString);
      assertTrue(result.err().contains("already runs"), result::toString);
    }
    assertEquals(List.of(), ran);
  }

  @Test
  void resetRemovesWhatItKnowsAndNothingElse() throws Exception {
    run("--conf", conf(ONE), "--data", data());
    Path mine = Files.writeString(Path.of(data(), "thesis.txt"), "mine");
    Path other = Files.createDirectories(Path.of(data(), "photos"));
    assertEquals(ExitCode.OK, run("reset", "--yes", "--data", data()).exitCode());
    assertTrue(Files.exists(mine));
    assertTrue(Files.exists(other));
    assertTrue(Files.notExists(Path.of(data(), "n1")));
    assertTrue(Files.notExists(Path.of(data(), "admin-token")));
  }

  @Test
  void whatIsNotThereIsSaid() {
    assertEquals(ExitCode.UNAVAILABLE, run("status", "--data", data()).exitCode());
    assertEquals(ExitCode.OK, run("down", "--data", data()).exitCode());
    assertEquals(ExitCode.REFUSED, run("logs", "n1", "--data", data()).exitCode());
    assertEquals(ExitCode.OK, run("reset", "--data", data()).exitCode());
  }

  private Result run(String... args) {
    return Console.run(Map.of(), this::node, args);
  }

  private int node(NodeTask task) {
    tokens = task.conf().adminTokens();
    ran.add(task.node().name() + " in " + task.data() + (task.bootstrap() ? " bootstrap" : ""));
    return ExitCode.OK;
  }

  private String conf(String text) throws Exception {
    return Files.writeString(folder.resolve("conf.json"), text).toString();
  }

  private String data() {
    return folder.resolve("data").toString();
  }
}
