package com.pygmy.replication.ratis;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * How a group of commands lies in the log. All numbers big-endian:
 *
 * <pre>
 * byte   version, 1
 * long   admitting term
 * long   the leader's wall clock, milliseconds since the epoch
 * long   proposer, high half   } who waits for the results:
 * long   proposer, low half    } one start of one replica,
 * long   sequence              } and its how-manyth entry
 * int    count of commands, 1 to 256
 * count times: int length, then as many bytes
 * </pre>
 *
 * Logs outlive versions of the program: what was written once must be readable for ever, so a field
 * is never changed, only a new version added. A version that is not known here comes from a newer
 * program; to guess would make the replicas differ, so it is refused and the replica ends.
 */
final class EntryFormat {
  private static final byte VERSION = 1;
  private static final int HEADER_BYTES = 1 + 5 * Long.BYTES + Integer.BYTES;

  /** An entry as written. */
  record Written(long admittedTerm, long at, UUID proposer, long sequence, List<byte[]> commands) {}

  /** The bytes are not an entry of a version known here. */
  static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreadable(String why) {
      super(why);
    }
  }

  private EntryFormat() {}

  static byte[] encode(Written entry) {
    int size = HEADER_BYTES;
    for (byte[] command : entry.commands()) {
      size += Integer.BYTES + command.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.put(VERSION)
        .putLong(entry.admittedTerm())
        .putLong(entry.at())
        .putLong(entry.proposer().getMostSignificantBits())
        .putLong(entry.proposer().getLeastSignificantBits())
        .putLong(entry.sequence())
        .putInt(entry.commands().size());
    for (byte[] command : entry.commands()) {
      out.putInt(command.length).put(command);
    }
    return out.array();
  }

  static Written decode(ByteBuffer in) {
    if (in.remaining() < 1) {
      throw new Unreadable("an empty log entry");
    }
    byte version = in.get();
    if (version != VERSION) {
      throw new Unreadable(
          "log entry of format "
              + version
              + ", this program knows "
              + VERSION
              + " only: start a newer one");
    }
    if (in.remaining() < HEADER_BYTES - 1) {
      throw new Unreadable("log entry of only " + (in.remaining() + 1) + " bytes");
    }
    long admittedTerm = in.getLong();
    long at = in.getLong();
    UUID proposer = new UUID(in.getLong(), in.getLong());
    long sequence = in.getLong();
    List<byte[]> commands = commands(in);
    if (in.hasRemaining()) {
      throw new Unreadable(in.remaining() + " bytes after the last command of a log entry");
    }
    return new Written(admittedTerm, at, proposer, sequence, commands);
  }

  private static List<byte[]> commands(ByteBuffer in) {
    int count = in.getInt();
    if (count < 1 || count > in.remaining() / Integer.BYTES) {
      throw new Unreadable(count + " commands in a log entry");
    }
    List<byte[]> commands = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int length = in.remaining() < Integer.BYTES ? -1 : in.getInt();
      if (length < 0 || length > in.remaining()) {
        throw new Unreadable("command " + i + " of a log entry is cut off");
      }
      byte[] command = new byte[length];
      in.get(command);
      commands.add(command);
    }
    return commands;
  }
}
