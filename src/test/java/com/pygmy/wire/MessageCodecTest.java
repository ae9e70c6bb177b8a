package com.pygmy.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import com.pygmy.domain.Command;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class MessageCodecTest {

  private static final int MUTANTS = 20_000;

  private final long seed =
      Long.parseLong(
          System.getProperty("pygmy.seed", "").isEmpty() ? "20" : System.getProperty("pygmy.seed"));
  private final Random random = new Random(seed);
  private final RandomMessages messages = new RandomMessages(random);

  @Test
  void everyMessageSurvivesTheWire() {
    Set<Class<?>> seen = new HashSet<>();
    for (int i = 0; i < 5_000; i++) {
      Message message = messages.next();
      seen.add(message.getClass());
      assertEquals(
          message, MessageCodec.decode(MessageCodec.encode(message)), () -> "seed " + seed);
    }
    assertEquals(Set.of(Message.class.getPermittedSubclasses()), seen);
  }

  @Test
  void everyCommandSurvivesTheLog() {
    Set<Class<?>> seen = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      Command command = (Command) messages.of(Command.class, "");
      seen.add(command.getClass());
      assertEquals(
          command, CommandCodec.decode(CommandCodec.encode(command)), () -> "seed " + seed);
    }
    assertEquals(Set.of(Command.class.getPermittedSubclasses()), seen);
  }

  @Test
  void findsItsMessageInALargerBuffer() {
    MessageCodec codec = new MessageCodec();
    Message message = messages.next();
    Buffer buffer = Buffer.buffer("before");
    codec.encodeToWire(buffer, message);
    Buffer rest = buffer.appendString("after");
    assertEquals(message, codec.decodeFromWire("before".length(), rest));
    assertSame(message, codec.transform(message));
  }

  /**
   * Any bytes are a message, and then one that can be written again, or malformed: nothing else.
   */
  @Test
  void anyBytesAreAMessageOrMalformed() {
    int malformed = 0;
    for (int i = 0; i < MUTANTS; i++) {
      byte[] bytes = mutant(MessageCodec.encode(messages.next()));
      try {
        Message message = MessageCodec.decode(bytes);
        assertEquals(message, MessageCodec.decode(MessageCodec.encode(message)));
      } catch (MalformedMessage expected) {
        malformed++;
      } catch (RuntimeException | Error other) {
        fail("seed " + seed + ", bytes " + HexFormat.of().formatHex(bytes), other);
      }
    }
    assertEquals(true, malformed > MUTANTS / 4 && malformed < MUTANTS, malformed + " malformed");
  }

  @Test
  void anyBytesAreACommandOrMalformed() {
    for (int i = 0; i < MUTANTS / 4; i++) {
      byte[] bytes = mutant(CommandCodec.encode((Command) messages.of(Command.class, "")));
      try {
        Command command = CommandCodec.decode(bytes);
        assertEquals(command, CommandCodec.decode(CommandCodec.encode(command)));
      } catch (MalformedMessage expected) {
        // Most are.
      } catch (RuntimeException | Error other) {
        fail("seed " + seed + ", bytes " + HexFormat.of().formatHex(bytes), other);
      }
    }
  }

  @Test
  void refusesLengthsBeyondTheEndAndBytesBeyondTheMessage() {
    byte[] whole = MessageCodec.encode(new Message.FindOutcome("k"));
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThrows(MalformedMessage.class, () -> MessageCodec.decode(part));
    }
    byte[] longer = Arrays.copyOf(whole, whole.length + 1);
    assertThrows(MalformedMessage.class, () -> MessageCodec.decode(longer));
    for (byte[] claim : List.of(new byte[] {127, -1, -1, -1}, new byte[] {-1, -1, -1, -1})) {
      Buffer buffer = Buffer.buffer(claim);
      assertThrows(MalformedMessage.class, () -> new MessageCodec().decodeFromWire(0, buffer));
    }
  }

  private byte[] mutant(byte[] bytes) {
    byte[] mutant = bytes;
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(mutant.length + 1);
      mutant =
          switch (random.nextInt(5)) {
            case 0 -> flipped(mutant, at);
            case 1 -> Arrays.copyOf(mutant, at);
            case 2 -> spliced(mutant, at, mutant, random.nextInt(mutant.length + 1));
            case 3 -> spliced(mutant, at, new byte[] {(byte) random.nextInt()}, 0);
            default -> set(mutant, at);
          };
    }
    return mutant;
  }

  private byte[] flipped(byte[] bytes, int at) {
    byte[] flipped = bytes.clone();
    if (at < flipped.length) {
      flipped[at] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  private byte[] set(byte[] bytes, int at) {
    byte[] set = bytes.clone();
    if (at < set.length) {
      set[at] = (byte) random.nextInt();
    }
    return set;
  }

  private static byte[] spliced(byte[] head, int upTo, byte[] tail, int from) {
    byte[] spliced = Arrays.copyOf(head, upTo + tail.length - from);
    System.arraycopy(tail, from, spliced, upTo, tail.length - from);
    return spliced;
  }
}
