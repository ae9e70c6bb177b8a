package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cli.ExitCode;
import com.pygmy.deploy.Found;
import com.pygmy.launch.Console.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code deploy} refuses before it asks any host, and what it makes of their answers. */
@Timeout(60)
final class DeployCommandTest {

  @TempDir private Path folder;

  @BeforeEach
  void twoNodes() throws Exception {
    Files.writeString(
        folder.resolve("shop.json"),
        """
        {"nodes": [
          {"name": "n1", "host": "10.9.0.1", "roles": ["frontend", "order"],
            "http": {"port": 8081}, "hazelcast": {"port": 5701}},
          {"name": "n2", "host": "10.9.0.2", "roles": ["catalog"],
            "raft": {"port": 9081}, "hazelcast": {"port": 5702}}]}
        """);
    Files.writeString(folder.resolve("hosts.txt"), "n1 a\nn2 b\n");
  }

  @ParameterizedTest
  @CsvSource({
    "up --node n3, there is no node n3",
    "up --timeout 0, --timeout must be 1…3600",
    "up --wait 0, --wait and --copy-timeout must be 1 or more",
    "restart --copy-timeout 9999, at most 3600",
    "up --systemd --java-opts=-Xmx1g, with --systemd",
    "logs -n -1, --lines must be 0 or more",
    "status --hosts none.txt, there is no file",
  })
  void aWrongCommandLineAsksNobody(String line, String why) {
    Result result = run(line.split(" ", -1));
    assertEquals(ExitCode.USAGE, result.exitCode(), result::toString);
    assertTrue(result.err().contains(why), result::toString);
  }

  @Test
  void everyErrorOfTheHostsFileIsTold() throws Exception {
    Files.writeString(folder.resolve("hosts.txt"), "n1 a;b\nn9 c\n");
    Result result = run("down");
    assertEquals(ExitCode.USAGE, result.exitCode(), result::toString);
    assertTrue(result.err().contains("hosts.txt, line 1: 'a;b' is no"), result::toString);
    assertTrue(result.err().contains("hosts.txt, line 2: there is no node 'n9'"), result::toString);
  }

  /** The hosts have the file alone: what our own variables say is nothing to them. */
  @Test
  void noVariableChangesTheConf() {
    Result result =
        Console.run(
            Map.of("PYGMY_NODES_0_NAME", "n7"),
            task -> 0,
            arguments("status", "--node", "n7").toArray(String[]::new));
    assertTrue(result.err().contains("there is no node n7"), result::toString);
  }

  @Test
  void aHostThatSaysNothingIsToldInTime() throws Exception {
    // ssh waits for the greeting of a server.
    Path config =
        Files.writeString(
            folder.resolve("ssh_config"), "Host *\n  ProxyCommand sh -c 'exec sleep 30'\n");
    long start = System.nanoTime();
    Result result = run("down", "--timeout", "1", "--ssh-config", config.toString());
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    assertEquals(ExitCode.UNAVAILABLE, result.exitCode(), result::toString);
    assertTrue(result.err().contains("n1 (a)"), result::toString);
    assertTrue(result.err().contains("n2 (b)"), result::toString);
    assertFalse(result.out().contains("stopped"), result::toString);
    assertTrue(seconds < 20, () -> seconds + " s");
  }

  @Test
  void aNodeThatNobodyHearsIsNoneOfTheView() {
    String json =
        """
        current one
        runs one
        supervised
        status
        {"answered": true, "nodes": [
          {"node": "n1", "running": true, "replicas": [{"replica": "n1", "service": "order",
            "role": "serving", "ready": true}]},
          {"node": "n2", "running": true}]}
        """;
    HostStatus status = HostStatus.of(Found.parse("Welcome!\n" + json));
    assertEquals(List.of("n1"), status.view().orElseThrow().nodes());
    assertTrue(status.found().is(Found.Mark.SUPERVISED));
    HostStatus alone =
        HostStatus.of(Found.parse(json.replace("true, \"nodes\"", "false, \"nodes\"")));
    assertTrue(alone.view().isEmpty(), "no frontend answered");
    assertTrue(HostStatus.of(Found.parse("status\n{nonsense")).view().isEmpty());
  }

  private Result run(String... words) {
    return Console.run(arguments(words).toArray(String[]::new));
  }

  private List<String> arguments(String... words) {
    List<String> all = new ArrayList<>(List.of("deploy"));
    all.addAll(List.of(words));
    all.addAll(List.of("--conf", folder.resolve("shop.json").toString()));
    if (!all.contains("--hosts")) {
      all.addAll(List.of("--hosts", folder.resolve("hosts.txt").toString()));
    }
    return all;
  }
}
