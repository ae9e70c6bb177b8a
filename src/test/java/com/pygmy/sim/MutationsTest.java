package com.pygmy.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulator can fail: whatever is broken on purpose, it sees. */
final class MutationsTest {
  private static final int SEEDS = 4_000;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void whatIsBrokenIsSeen(Mutation mutation) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        Tally unusedTally = Simulation.run(seed, mutation);
      } catch (Violation violation) {
        assertEquals(
            mutation == Mutation.SETTLE_FORGOTTEN,
            violation.promise() == Violation.Of.NO_PROGRESS,
            Simulation.explain(seed, mutation));
        return;
      }
    }
    fail("not seen in " + SEEDS + " seeds: " + mutation.broken());
  }
}
