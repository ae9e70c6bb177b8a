package com.pygmy.wire;

import com.pygmy.domain.Command;

/** A command as it stands in the log. */
public final class CommandCodec {

  private CommandCodec() {}

  public static byte[] encode(Command command) {
    ByteWriter out = new ByteWriter();
    DomainCodec.writeCommand(out, command);
    return out.toBytes();
  }

  /** Fails with {@link MalformedMessage} on anything that {@link #encode} did not write. */
  public static Command decode(byte[] bytes) {
    try {
      ByteReader in = new ByteReader(bytes);
      Command command = DomainCodec.readCommand(in);
      in.end();
      return command;
    } catch (IllegalArgumentException e) {
      throw new MalformedMessage(e.getMessage(), e);
    }
  }
}
