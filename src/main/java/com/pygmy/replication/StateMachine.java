package com.pygmy.replication;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the log drives. {@link #apply} and {@link #pass} are called by one thread at a time, in log
 * order, each index once; the other methods by any thread.
 *
 * <p>An exception from {@code apply} or {@code pass} means that this replica can no longer be
 * trusted: the log halts the process.
 *
 * @param <R> what a command is answered with
 */
public interface StateMachine<R> {

  /** The last entry that the state contained when it was opened. The log goes on after it. */
  Position restored();

  /**
   * What this state began from, if it did not begin empty and no log has changed it yet: then a new
   * log may go on after {@link #restored}, and every founder must name the same. Absent otherwise.
   */
  Optional<String> base();

  /**
   * Whose state this is: a name that no two logs share, be one founded upon a copy of the other.
   * Absent: no log has founded anything here yet.
   */
  Optional<String> lineage();

  /**
   * The last entry that survives a power loss here. The log is kept from there on, never purged
   * beyond. Never falls.
   */
  Position durable();

  /** The last entry applied or passed. Never falls. */
  Position applied();

  /** Applies the commands; the results are in their order. May block to hold the log back. */
  List<R> apply(Entry entry);

  /** An entry without commands for this state, or one that its term fenced off. */
  void pass(Position position);

  /** May the leader admit commands, or is the state too far behind on the disk? */
  boolean admits();

  /**
   * Writes a consistent copy of the state into {@code file}, which does not exist yet.
   *
   * @return the last entry that the copy contains, at least {@link #durable()} of now
   */
  Position exportTo(Path file) throws IOException;

  /**
   * Replaces the state by a copy made with {@link #exportTo}, after checking it; durable when this
   * returns. Nothing is applied meanwhile. The copy is newer than the state.
   *
   * @throws IOException if the copy is damaged or of another store; the state is then unchanged
   */
  Position install(Path file) throws IOException;
}
