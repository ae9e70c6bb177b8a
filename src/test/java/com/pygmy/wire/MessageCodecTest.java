package com.pygmy.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Command;
import com.pygmy.fuzz.Fuzz;
import com.pygmy.fuzz.Mutator;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class MessageCodecTest {

  private static final int MUTANTS = 20_000;

  private final long seed = Fuzz.seed();
  private final Random random = Fuzz.random();
  private final Mutator mutator = new Mutator(random);
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

  /** A tag of its own would not be read by a node of the version before. */
  @Test
  void whoIsOverloadedIsUnavailableToOlderNodes() {
    byte[] shed = MessageCodec.encode(new Message.Overloaded("too many searches"));
    assertArrayEquals(
        MessageCodec.encode(new Message.Unavailable("overloaded: too many searches")), shed);
    assertEquals(new Message.Overloaded("too many searches"), MessageCodec.decode(shed));
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
    int inputs = Fuzz.inputs(MUTANTS);
    int valid =
        Fuzz.run(
            MUTANTS,
            () -> mutator.mutant(MessageCodec.encode(messages.next())),
            MessageCodecTest::isMessage);
    assertTrue(valid > 0 && valid < 3 * inputs / 4, valid + " of " + inputs + " were valid");
  }

  @Test
  void anyBytesAreACommandOrMalformed() {
    int inputs = Fuzz.inputs(MUTANTS / 4);
    int valid =
        Fuzz.run(
            MUTANTS / 4,
            () -> mutator.mutant(CommandCodec.encode((Command) messages.of(Command.class, ""))),
            MessageCodecTest::isCommand);
    assertTrue(valid > 0 && valid < 3 * inputs / 4, valid + " of " + inputs + " were valid");
  }

  private static boolean isMessage(byte[] bytes) {
    Message message;
    try {
      message = MessageCodec.decode(bytes);
    } catch (MalformedMessage expected) {
      return false;
    }
    assertEquals(message, MessageCodec.decode(MessageCodec.encode(message)));
    return true;
  }

  private static boolean isCommand(byte[] bytes) {
    Command command;
    try {
      command = CommandCodec.decode(bytes);
    } catch (MalformedMessage expected) {
      return false;
    }
    assertEquals(command, CommandCodec.decode(CommandCodec.encode(command)));
    return true;
  }

  /** As a newer version may append to what it says. */
  @Test
  void whatIsNotKnownYetAtTheEndIsLeftOut() {
    for (int i = 0; i < 500; i++) {
      Message message = messages.next();
      byte[] bytes = MessageCodec.encode(message);
      byte[] longer = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(9));
      assertEquals(message, MessageCodec.decode(longer), () -> "seed " + seed);
    }
  }

  /** In the log every replica must take an entry for the same. */
  @Test
  void nothingMayFollowACommand() {
    byte[] command = CommandCodec.encode((Command) messages.of(Command.class, ""));
    byte[] longer = Arrays.copyOf(command, command.length + 1);
    assertThrows(MalformedMessage.class, () -> CommandCodec.decode(longer));
  }

  @Test
  void refusesLengthsBeyondTheEnd() {
    byte[] whole = MessageCodec.encode(new Message.FindOutcome("k"));
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThrows(MalformedMessage.class, () -> MessageCodec.decode(part));
    }
    for (byte[] claim : List.of(new byte[] {127, -1, -1, -1}, new byte[] {-1, -1, -1, -1})) {
      Buffer buffer = Buffer.buffer(claim);
      assertNull(new MessageCodec().decodeFromWire(0, buffer));
    }
  }
}
