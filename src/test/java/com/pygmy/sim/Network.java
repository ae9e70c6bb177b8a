package com.pygmy.sim;

import static com.pygmy.sim.Scenario.MICRO;
import static com.pygmy.sim.Scenario.MILLI;

/**
 * Loses, delays, repeats and reorders, until the faults are over. What one start of a process was
 * sent, no other gets.
 */
final class Network {
  private final World world;

  Network(World world) {
    this.world = world;
  }

  void send(Node from, Node to, Runnable delivery) {
    send(from, to, to.starts(), delivery);
  }

  /** To one start of a process. */
  void send(Node from, Node to, int addressed, Runnable delivery) {
    int start = world.lies(Mutation.NAME_REUSED) ? Node.ANY_START : addressed;
    if (from.isCut() || to.isCut()) {
      return;
    }
    Scenario scenario = world.scenario;
    if (world.isCalm) {
      to.laterIn(start, delay(), delivery);
    } else if (!world.dice.chance(scenario.drop)) {
      to.laterIn(start, delay(), delivery);
      if (world.dice.chance(scenario.duplicate)) {
        to.laterIn(start, delay(), delivery);
      }
    }
  }

  private long delay() {
    if (!world.isCalm && world.dice.chance(world.scenario.slow)) {
      return world.dice.between(MILLI, world.scenario.slowMax);
    }
    return world.dice.between(50 * MICRO, 2 * MILLI);
  }
}
