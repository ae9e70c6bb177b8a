package com.pygmy.deploy;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What there is of a node on its host.
 *
 * @param current the release that it was started from last
 * @param runs the release that it runs
 * @param supervised is there a supervisor that starts it again?
 * @param needed files that are to be there, and are not, by their hash
 * @param status what it says itself, in JSON
 */
public record Found(
    Optional<String> current,
    Optional<String> runs,
    boolean supervised,
    Set<String> needed,
    Optional<String> status) {

  private static final String STATUS = "status\n";

  public Found {
    needed = Set.copyOf(needed);
  }

  /** From what the step {@code look} or {@code status} says. */
  public static Found parse(String said) {
    int at = said.startsWith(STATUS) ? 0 : said.indexOf("\n" + STATUS) + 1;
    boolean told = said.startsWith(STATUS, at);
    Optional<String> current = Optional.empty();
    Optional<String> runs = Optional.empty();
    boolean supervised = false;
    Set<String> needed = new HashSet<>();
    for (String line : (told ? said.substring(0, at) : said).lines().toList()) {
      String[] words = line.split(" ", -1);
      // Some hosts greet whoever comes.
      if (line.equals("supervised")) {
        supervised = true;
      } else if (words.length == 2) {
        switch (words[0]) {
          case "current" -> current = Optional.of(words[1]);
          case "runs" -> runs = Optional.of(words[1]);
          case "needs" -> needed.add(words[1]);
          default -> {}
        }
      }
    }
    Optional<String> status =
        Optional.of(told ? said.substring(at + STATUS.length()) : "").filter(s -> !s.isBlank());
    return new Found(current, runs, supervised, needed, status);
  }
}
