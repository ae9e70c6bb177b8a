package com.pygmy.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.Examples;
import com.pygmy.Examples.Example;
import com.pygmy.domain.Command;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What earlier builds said on the bus, and wrote into the log, is read as what it was. */
final class StoredMessagesTest {

  private static final Examples EXAMPLES = new Examples("wire/stored-messages.txt");
  private static final int TRIES = 20_000;
  private static final String COMMAND = "Command.";

  /** Every message, and every kind of a part of one, has an example. */
  private static Set<String> kinds() {
    Set<String> kinds = new TreeSet<>();
    for (Class<?> type : Message.class.getPermittedSubclasses()) {
      kinds.add(type.getSimpleName());
    }
    for (Class<?> part :
        List.of(
            com.pygmy.coherence.CoherenceMessage.class,
            com.pygmy.coherence.View.class,
            com.pygmy.domain.Decision.class,
            com.pygmy.domain.Outcome.class,
            com.pygmy.domain.Outcome.Refusal.class,
            Message.Answer.class,
            Message.MembersAnswer.class)) {
      leaves(part).forEach(leaf -> kinds.add(name(leaf)));
    }
    leaves(Command.class).forEach(leaf -> kinds.add(COMMAND + leaf.getSimpleName()));
    return kinds;
  }

  private static List<Class<?>> leaves(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(t -> leaves(t).stream()).toList()
        : List.of(type);
  }

  private static String name(Class<?> part) {
    return part.getEnclosingClass().getSimpleName() + "." + part.getSimpleName();
  }

  @BeforeAll
  static void addWhatIsMissing() throws Exception {
    if (Examples.areAdded()) {
      List<Example> added = new ArrayList<>();
      RandomMessages random = new RandomMessages(new Random(1));
      for (String kind : EXAMPLES.missing(kinds())) {
        added.add(kind.startsWith(COMMAND) ? command(random, kind) : message(random, kind));
      }
      EXAMPLES.add(added);
    }
  }

  private static Example command(RandomMessages random, String kind) {
    for (int i = 0; i < TRIES; i++) {
      Command command = (Command) random.of(Command.class, "");
      if (kind.equals(COMMAND + command.getClass().getSimpleName())) {
        return new Example(kind, CommandCodec.encode(command), Examples.text(command));
      }
    }
    throw new AssertionError("no " + kind);
  }

  /** The first that has a part of this kind, however deep. */
  private static Example message(RandomMessages random, String kind) {
    for (int i = 0; i < TRIES; i++) {
      Message message = random.next();
      if (message.getClass().getSimpleName().equals(kind) || has(message, kind)) {
        return new Example(kind, MessageCodec.encode(message), Examples.text(message));
      }
    }
    throw new AssertionError("no " + kind);
  }

  private static boolean has(Object value, String kind) {
    if (value instanceof Collection<?> many) {
      return many.stream().anyMatch(one -> has(one, kind));
    } else if (value instanceof Optional<?> maybe) {
      return maybe.isPresent() && has(maybe.get(), kind);
    } else if (!value.getClass().isRecord()) {
      return false;
    }
    boolean is =
        value.getClass().getEnclosingClass() != null && name(value.getClass()).equals(kind);
    return is
        || Arrays.stream(value.getClass().getRecordComponents())
            .anyMatch(part -> has(Examples.read(part, value), kind));
  }

  @Test
  void everyKindHasAnExample() throws Exception {
    assertEquals(Set.of(), EXAMPLES.missing(kinds()), "see com.pygmy.Examples how to add it");
  }

  @Test
  void everyExampleIsReadAsWhatItWas() throws Exception {
    for (Example example : EXAMPLES.all()) {
      Object read =
          example.kind().startsWith(COMMAND)
              ? CommandCodec.decode(example.bytes())
              : MessageCodec.decode(example.bytes());
      assertEquals(example.text(), Examples.text(read), example.kind());
    }
  }

  @Test
  void noExampleWasTakenAway() throws Exception {
    Set<String> known = kinds();
    assertEquals(
        Set.of(),
        EXAMPLES.all().stream()
            .map(Example::kind)
            .filter(kind -> !known.contains(kind))
            .collect(Collectors.toSet()),
        "kinds that are gone, which earlier builds may still send or have stored");
  }
}
