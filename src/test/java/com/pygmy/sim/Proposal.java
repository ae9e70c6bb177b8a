package com.pygmy.sim;

import com.pygmy.domain.Command;

/** A command on its way into the log, and what its leader has heard of it. */
final class Proposal {

  /** What the log answers. */
  enum Answer {
    COMMITTED,
    NOT_LEADER,
    NOT_DECIDED,
    UNKNOWN
  }

  final Leader leader;
  final Leader.OpenWrite write;
  final Command command;

  /** Where it was appended; 0 as long as it waits. */
  int index;

  boolean isAnswered;

  Proposal(Leader leader, Leader.OpenWrite write, Command command) {
    this.leader = leader;
    this.write = write;
    this.command = command;
  }
}
