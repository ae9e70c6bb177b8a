package com.pygmy.sim;

import static com.pygmy.sim.Scenario.MILLI;

/** Freezes, cuts, crashes and changes of the leader, until a moment from which on all is well. */
final class Faults {

  /** What may go wrong. */
  enum Kind {
    FRONTEND_FROZEN,
    FRONTEND_CUT,
    FRONTEND_CRASHED,
    LEADER_FROZEN,
    LEADER_CUT,
    LEADER_CRASHED,
    LEADER_DEPOSED,
    REPLICA_FROZEN,
    REPLICA_CRASHED;

    static final Kind[] ALL = values();
  }

  private final World world;
  private int weight;

  Faults(World world) {
    this.world = world;
    for (int each : world.scenario.faults) {
      weight += each;
    }
  }

  void start() {
    if (weight > 0) {
      next();
    }
    watchOn();
  }

  private void next() {
    long pause = world.dice.between(MILLI, 2 * world.scenario.faultEvery);
    world.agenda.add(
        world.now + pause,
        () -> {
          if (!world.isCalm) {
            strike(some());
            next();
          }
        });
  }

  private Kind some() {
    int dart = world.dice.below(weight);
    int kind = 0;
    while (dart >= world.scenario.faults[kind]) {
      dart -= world.scenario.faults[kind++];
    }
    return Kind.ALL[kind];
  }

  private void strike(Kind kind) {
    long most = world.dice.chance(0.4) ? 60 * MILLI : 900 * MILLI;
    long until = Math.min(world.now + world.dice.between(2 * MILLI, most), world.scenario.chaosEnd);
    Frontend frontend = world.frontends.get(world.dice.below(world.frontends.size()));
    Replica any = world.replicas.get(world.dice.below(world.replicas.size()));
    Replica leading = world.leader.replica;
    switch (kind) {
      case FRONTEND_FROZEN -> freeze(frontend.node, until);
      case FRONTEND_CUT -> cut(frontend.node, until);
      case FRONTEND_CRASHED -> crash(frontend, until);
      case LEADER_FROZEN -> freeze(leading.node, until);
      case LEADER_CUT -> cut(leading.node, until);
      case LEADER_CRASHED -> crash(leading, until);
      case LEADER_DEPOSED -> elect();
      case REPLICA_FROZEN -> freeze(any.node, until);
      case REPLICA_CRASHED -> crash(any, until);
    }
  }

  private void freeze(Node node, long until) {
    world.tally.count(Tally.Of.FREEZES);
    world.note(() -> "** " + node + " freezes until " + until / 1e6);
    node.freeze(until);
  }

  private void cut(Node node, long until) {
    world.tally.count(Tally.Of.CUTS);
    world.note(() -> "** " + node + " is cut off until " + until / 1e6);
    node.cut(until);
  }

  private void crash(Frontend frontend, long until) {
    if (frontend.node.isUp()) {
      world.tally.count(Tally.Of.CRASHES);
      world.note(() -> "** " + frontend.node + " crashes, back at " + until / 1e6);
      frontend.crash();
      world.agenda.add(until, frontend::restart);
    }
  }

  private void crash(Replica replica, long until) {
    if (replica.node.isUp()) {
      world.tally.count(Tally.Of.CRASHES);
      world.note(() -> "** " + replica.node + " crashes, back at " + until / 1e6);
      replica.crash();
      world.agenda.add(until, replica::restart);
    }
  }

  /** The others miss a leader that is not there. */
  private void watchOn() {
    world.agenda.add(
        world.now + world.dice.between(20 * MILLI, 150 * MILLI),
        () -> {
          Replica leading = world.leader.replica;
          boolean isMissed =
              !leading.node.isRunning() || leading.node.isCut() || leading.leader() == null;
          if (isMissed && (world.isCalm || world.dice.chance(0.5))) {
            elect();
          }
          watchOn();
        });
  }

  /** A new term, led by some replica that can. */
  void elect() {
    Replica next = world.replicas.get(world.dice.below(world.replicas.size()));
    if (!next.node.isRunning() || next.node.isCut()) {
      return;
    }
    Leader before = world.leader;
    int firstIndex = world.log.elect();
    world.tally.count(Tally.Of.LEADERS);
    int term = world.log.term();
    world.note(() -> "** " + next.node + " is elected in term " + term + " at " + firstIndex);
    world.leader = new Leader(world, next, term, firstIndex);
    if (before != null && before.replica != next) {
      before.replica.node.later(world.dice.between(0, world.scenario.learnMax), before::deposed);
    }
    next.lead(world.leader);
  }

  /** From now on all is well. */
  void end() {
    world.isCalm = true;
    world.note(() -> "** the faults are over");
    world.replicas.forEach(replica -> replica.node.heal());
    world.frontends.forEach(frontend -> frontend.node.heal());
  }
}
