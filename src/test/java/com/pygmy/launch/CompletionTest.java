package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The script of {@code pygmy completion}, in a real bash and a real zsh. */
@Timeout(60)
final class CompletionTest {

  @TempDir private Path folder;

  @Test
  void bashCompletesEveryCommandAndEveryOption() throws Exception {
    StringBuilder questions = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (CommandLine command : CommandTree.all()) {
      Set<String> below =
          command.getSubcommands().entrySet().stream()
              .filter(entry -> !CommandTree.isHidden(entry.getValue()))
              .map(java.util.Map.Entry::getKey)
              .collect(Collectors.toCollection(TreeSet::new));
      if (!below.isEmpty()) {
        ask(questions, expected, CommandTree.path(command), "", below);
      }
      Set<String> options =
          command.getCommandSpec().options().stream()
              .filter(option -> !option.hidden())
              .map(OptionSpec::names)
              .flatMap(java.util.Arrays::stream)
              .collect(Collectors.toCollection(TreeSet::new));
      ask(questions, expected, CommandTree.path(command), "-", options);
    }
    assertEquals(expected.toString(), bash(questions.toString()));
  }

  @Test
  void theLauncherIsWhatIsCompleted() throws Exception {
    assertTrue(bash("complete -p pygmy").contains("_complete_pygmy"));
  }

  /** By the same script: what is asked of a terminal is typed into one that zsh makes. */
  @Test
  void zshCompletesToo() throws Exception {
    Assumptions.assumeTrue(
        new ProcessBuilder("sh", "-c", "command -v zsh").start().waitFor() == 0
            || Boolean.getBoolean("pygmy.browser.required"),
        "NOT TESTED: zsh is not installed");
    Path script = Files.writeString(folder.resolve("completion"), Console.run("completion").out());
    Path asks =
        Files.writeString(
            folder.resolve("asks"),
            """
            zmodload zsh/zpty
            zpty terminal zsh -f -i
            zpty -w terminal "autoload -Uz compinit; compinit -u -D; source %s; print re''ady"
            zpty -r terminal said '*ready*'
            zpty -w -n terminal $'launcher/pygmy bac\\t'
            zpty -r terminal said '*backup*'
            zpty -w -n terminal $'--tok\\t'
            zpty -r terminal said '*--token*' && print completed
            zpty -d terminal
            """
                .formatted(script));
    assertEquals("completed\n", run("zsh", "-f", asks.toString()));
  }

  private static void ask(
      StringBuilder questions,
      StringBuilder expected,
      List<String> path,
      String begun,
      Set<String> answers) {
    String words = "launcher/pygmy " + String.join(" ", path);
    questions.append(
        """
        COMP_WORDS=(%s '%s'); COMP_CWORD=%d; COMPREPLY=(); _complete_pygmy
        echo "%s: $(printf '%%s\\n' "${COMPREPLY[@]}" | LC_ALL=C sort | tr '\\n' ' ')"
        """
            .formatted(words.strip(), begun, path.size() + 1, words + begun));
    expected.append(words).append(begun).append(": ").append(String.join(" ", answers));
    expected.append(" \n");
  }

  private String bash(String questions) throws Exception {
    Path script = Files.writeString(folder.resolve("completion"), Console.run("completion").out());
    // Outside of a completion there is nothing for it to set.
    String begin = "source " + script + "\ncompopt() { :; }\n";
    Path asks = Files.writeString(folder.resolve("asks"), begin + questions);
    return run("bash", asks.toString());
  }

  private static String run(String... command) throws Exception {
    Process shell = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, shell.waitFor(), output);
    return output;
  }
}
