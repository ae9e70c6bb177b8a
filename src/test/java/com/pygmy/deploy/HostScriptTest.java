package com.pygmy.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.deploy.Found.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code host.sh} leaves on a disk, run here as a login shell runs it there. */
@Timeout(60)
final class HostScriptTest {

  /** Stands in for the launcher: tells what it was started with. */
  private static final String LAUNCHER = "#!/bin/sh\nprintf '<%s>' \"$@\"\n";

  private static final String ID = "abcdef012345";

  @TempDir private Path home;
  private String jar;
  private String launcher;
  private String service = "supervisor";

  private record Ran(int exitCode, String out, String err) {}

  @BeforeEach
  void files() throws Exception {
    jar = Release.hash(file("jar", "a jar"));
    launcher = Release.hash(file("launcher", LAUNCHER));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "it's", "$(reboot)", "`reboot`", "a b\tc\nd", "\\'; reboot #", "-n", "é*?"})
  void aWordComesAsItWasGiven(String word) throws Exception {
    Process shell = new ProcessBuilder("sh", "-c", "printf %s " + HostScript.quote(word)).start();
    assertEquals(word, new String(shell.getInputStream().readAllBytes(), UTF_8));
  }

  @Test
  void whatIsThereIsNotNeeded() throws Exception {
    assertEquals(Set.of(jar, launcher), look().needed());
    assertEquals(Set.of(), look().marks());
    assertTrue(Files.notExists(home.resolve("shop")), "looking leaves nothing");
    put(jar, "jar");
    assertEquals(Set.of(launcher), look().needed());
  }

  @Test
  void aFileThatComesInPartLeavesNothing() throws Exception {
    file("part", "a j");
    Ran cut = run(Optional.of(home.resolve("part")), "put", jar);
    assertEquals(1, cut.exitCode());
    assertTrue(cut.err().contains("damaged, or in part"), cut::toString);
    assertEquals(List.of(), names("shop/files"));
  }

  @Test
  void aFileWhoseSenderIsKilledLeavesNothing() throws Exception {
    Process put = start(ProcessBuilder.Redirect.PIPE, "put", jar);
    put.getOutputStream().write("a ".getBytes(UTF_8));
    put.getOutputStream().flush();
    Path files = home.resolve("shop/files");
    while (!Files.exists(files) || names("shop/files").isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    assertEquals(Set.of(jar, launcher), look().needed(), "half of it is not it");
    put.getOutputStream().close();
    assertEquals(1, put.waitFor());
    assertEquals(List.of(), names("shop/files"));
  }

  @Test
  void aReleaseIsWholeOrNotThereAndMadeOnce() throws Exception {
    put(jar, "jar");
    Ran early = release();
    assertTrue(early.exitCode() != 0, early::toString);
    assertEquals(List.of(), names("shop/releases"));
    put(launcher, "launcher");
    ok(release());
    ok(release());
    assertEquals(List.of(ID), names("shop/releases"));
    Path made = home.resolve("shop/releases/" + ID);
    assertEquals("a jar", Files.readString(made.resolve("target/pygmy.jar")));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(made.resolve("launcher/pygmy"))));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(made.resolve("target/pygmy.jar"))));
  }

  @Test
  void upStartsTheNodeFromItsReleaseAndRemembersTheOneBefore() throws Exception {
    shipped();
    Ran up = run(Optional.empty(), "up", "n1", ID, "50", "-Xmx99m -Da='b'");
    assertEquals(0, up.exitCode(), up::toString);
    assertEquals(
        "<up><--detach><--node><n1><--conf><%s/releases/%s/conf/shop.json><--data><%s/nodes/n1/data>"
                .formatted(shop(), ID, shop())
            + "<--wait><50><--java-opts=-Xmx99m -Da='b'>",
        up.out());
    assertEquals(Optional.of(ID), look().current());
    assertEquals(Optional.empty(), look().runs());

    ok(run(Optional.empty(), "release", "other", "launcher/pygmy", launcher));
    ok(run(Optional.empty(), "up", "n1", "other", "50", ""));
    ok(run(Optional.empty(), "up", "n1", "other", "50", ""));
    assertEquals("other", leadsTo("current"));
    assertEquals(ID, leadsTo("previous"));
    Ran down = run(Optional.empty(), "down", "n1");
    assertEquals("<down><--data><%s/nodes/n1/data>".formatted(shop()), down.out());
  }

  @Test
  void aReleaseThatIsNotThereIsNotStarted() throws Exception {
    shipped();
    ok(run(Optional.empty(), "up", "n1", ID, "50", ""));
    assertEquals(1, run(Optional.empty(), "up", "n1", "gone", "50", "").exitCode());
    assertEquals(ID, leadsTo("current"));
  }

  @Test
  void pruneKeepsWhatANodeWasStartedFromLastAndBefore() throws Exception {
    shipped();
    for (String id : List.of("one", "two", "three")) {
      String own = Release.hash(file(id, id));
      put(own, id);
      ok(run(Optional.empty(), "release", id, "launcher/pygmy", launcher, "target/pygmy.jar", own));
      ok(run(Optional.empty(), "up", "n1", id, "50", ""));
    }
    ok(run(Optional.empty(), "prune"));
    assertEquals(List.of("three", "two"), names("shop/releases"));
    assertEquals(3, names("shop/files").size(), "the launcher and two jars");
    ok(run(Optional.empty(), "prune"));
    assertEquals(Set.of(jar), look().needed());
  }

  @Test
  void theTokenIsItsOwnersAloneAndWhole() throws Exception {
    Path token = file("token", "secret\n");
    String hash = Release.hash(token);
    ok(run(Optional.of(token), "token", "n1", hash));
    assertEquals(1, run(Optional.of(file("cut", "sec")), "token", "n1", hash).exitCode());
    Path there = home.resolve("shop/nodes/n1/data/admin-token");
    assertEquals("secret\n", Files.readString(there));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(there)));
    assertEquals(List.of("admin-token"), names("shop/nodes/n1/data"));
    assertTrue(look().is(Mark.TOKEN));
  }

  @Test
  void tellsWhichReleaseAProcessRuns() throws Exception {
    shipped();
    Process node = new ProcessBuilder("sh", "-c", "exec sleep 60").start();
    try {
      Path data = Files.createDirectories(home.resolve("shop/nodes/n1/data/n1"));
      Files.writeString(data.resolve("pid"), node.pid() + "\n");
      assertEquals(Optional.empty(), look().runs(), "another process has that pid now");
    } finally {
      node.destroyForcibly();
    }
    // As java shows it, with its words in the places of the script's own.
    Process other =
        new ProcessBuilder(
                "sh",
                "-c",
                "read wait",
                "-jar",
                shop() + "/releases/" + ID + "/target/pygmy.jar",
                "--conf",
                "x",
                "--node",
                "n1",
                "--data",
                "y")
            .start();
    try {
      Files.writeString(home.resolve("shop/nodes/n1/data/n1/pid"), other.pid() + "\n");
      assertEquals(Optional.of(ID), look().runs());
      assertFalse(look().is(Mark.JOINED));
      Path said = home.resolve("shop/nodes/n1/data/n1/process.json");
      Files.writeString(said, "{\n  \"pid\" : 1,\n  \"joined\" : true\n}");
      assertFalse(look().is(Mark.JOINED), "the process before said that");
      Files.writeString(said, "{\"pid\" : " + other.pid() + ",\n  \"joined\" : true\n}");
      assertTrue(look().is(Mark.JOINED));
    } finally {
      other.destroyForcibly();
    }
  }

  /** With stand-ins for its commands. */
  @Test
  void asAServiceANodeIsStartedAndStoppedAndReadBySystemd() throws Exception {
    shipped();
    service = "systemd";
    Path commands = Files.createDirectories(home.resolve("commands"));
    for (String name : List.of("systemctl", "journalctl")) {
      Path command = Files.writeString(commands.resolve(name), LAUNCHER);
      assertTrue(command.toFile().setExecutable(true));
    }
    Path sudo = Files.writeString(commands.resolve("sudo"), "#!/bin/sh\nshift\nexec \"$@\"\n");
    assertTrue(sudo.toFile().setExecutable(true));
    assertEquals("<start><pygmy@n1>", run(Optional.empty(), "up", "n1", ID, "50", "").out());
    assertEquals(ID, leadsTo("current"));
    assertTrue(look().is(Mark.SERVICE));
    assertEquals(Optional.of(ID), look().taken(), "it will run that when it is started again");
    Ran down = run(Optional.empty(), "down", "n1");
    assertEquals("<stop><pygmy@n1>", down.out());
    assertEquals("", down.err());
    Files.writeString(commands.resolve("systemctl"), "#!/bin/sh\n[ $1 != show ] || echo timeout\n");
    assertTrue(run(Optional.empty(), "down", "n1").err().endsWith("killing it\n"));
    assertEquals(
        "<--quiet><--output=cat><--unit=pygmy@n1><--lines=20>",
        run(Optional.empty(), "log", "n1", "node", "20").out());
    assertEquals("", run(Optional.empty(), "log", "n1", "supervisor", "20").out());
  }

  @Test
  void aStepThatNobodyKnowsIsRefused() throws Exception {
    assertEquals(1, run(Optional.empty(), "format").exitCode());
  }

  private void shipped() throws Exception {
    put(jar, "jar");
    put(launcher, "launcher");
    ok(release());
  }

  private Ran release() throws Exception {
    return run(
        Optional.empty(), "release", ID, "launcher/pygmy", launcher, "target/pygmy.jar", jar);
  }

  private void put(String hash, String name) throws Exception {
    ok(run(Optional.of(home.resolve(name)), "put", hash));
  }

  private Found look() throws Exception {
    Ran ran = run(Optional.empty(), "look", "n1", jar, launcher);
    assertEquals(0, ran.exitCode(), ran::toString);
    return Found.parse(ran.out());
  }

  private String shop() throws IOException {
    return home.toRealPath().resolve("shop").toString();
  }

  private String leadsTo(String link) throws IOException {
    return Files.readSymbolicLink(home.resolve("shop/nodes/n1/" + link)).getFileName().toString();
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(home.resolve(name), text);
  }

  private List<String> names(String below) throws IOException {
    if (!Files.exists(home.resolve(below))) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(home.resolve(below))) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static void ok(Ran ran) {
    assertEquals(0, ran.exitCode(), ran::toString);
  }

  private Process start(ProcessBuilder.Redirect input, String step, String... words)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(step, "shop", service));
    all.addAll(List.of(words));
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-c", HostScript.command(all))
            .directory(home.toFile())
            .redirectInput(input);
    shell.environment().put("JAVA_HOME", System.getProperty("java.home"));
    shell.environment().merge("PATH", home.resolve("commands") + ":", (was, first) -> first + was);
    return shell.start();
  }

  private Ran run(Optional<Path> input, String step, String... words) throws Exception {
    Process shell =
        start(
            ProcessBuilder.Redirect.from(input.orElse(Path.of("/dev/null")).toFile()), step, words);
    String out = new String(shell.getInputStream().readAllBytes(), UTF_8);
    String err = new String(shell.getErrorStream().readAllBytes(), UTF_8);
    return new Ran(shell.waitFor(), out, err);
  }
}
