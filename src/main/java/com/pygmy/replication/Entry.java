package com.pygmy.replication;

import java.util.List;

/**
 * A committed entry whose commands are to be applied.
 *
 * @param position where it stands in the log
 * @param at the leader's wall clock when it was proposed, milliseconds since the epoch
 * @param commands in their order; at most {@link ReplicatedLog#MAX_COMMANDS_PER_ENTRY}
 */
public record Entry(Position position, long at, List<byte[]> commands) {
  public Entry {
    commands = List.copyOf(commands);
  }
}
