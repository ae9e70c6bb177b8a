package com.pygmy.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/** All that is in a run, and the time. */
final class World {
  private static final int REMEMBERED = 80;

  final Agenda agenda = new Agenda();
  final Tally tally = new Tally();
  final Dice dice;
  final Scenario scenario;
  final Network network;
  final Log log;
  final Truth truth;
  final SharedMap sharedMap;
  final List<Replica> replicas = new ArrayList<>();
  final List<Frontend> frontends = new ArrayList<>();
  private final Mutation mutation;
  private final Deque<String> trace;

  /** True time, nanoseconds since the beginning: nobody in the run knows it. */
  long now;

  /** The faults are over. */
  boolean isCalm;

  /** The leader of the highest term. */
  Leader leader;

  World(long seed, Mutation mutation, boolean isTraced) {
    this.mutation = mutation;
    this.trace = isTraced ? new ArrayDeque<>() : null;
    dice = new Dice(seed);
    scenario = new Scenario(dice);
    scenario.bringOut(mutation);
    network = new Network(this);
    log = new Log(this);
    truth = new Truth(this);
    sharedMap = new SharedMap(this);
  }

  boolean lies(Mutation lie) {
    return mutation == lie;
  }

  Mutation mutation() {
    return mutation;
  }

  /** Notes what happens, if anybody wants to know. */
  void note(Supplier<String> what) {
    if (trace != null) {
      if (trace.size() == REMEMBERED) {
        trace.removeFirst();
      }
      trace.addLast(
          "%9.3f ms  committed %-3d %s".formatted(now / 1e6, log.committed(), what.get()));
    }
  }

  /** The last events, one a line. */
  String trace() {
    return String.join("\n", trace);
  }

  /** Some replica that a message to "the leader" goes to: mostly the right one. */
  Replica supposedLeader() {
    return isCalm || dice.chance(0.8) ? leader.replica : replicas.get(dice.below(replicas.size()));
  }
}
