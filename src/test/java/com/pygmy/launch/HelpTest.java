package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cli.ExitCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** {@code --help} of every command there is. */
@Timeout(60)
final class HelpTest {

  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  static Stream<List<String>> commands() {
    return CommandTree.all().stream().map(CommandTree::path);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void showsUsageExamplesAndExitCodes(List<String> path) {
    List<String> line = new ArrayList<>(path);
    line.add("--help");
    Console.Result result = Console.run(line.toArray(String[]::new));
    assertEquals(ExitCode.OK, result.exitCode(), result::toString);
    assertTrue(result.out().startsWith("Usage: "), result::toString);
    assertTrue(result.out().contains("\nExit codes: 0 ok, 1 "), result::toString);
    String own = String.join(" ", path);
    List<String> examples = examples(result.out());
    assertTrue(examples.stream().anyMatch(example -> example.startsWith(own)), result::toString);
  }

  /** An example that does not work is worse than none. */
  @ParameterizedTest
  @MethodSource("commands")
  void itsExamplesAreUnderstood(List<String> path) {
    List<String> line = new ArrayList<>(path);
    line.add("--help");
    for (String example : examples(Console.run(line.toArray(String[]::new)).out())) {
      List<String> words = new ArrayList<>();
      Matcher word = WORD.matcher(example);
      while (word.find()) {
        words.add(word.group(1) == null ? word.group(2) : word.group(1));
      }
      CommandLine root = CommandTree.root();
      assertDoesNotThrow(() -> root.parseArgs(words.toArray(String[]::new)), example);
    }
  }

  @Test
  void hasColoursOnlyWhereTheyAreWanted() throws Exception {
    assertFalse(help(Map.of()).contains("\u001b"), "nobody watches");
    assertTrue(help(Map.of("CLICOLOR_FORCE", "1")).contains("\u001b"), "the test can tell");
    Map<String, String> both = Map.of("CLICOLOR_FORCE", "1", "NO_COLOR", "1");
    assertFalse(help(both).contains("\u001b"), "NO_COLOR");
  }

  /** What follows {@code launcher/pygmy} in each line below the word. */
  private static List<String> examples(String help) {
    assertTrue(help.contains("\nExample:\n"), help);
    String joined = help.substring(help.indexOf("\nExample:\n")).replaceAll("\\\\\n", "");
    return joined
        .lines()
        .filter(line -> line.startsWith("  ") && line.contains("launcher/pygmy "))
        .map(line -> line.replaceFirst(".*launcher/pygmy ", "").replaceFirst("\\)$", ""))
        .toList();
  }

  private static String help(Map<String, String> environment) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--help")
            .redirectErrorStream(true);
    builder.environment().keySet().removeAll(List.of("NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(ExitCode.OK, process.waitFor(), output);
    return output;
  }
}
