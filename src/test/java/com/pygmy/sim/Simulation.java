package com.pygmy.sim;

import static com.pygmy.sim.Scenario.MILLI;

import com.pygmy.sim.Violation.Of;

/**
 * One run: frontends, catalog replicas, readers and writers in a world of faults, then for a while
 * in one without. After each event no cache may be ready to serve what is stale; each read must be
 * answered with something not older than what was visible when it arrived; and in the end
 * everything that waits must have come to an end.
 */
public final class Simulation {
  private static final int REPLICAS = 3;

  /** The writers stop so long after the faults; then a last write; then all must be well. */
  private static final long WRITERS_STOP = 300 * MILLI;

  private static final long LAST_WRITE = 1_250 * MILLI;
  private static final long END = 1_500 * MILLI;

  private final World world;
  private final Faults faults;

  private Simulation(long seed, Mutation mutation, boolean isTraced) {
    world = new World(seed, mutation, isTraced);
    faults = new Faults(world);
  }

  /**
   * Runs a seed, with something broken or with {@link Mutation#NONE}.
   *
   * @throws Violation when a promise is broken
   */
  public static Tally run(long seed, Mutation mutation) {
    return new Simulation(seed, mutation, false).run();
  }

  /** What happens in a seed: its last events, how it ends, and how to replay it. */
  public static String explain(long seed, Mutation mutation) {
    Simulation again = new Simulation(seed, mutation, true);
    String end = "nothing is broken";
    try {
      again.run();
    } catch (Violation violation) {
      end = violation.getMessage();
    }
    return """
        seed %d, broken on purpose: %s
        %s
        %s
        %s
        replay: %s"""
        .formatted(
            seed,
            mutation.broken(),
            again.world.scenario,
            again.world.trace(),
            end,
            replay(seed, mutation));
  }

  private static String replay(long seed, Mutation mutation) {
    return "mvn test-compile surefire:test -Dtest=SimulationTest -Dpygmy.sim.from=%d -Dpygmy.sim.seeds=1%s"
        .formatted(
            seed, mutation == Mutation.NONE ? "" : " -Dpygmy.sim.mutation=" + mutation.name());
  }

  private Tally run() {
    Scenario scenario = world.scenario;
    for (int i = 0; i < REPLICAS; i++) {
      world.replicas.add(new Replica(world, "r" + (i + 1)));
    }
    found();
    for (int i = 0; i < scenario.frontends; i++) {
      world.frontends.add(new Frontend(world, "f" + (i + 1)));
    }
    Writer[] writers = new Writer[scenario.writers];
    for (int i = 0; i < writers.length; i++) {
      writers[i] = new Writer(world, "w" + (i + 1));
      writers[i].start();
    }
    faults.start();
    world.agenda.add(scenario.chaosEnd, faults::end);
    runUntil(scenario.chaosEnd + WRITERS_STOP);
    for (Writer writer : writers) {
      writer.stop();
    }
    runUntil(scenario.chaosEnd + LAST_WRITE);
    for (Writer writer : writers) {
      require(!writer.isWaiting(), "a write is not answered");
    }
    writers[0].write(Commands.last("last"));
    runUntil(scenario.chaosEnd + END);
    require(!writers[0].isWaiting(), "the last write is not answered");
    require(world.leader.keeper().openWrites() == 0, "a write is open");
    require(world.leader.keeper().suspended().isEmpty(), "a view is suspended at the leader");
    for (Frontend frontend : world.frontends) {
      require(frontend.servesAll(), frontend.node + " does not serve from its cache");
      frontend.end();
    }
    world.tally.count(Tally.Of.SEEDS);
    return world.tally;
  }

  /** The store is founded, by the leader of term 1; everybody has applied that. */
  private void found() {
    faults.elect();
    world.log.append(1, 1, Commands.found(world), null);
    world.log.commit(1);
    world.replicas.forEach(Replica::catchUp);
  }

  private void runUntil(long end) {
    Agenda agenda = world.agenda;
    while (!agenda.isEmpty() && agenda.nextTime() <= end) {
      world.now = agenda.nextTime();
      agenda.take().run();
      world.tally.count(Tally.Of.EVENTS);
    }
    world.now = end;
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new Violation(Of.NO_PROGRESS, message);
    }
  }
}
