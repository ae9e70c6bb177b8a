package com.pygmy.chaos;

import java.util.List;

/**
 * The verdict on a run.
 *
 * @param violations of what was promised
 * @param undecided what could not be checked to the end; such a run is not sound either
 */
public record Judgement(List<String> violations, List<String> undecided) {

  public Judgement {
    violations = List.copyOf(violations);
    undecided = List.copyOf(undecided);
  }

  public boolean isSound() {
    return violations.isEmpty() && undecided.isEmpty();
  }

  /** In one line. */
  public String line() {
    if (!violations.isEmpty()) {
      String more = violations.size() > 1 ? " (and " + (violations.size() - 1) + " more)" : "";
      return "verdict: NOT SOUND: " + violations.get(0).lines().findFirst().orElse("") + more;
    }
    return undecided.isEmpty() ? "verdict: sound" : "verdict: undecided: " + undecided.get(0);
  }
}
