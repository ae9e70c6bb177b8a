package com.pygmy.deploy;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What there is of a node on its host.
 *
 * @param current the release that it was started from last
 * @param runs the release that it runs
 * @param marks what else was seen
 * @param needed files that are to be there, and are not, by their hash
 * @param status what it says itself, in JSON
 */
public record Found(
    Optional<String> current,
    Optional<String> runs,
    Set<Mark> marks,
    Set<String> needed,
    Optional<String> status) {

  private static final String STATUS = "status\n";

  /** One word of what the host says. */
  public enum Mark {
    /** There is a supervisor that starts it again. */
    SUPERVISED,
    /** It is a service of systemd, which is active. */
    SERVICE,
    /** The process that runs is a member of its cluster. */
    JOINED,
    /** It has a file of administrators' tokens. */
    TOKEN
  }

  public Found {
    marks = Set.copyOf(marks);
    needed = Set.copyOf(needed);
  }

  /** From what the step {@code look} or {@code status} says. */
  public static Found parse(String said) {
    int at = said.startsWith(STATUS) ? 0 : said.indexOf("\n" + STATUS) + 1;
    boolean told = said.startsWith(STATUS, at);
    Optional<String> current = Optional.empty();
    Optional<String> runs = Optional.empty();
    Set<Mark> marks = EnumSet.noneOf(Mark.class);
    Set<String> needed = new HashSet<>();
    for (String line : (told ? said.substring(0, at) : said).lines().toList()) {
      String[] words = line.split(" ", -1);
      // Some hosts greet whoever comes.
      Stream.of(Mark.values())
          .filter(mark -> line.equals(mark.name().toLowerCase(Locale.ROOT)))
          .forEach(marks::add);
      if (words.length == 2) {
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
    return new Found(current, runs, marks, needed, status);
  }

  public boolean is(Mark mark) {
    return marks.contains(mark);
  }

  /** Will it be started again by itself, if it does not run? */
  public boolean isKept() {
    return is(Mark.SUPERVISED) || is(Mark.SERVICE);
  }

  /** The release that it runs, or will when it is started again by itself. */
  public Optional<String> taken() {
    return runs.or(() -> isKept() ? current : Optional.empty());
  }
}
