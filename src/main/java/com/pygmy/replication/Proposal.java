package com.pygmy.replication;

import java.util.Optional;

/** What became of a proposed command. */
public sealed interface Proposal<R> {

  /** Decided, by the entry at {@code index}; applied at this replica. */
  record Committed<R>(long index, R result) implements Proposal<R> {}

  /**
   * This replica does not lead in the term asked for. The command was not and will not be decided.
   */
  record NotLeader<R>(Optional<String> leader) implements Proposal<R> {}

  /** Its entry was fenced off or overwritten: not decided, and never will be. Propose it again. */
  record NotDecided<R>() implements Proposal<R> {}

  /** Refused before it was proposed: the queue is full or the disk is behind. */
  record Overloaded<R>() implements Proposal<R> {}

  /** Nobody can tell yet. It may still be decided later. */
  record Unknown<R>(String why) implements Proposal<R> {}
}
