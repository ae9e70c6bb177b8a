package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.launch.PidFile.Running;
import com.pygmy.launch.SupervisedNode.Event;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a node may start; this process stands in for nodes that run. */
final class SupervisedNodeTest {

  private static final long NOW = 5;
  private static final long LATER = NOW + TimeUnit.MILLISECONDS.toNanos(Supervisor.FOUNDING_MILLIS);
  private static final ProcessProof SELF = ProcessProof.ofThisProcess();

  @TempDir private Path folder;
  private List<SupervisedNode> nodes;

  @BeforeEach
  void supervise() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    Launch launch =
        new Launch(
            new Program(List.of("/nowhere/java", "-cp", file.toString(), "Y"), 1),
            file,
            TestConf.of(3, TestConf.NO_RESTOCK, Optional.empty()),
            new DataFolder(folder),
            List.of(),
            Map.of());
    nodes = launch.conf().nodes().stream().map(n -> new SupervisedNode(launch, n, true)).toList();
  }

  @Test
  void aNodeThatKnowsOtherTokensWasStartedOtherwise() throws Exception {
    Path tokens = Files.writeString(folder.resolve("admin-token"), "old\n");
    String before = nodes.get(0).fingerprint();
    Files.writeString(tokens, "old\nnext\n");
    assertNotEquals(before, nodes.get(0).fingerprint());
    Files.writeString(tokens, "old\n");
    assertEquals(before, nodes.get(0).fingerprint());
  }

  @Test
  void aFileThatCannotBeReadStopsNobodyWhoLooksAfterNodes() throws Exception {
    Files.createDirectory(folder.resolve("admin-token"));
    SupervisedNode node = nodes.get(0);
    node.startSoon(NOW);
    assertInstanceOf(Event.NotStarted.class, node.tick(NOW, () -> true));
  }

  @Test
  void theFirstMayStartAndNobodyElseWhileItHasNotJoined() throws Exception {
    assertTrue(Supervisor.mayStartOneMore(nodes, NOW));
    runs(nodes.get(1), false);
    assertFalse(Supervisor.mayStartOneMore(nodes, NOW));
    runs(nodes.get(1), true);
    assertTrue(Supervisor.mayStartOneMore(nodes, NOW));
  }

  @Test
  void onceOneHasJoinedThoseThatHaveNotHoldNobodyUp() throws Exception {
    runs(nodes.get(0), false);
    runs(nodes.get(1), true);
    assertTrue(Supervisor.mayStartOneMore(nodes, NOW));
  }

  @Test
  void whoDoesNotJoinInTimeHoldsNobodyUp() throws Exception {
    runs(nodes.get(0), false);
    assertFalse(Supervisor.mayStartOneMore(nodes, LATER - 1));
    assertTrue(Supervisor.mayStartOneMore(nodes, LATER));
  }

  @Test
  void whatAProcessThatIsGoneHasJoinedDoesNotCount() throws Exception {
    runs(nodes.get(0), false);
    claim(nodes.get(0), new ProcessProof(SELF.pid(), "another boot/1"), true);
    assertFalse(Supervisor.mayStartOneMore(nodes, NOW));
  }

  @Test
  void aNodeThatIsDueWaitsUntilItMayStart() {
    SupervisedNode node = nodes.get(0);
    assertTrue(node.isGivenUp());
    node.startSoon(NOW);
    assertFalse(node.isGivenUp());
    assertEquals(new Event.Nothing(), node.tick(NOW, () -> false));
    assertEquals(new Event.Nothing(), node.tick(NOW - 1, () -> true));
    assertTrue(node.tick(NOW, () -> true) instanceof Event.Started first && !first.again());
    TestConf.until(
        "it ends, as there is no such Java",
        () -> node.tick(NOW, () -> false) instanceof Event.Died);
    long due = NOW + TimeUnit.MILLISECONDS.toNanos(Backoff.FIRST_MILLIS);
    assertEquals(new Event.Nothing(), node.tick(due - 1, () -> true));
    assertEquals(new Event.Nothing(), node.tick(due, () -> false));
    assertTrue(node.tick(due, () -> true) instanceof Event.Started second && second.again());
  }

  @Test
  void aNodeThatWasAskedToStopIsStartedAgainAtOnce() throws Exception {
    Path file = Files.createFile(folder.resolve("program"));
    Program stops = new Program(List.of("sh", "-c", "exit 143", "sh", file.toString()), 3);
    Launch launch =
        new Launch(
            stops,
            file,
            TestConf.of(1, TestConf.NO_RESTOCK, Optional.empty()),
            new DataFolder(folder),
            List.of(),
            Map.of("PATH", System.getenv("PATH")));
    SupervisedNode node = new SupervisedNode(launch, launch.conf().nodes().get(0), true);
    node.startSoon(NOW);
    assertTrue(node.tick(NOW, () -> true) instanceof Event.Started);
    TestConf.until(
        "it has stopped",
        () ->
            node.tick(NOW, () -> false) instanceof Event.Died died
                && died.retryMillis().equals(Optional.of(0L)));
    assertTrue(node.tick(NOW, () -> true) instanceof Event.Started again && again.again());
  }

  private static void runs(SupervisedNode node, boolean joined) throws Exception {
    node.adopt(SELF, NOW);
    claim(node, SELF, joined);
  }

  private static void claim(SupervisedNode node, ProcessProof proof, boolean joined)
      throws Exception {
    Files.createDirectories(node.folder().path());
    node.folder().pidFile().write(new Running(proof, "", List.of(), Optional.empty(), joined));
  }

  @Test
  void aNodeThatLeavesBeforeItHasSaidThatItRunsIsEnded() throws Exception {
    Process silent = new ProcessBuilder("sleep", "600").start();
    Process claimed = new ProcessBuilder("sleep", "600").start();
    try {
      nodes.get(0).adopt(ProcessProof.of(silent.pid()), NOW);
      nodes.get(1).adopt(ProcessProof.of(claimed.pid()), NOW);
      claim(nodes.get(1), ProcessProof.of(claimed.pid()), false);
      nodes.get(0).endUnclaimed();
      nodes.get(1).endUnclaimed();
      assertTrue(silent.waitFor(10, TimeUnit.SECONDS));
      assertTrue(claimed.isAlive(), "whoever removes it stops it");
    } finally {
      silent.destroyForcibly();
      claimed.destroyForcibly();
    }
  }
}
