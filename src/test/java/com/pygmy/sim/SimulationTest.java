package com.pygmy.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.pygmy.sim.Tally.Of;
import org.junit.jupiter.api.Test;

/** The protocol in a world of faults: 2,000 seeds, or those of the system properties. */
final class SimulationTest {

  @Test
  void noReadIsStaleAndEverythingComesToAnEnd() {
    long from = Long.getLong("pygmy.sim.from", 1);
    long seeds = Long.getLong("pygmy.sim.seeds", 2_000);
    Mutation mutation = Mutation.valueOf(System.getProperty("pygmy.sim.mutation", "NONE"));
    Tally tally = new Tally();
    for (long seed = from; seed < from + seeds; seed++) {
      try {
        tally.add(Simulation.run(seed, mutation));
      } catch (Violation violation) {
        fail(Simulation.explain(seed, mutation));
      }
    }
    if (seeds >= 100) {
      for (Of what : Of.values()) {
        assertTrue(tally.get(what) > 0, () -> "never happened: " + what + "\n" + tally);
      }
    }
  }

  @Test
  void aSeedReplaysItsRunExactly() {
    for (long seed = 1; seed <= 20; seed++) {
      assertEquals(
          Simulation.run(seed, Mutation.NONE).toString(),
          Simulation.run(seed, Mutation.NONE).toString());
      assertEquals(
          Simulation.explain(seed, Mutation.NONE), Simulation.explain(seed, Mutation.NONE));
    }
  }
}
