package com.pygmy.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The unit of {@code launcher/systemd}. */
@Timeout(60)
final class SystemdUnitTest {

  private static final Path UNIT = Path.of("launcher/systemd/pygmy@.service");

  @TempDir private Path home;

  @Test
  void systemdUnderstandsEveryLine() throws Exception {
    Path program = home.resolve("nodes/n1/current/launcher/pygmy");
    Files.createDirectories(program.getParent());
    assertTrue(Files.writeString(program, "#!/bin/sh\n").toFile().setExecutable(true));
    Path unit = home.resolve("pygmy@n1.service");
    Files.writeString(unit, Files.readString(UNIT).replace("/opt/pygmy", home.toString()));
    String analyze = "systemd-analyze";
    boolean isThere =
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, analyze)));
    if (!isThere) {
      System.out.println("UNIT NOT VERIFIED: there is no systemd-analyze");
      Assumptions.abort("there is no systemd-analyze");
    }
    Process verify =
        new ProcessBuilder(analyze, "verify", unit.toString()).redirectErrorStream(true).start();
    String said = new String(verify.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, verify.waitFor(), said);
    // Of a line that it ignores it only warns; of other units on this machine it may warn, too.
    assertEquals(List.of(), said.lines().filter(line -> line.contains("pygmy@")).toList());
  }

  /** Stopping may take as long as `restart --rolling` gives it; its memory holds a node's heap. */
  @Test
  void itsLimitsAreThoseOfANode() throws Exception {
    assertTrue(number("TimeoutStopSec=(\\d+)") >= 30);
    assertTrue(number("MemoryMax=(\\d+)M") >= 450);
  }

  private static int number(String pattern) throws Exception {
    Matcher line = Pattern.compile("(?m)^" + pattern + "$").matcher(Files.readString(UNIT));
    assertTrue(line.find(), pattern);
    return Integer.parseInt(line.group(1));
  }
}
