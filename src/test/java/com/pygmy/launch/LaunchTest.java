package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchTest {

  @TempDir private Path folder;

  private List<String> heapOf(String... javaOptions) throws Exception {
    Path file = folder.resolve("file");
    if (!Files.exists(file)) {
      Files.createFile(file);
    }
    Launch launch =
        new Launch(
            new Program(List.of("/nowhere/java", "-cp", file.toString(), "Y"), 1),
            file,
            TestConf.of(1, TestConf.NO_RESTOCK, Optional.empty()),
            new DataFolder(folder),
            List.of(javaOptions),
            Map.of());
    return launch.command(launch.conf().nodes().get(0)).stream()
        .filter(flag -> flag.matches("-Xm[sx].*|-XX:Max.*Percentage.*"))
        .toList();
  }

  /** Else Java would not start with a heap smaller than the one that nodes begin with. */
  @Test
  void aNodeHasAllOfItsHeapAtOnceUnlessTheJavaOptionsSayHowLargeItIs() throws Exception {
    assertEquals(List.of("-Xms256m", "-Xmx256m"), heapOf());
    assertEquals(
        List.of("-Xms256m", "-Xmx256m"), heapOf("-Da=-Xms1m", "-XX:+HeapDumpOnOutOfMemoryError"));
    assertEquals(List.of("-Xms64m", "-Xmx256m", "-Xmx128m"), heapOf("-Xmx128m"));
    assertEquals(
        List.of("-Xms64m", "-Xmx256m", "-XX:MaxRAMPercentage=10"),
        heapOf("-XX:MaxRAMPercentage=10"));
  }
}
