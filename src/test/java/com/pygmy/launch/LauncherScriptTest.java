package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code launcher/pygmy} with programs of our own in the place of Java and Maven. */
@Timeout(60)
final class LauncherScriptTest {

  private static final String FAKE_JAVA =
      "if [ \"$1\" = -version ]; then echo 'openjdk version \"%s\" 2026-01-01' >&2; exit; fi\n"
          + "echo \"home=$PYGMY_HOME\"; for arg in \"$@\"; do echo \"<$arg>\"; done";

  @TempDir private Path folder;
  private Path home;
  private Path bin;

  @BeforeEach
  void install() throws Exception {
    home = Files.createDirectories(folder.toRealPath().resolve("my pygmy"));
    Files.createDirectories(home.resolve("launcher"));
    Files.copy(Path.of("launcher/pygmy"), home.resolve("launcher/pygmy"));
    executable(home.resolve("launcher/pygmy"));
    bin = Files.createDirectories(folder.resolve("bin"));
    for (String tool :
        List.of("dirname", "readlink", "sed", "head", "tail", "grep", "mkdir", "rm")) {
      program(tool, "exec " + find(tool) + " \"$@\"");
    }
    Files.createDirectories(home.resolve("target"));
    Files.writeString(home.resolve("target/pygmy.jar"), "");
  }

  private record Result(int exitCode, String output) {}

  @Test
  void findsItsHomeThroughLinksFromAnywhere() throws Exception {
    program("java", FAKE_JAVA.formatted("17.0.1"));
    Path elsewhere = Files.createDirectories(folder.resolve("else where"));
    Files.createSymbolicLink(elsewhere.resolve("link one"), home.resolve("launcher"));
    Path link = Files.createSymbolicLink(elsewhere.resolve("p"), Path.of("link one", "pygmy"));
    Result result = run(Map.of(), elsewhere, link, "buy", "a b", "");
    assertEquals(0, result.exitCode(), result::output);
    List<String> lines = result.output().lines().toList();
    assertEquals("home=" + home, lines.get(0));
    assertTrue(lines.contains("<-Xmx64m>"), result::output);
    assertEquals(
        List.of("<-jar>", "<" + home + "/target/pygmy.jar>", "<buy>", "<a b>", "<>"),
        lines.subList(lines.size() - 5, lines.size()));
  }

  @Test
  void givesNodesTheirHeapAndTakesJavaOptions() throws Exception {
    program("java", FAKE_JAVA.formatted("25"));
    Map<String, String> options = Map.of("PYGMY_JAVA_OPTS", "-XX:+UseG1GC -Da=b");
    Result result = run(options, folder, script(), "-conf", "x");
    assertTrue(result.output().contains("<-Xmx256m>"), result::output);
    assertTrue(result.output().contains("<-Da=b>"), result::output);
    assertTrue(!result.output().contains("SerialGC"), result::output);
  }

  @Test
  void givesNodesTheFlagsThatASupervisorGivesThem() throws Exception {
    program("java", FAKE_JAVA.formatted("25"));
    List<String> flags = new ArrayList<>(Launch.NODE_FLAGS);
    flags.addAll(Launch.NODE_HEAP);
    flags.add(Launch.NODE_COLLECTOR);
    String expected = flags.stream().map(flag -> "<" + flag + ">\n").collect(Collectors.joining());
    for (String first : List.of("node", "-conf", "--conf=x", "--node")) {
      Result result = run(Map.of(), folder, script(), first, "x");
      assertTrue(result.output().contains("<-Xshare:auto>\n" + expected), result::output);
    }
  }

  /** Else Java would not start with a heap smaller than the one that nodes begin with. */
  @Test
  void beginsWithASmallHeapWhenTheJavaOptionsSayHowLargeItMayBe() throws Exception {
    program("java", FAKE_JAVA.formatted("25"));
    for (String said : List.of("-Xmx128m", "-Da=b\n-Xms32m", "-XX:MaxRAMPercentage=10")) {
      Result result = run(Map.of("PYGMY_JAVA_OPTS", said), folder, script(), "node", "x");
      assertTrue(result.output().contains("<-Xms64m>"), result::output);
    }
  }

  @Test
  void saysThatJavaIsMissingOrTooOld() throws Exception {
    Result none = run(Map.of(), folder, script(), "status");
    assertEquals(3, none.exitCode());
    assertTrue(none.output().startsWith("pygmy: there is no java; install"), none::output);
    assertEquals(1, none.output().lines().count());

    Result wrong = run(Map.of("JAVA_HOME", "/nowhere"), folder, script(), "status");
    assertEquals(3, wrong.exitCode());
    assertTrue(wrong.output().contains("JAVA_HOME is /nowhere"), wrong::output);

    for (String old : List.of("1.8.0_402", "11.0.2")) {
      program("java", FAKE_JAVA.formatted(old));
      Result result = run(Map.of(), folder, script(), "status");
      assertEquals(3, result.exitCode(), result::output);
      assertTrue(result.output().contains("Pygmy needs 17 or newer"), result::output);
    }
  }

  @Test
  void buildsTheJarOnceWhenItIsMissing() throws Exception {
    program("java", FAKE_JAVA.formatted("17"));
    Files.delete(home.resolve("target/pygmy.jar"));
    Result none = run(Map.of(), folder, script(), "status");
    assertEquals(3, none.exitCode());
    assertTrue(none.output().contains("there is no mvn"), none::output);

    program("mvn", "echo '[ERROR] the moon is in the way'; exit 1");
    Result failed = run(Map.of(), folder, script(), "status");
    assertEquals(3, failed.exitCode());
    assertTrue(failed.output().contains("the moon is in the way"), failed::output);

    program("mvn", "echo noise; echo > target/pygmy.jar");
    Result built = run(Map.of(), folder, script(), "status");
    assertEquals(0, built.exitCode(), built::output);
    assertTrue(built.output().contains("building target/pygmy.jar"), built::output);
    assertTrue(!built.output().contains("noise"), built::output);
  }

  private Path script() {
    return home.resolve("launcher/pygmy");
  }

  private void program(String name, String script) throws Exception {
    Path file = bin.resolve(name);
    Files.deleteIfExists(file);
    Files.writeString(file, "#!" + find("bash") + "\n" + script + "\n");
    executable(file);
  }

  private Result run(Map<String, String> environment, Path from, Path script, String... args)
      throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of(find("bash")));
    command.add(script.toString());
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(from.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(new HashMap<>(environment));
    builder.environment().put("PATH", bin.toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  private static void executable(Path file) throws Exception {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static String find(String tool) {
    for (String path : System.getenv("PATH").split(":", -1)) {
      if (Files.isExecutable(Path.of(path, tool))) {
        return Path.of(path, tool).toString();
      }
    }
    throw new IllegalStateException("no " + tool);
  }
}
