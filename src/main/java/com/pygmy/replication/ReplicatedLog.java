package com.pygmy.replication;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * One replica of the log. Thread-safe; no method blocks, but {@link #close}. Stages complete on
 * threads of the log, which must not be blocked: hop off first.
 *
 * @param <R> what the state machine answers a command with
 */
public interface ReplicatedLog<R> extends AutoCloseable {

  /** Commands gathered into one entry, at most. */
  int MAX_COMMANDS_PER_ENTRY = 256;

  /** Bytes of one command, at most. */
  int MAX_COMMAND_BYTES = 1 << 20;

  /** A change of members is answered within this. */
  long CHANGE_MILLIS = 5_000;

  /**
   * Proposes commands in {@code term}: each is decided in that term or not at all, however late its
   * entry is applied (fencing). They share an entry, as far as there is room in it, and with others
   * that wait.
   *
   * @return one stage a command, in their order; none fails; each ends with an outcome within the
   *     proposal time-out of the settings
   */
  List<? extends CompletionStage<Proposal<R>>> propose(long term, List<byte[]> commands);

  /** Proposes one command. */
  default CompletionStage<Proposal<R>> propose(long term, byte[] command) {
    return propose(term, List.of(command)).get(0);
  }

  /**
   * A read point for a linearizable read. Its confirmation round begins after this call; calls that
   * wait for the same round share it.
   *
   * @return never fails
   */
  CompletionStage<ReadPoint> confirmRead();

  Leadership leadership();

  /** Calls back on every change of {@link #leadership()}, in order, from one thread. */
  void onLeadership(Consumer<Leadership> listener);

  /** Calls back when this replica has taken the leadership over, from the same thread. */
  void onTakeover(Consumer<Takeover> listener);

  /** The highest index this replica knows to be committed. */
  long committedIndex();

  /** Waits until this replica may serve: it has passed a confirmed read point since its start. */
  CompletionStage<Void> ready();

  /** Hands leadership to another replica, if this one leads and another can take it. */
  CompletionStage<Boolean> stepDown();

  /** What this replica is to the group. */
  Standing standing();

  /**
   * Lets a replica in: it catches up, then it gets a vote. Asked of the leader; one change at a
   * time. The replica must run, and hold nothing or the beginning of this log.
   *
   * @return never fails; ends within {@link #CHANGE_MILLIS}, if need be while the change goes on
   */
  CompletionStage<MembersChange> addMember(Member newcomer);

  /**
   * Takes a member's vote away, for good: under what it was it never comes back, but it may be
   * added again. Refused when the rest would be without a majority that answers. A leader that is
   * to go hands its leadership on, and its successor has to be asked.
   *
   * @return never fails; ends within {@link #CHANGE_MILLIS}, if need be while the change goes on
   */
  CompletionStage<MembersChange> removeMember(String name);

  @Override
  void close();
}
