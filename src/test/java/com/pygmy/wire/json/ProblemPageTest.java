package com.pygmy.wire.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/problems.md} has every problem, with its status and title, and no other. */
final class ProblemPageTest {

  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z-]+)` \\| (\\d{3})[^|]*\\| ([^|]+) \\|", Pattern.MULTILINE);

  @Test
  void thePageHasEveryProblemAsItIsAnswered() throws Exception {
    String page = Files.readString(Path.of("docs", "problems.md"));
    List<MatchResult> rows = ROW.matcher(page).results().toList();
    Set<String> told =
        rows.stream()
            .map(row -> row.group(1) + " " + row.group(2) + " " + row.group(3))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> answered =
        Arrays.stream(ProblemType.values())
            .map(type -> type.slug() + " " + type.status() + " " + type.title())
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(answered, told);
    assertEquals(told.size(), rows.size(), "each once");
  }
}
