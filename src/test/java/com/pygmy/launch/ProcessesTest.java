package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.launch.PidFile.Running;
import com.pygmy.launch.Stopping.Target;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ProcessesTest {

  @TempDir private Path folder;

  @Test
  void aProofHoldsWhileItsProcessLives() throws Exception {
    Process process = sh("sleep 100");
    ProcessProof proof = ProcessProof.of(process.pid());
    assertTrue(proof.isAlive());
    process.destroyForcibly().waitFor();
    assertFalse(proof.isAlive());
  }

  @Test
  void aPidThatWasGivenToAStrangerProvesNothing() {
    ProcessProof ours = ProcessProof.ofThisProcess();
    assertTrue(ours.isAlive());
    assertFalse(new ProcessProof(ours.pid(), "another boot/1").isAlive());
    assertFalse(new ProcessProof(ours.pid(), "").isAlive());
  }

  @Test
  void aStrangerIsNotStopped() throws Exception {
    Process stranger = sh("sleep 100");
    Target target = new Target("n1", List.of(), new ProcessProof(stranger.pid(), "old"));
    assertEquals(Stopping.End.STOPPED, stopping(100, new ArrayList<>()).stop(List.of(target)));
    assertTrue(stranger.isAlive());
    stranger.destroyForcibly().waitFor();
  }

  @Test
  void whoDoesNotStopInTimeIsKilledAndTold() throws Exception {
    Process deaf = sh("trap '' TERM; echo deaf; while true; do sleep 1; done");
    assertEquals('d', deaf.getInputStream().read());
    List<String> said = new ArrayList<>();
    assertEquals(
        Stopping.End.KILLED, stopping(300, said).stop(List.of(target("n1", deaf, "catalog"))));
    assertEquals(1, said.size());
    assertTrue(said.get(0).contains("n1"), said::toString);
    assertEquals(137, deaf.waitFor());
  }

  @Test
  void frontendsStopBeforeOrdersBeforeCatalogs() throws Exception {
    Path order = folder.resolve("order");
    List<Target> targets =
        List.of(
            target("c1", dying("c1", order), "catalog"),
            target("o1", dying("o1", order), "order"),
            target("f1", dying("f1", order), "frontend"));
    assertEquals(Stopping.End.STOPPED, stopping(20_000, new ArrayList<>()).stop(targets));
    assertEquals(List.of("f1", "o1", "c1"), Files.readAllLines(order));
  }

  @Test
  void pidFilesTellWhatWasWritten() throws Exception {
    PidFile file = PidFile.ofNode(folder);
    assertEquals(Optional.empty(), file.read());
    Running running =
        new Running(
            ProcessProof.ofThisProcess(), "abc", List.of("order"), Optional.of("http://x"), true);
    file.write(running);
    assertEquals(Optional.of(running), file.read());
    assertEquals(
        Long.toString(running.proof().pid()), Files.readString(folder.resolve("pid")).strip());
    Files.writeString(folder.resolve("process.json"), "{\"pid\":\"x\"}");
    assertEquals(Optional.empty(), file.read());
  }

  @Test
  void tellsWhoListensOnAPort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String complaint = PortUse.complaint("127.0.0.1", socket.getLocalPort()).orElseThrow();
      assertEquals(
          "port %d is in use by pid %d (java)"
              .formatted(socket.getLocalPort(), ProcessHandle.current().pid()),
          complaint);
    }
    assertTrue(PortUse.complaint("192.0.2.1", 80).orElseThrow().contains("no address of this"));
    assertTrue(PortUse.complaint("no.such.invalid", 80).orElseThrow().contains("unknown"));
  }

  @Test
  void backsOffFromHalfASecondToThirtyAndForgetsAfterAMinute() {
    Backoff backoff = new Backoff();
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      waits.add(backoff.afterLifeOf(0));
    }
    assertEquals(List.of(500L, 1000L, 2000L, 4000L, 8000L, 16000L, 30000L, 30000L), waits);
    assertEquals(30_000, backoff.afterLifeOf(59_999));
    assertEquals(500, backoff.afterLifeOf(60_000));
    assertEquals(1_000, backoff.afterLifeOf(0));
  }

  @Test
  void aLogIsMovedWhenItIsLargeAndItsWriterGoesOn() throws Exception {
    Path path = folder.resolve("node.log");
    LogFile log = new LogFile(path);
    Process writer =
        new ProcessBuilder("sh", "-c", "while read line; do echo \"$line\"; done")
            .redirectOutput(ProcessBuilder.Redirect.appendTo(path.toFile()))
            .start();
    try (java.io.Writer lines = writer.outputWriter()) {
      for (int round = 1; round <= 5; round++) {
        lines.write("round " + round + "\n");
        lines.flush();
        awaitSize(log, 8);
        log.rotateIfLarge(7);
        assertEquals(0, Files.size(path));
      }
    }
    assertEquals("round 5\n", Files.readString(folder.resolve("node.log.1")));
    assertEquals("round 3\n", Files.readString(folder.resolve("node.log.3")));
    assertTrue(Files.notExists(folder.resolve("node.log.4")));
    assertEquals(0, writer.waitFor());
  }

  @Test
  void lastLinesAreThoseOfTheLatestLife() throws Exception {
    Path path = Files.writeString(folder.resolve("node.log"), "old\none\ntwo\nthree\n");
    LogFile log = new LogFile(path);
    assertEquals(List.of("two", "three"), log.lastLines(2, 0));
    assertEquals(List.of("one", "two", "three"), log.lastLines(9, 4));
    assertEquals(List.of(), new LogFile(folder.resolve("none")).lastLines(9, 0));
  }

  private static void awaitSize(LogFile log, long size) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (log.sizeOrZero() < size) {
      assertTrue(System.nanoTime() < deadline, "the writer writes");
      Thread.onSpinWait();
    }
  }

  private static Process sh(String script) throws Exception {
    return new ProcessBuilder("sh", "-c", script).start();
  }

  /** Notes its name when it is asked to stop. */
  private static Process dying(String name, Path note) throws Exception {
    Process process =
        sh(
            "trap 'echo %s >> \"%s\"; exit 0' TERM; echo ready; while true; do sleep 0.05; done"
                .formatted(name, note));
    assertEquals('r', process.getInputStream().read());
    return process;
  }

  private static Target target(String name, Process process, String role) {
    return new Target(name, List.of(role), ProcessProof.of(process.pid()));
  }

  private static Stopping stopping(long graceMillis, List<String> said) {
    return new Stopping(graceMillis, System::nanoTime, said::add);
  }
}
