package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.launch.PidFile.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever has left is stopped, and so is what was started for it meanwhile. */
class FarewellTest {

  @TempDir private Path folder;

  private Process start(DataFolder.NodeFolder node) {
    try {
      Process process = new ProcessBuilder("sleep", "600").start();
      ProcessProof proof = ProcessProof.of(process.pid());
      node.pidFile().write(new Running(proof, "", List.of("catalog"), Optional.empty(), true));
      return process;
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }

  @Test
  void whatASupervisorStartedBeforeItSawTheRosterIsStoppedToo() throws Exception {
    DataFolder.NodeFolder node = new DataFolder(folder).node("n4");
    Files.createDirectories(node.path());
    Process first = start(node);
    CompletableFuture<Process> second = first.onExit().thenApply(gone -> start(node));
    assertTrue(new Farewell(node, System::nanoTime, line -> {}).stop());
    try {
      // Dead to the kernel; the JVM learns of it a moment later.
      assertTrue(first.waitFor(10, TimeUnit.SECONDS));
      assertTrue(second.join().waitFor(10, TimeUnit.SECONDS));
    } finally {
      first.destroyForcibly();
      second.join().destroyForcibly();
    }
  }

  @Test
  void whereNothingRunsNothingIsStopped() throws Exception {
    DataFolder.NodeFolder node = new DataFolder(folder).node("n4");
    assertTrue(new Farewell(node, System::nanoTime, line -> {}).stop());
  }
}
