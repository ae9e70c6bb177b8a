package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.fuzz.Fuzz;
import com.pygmy.fuzz.Mutator;
import com.pygmy.replication.Position;
import com.pygmy.replication.ratis.EntryFormat.Unreadable;
import com.pygmy.replication.ratis.EntryFormat.Written;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Caller;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import com.pygmy.replication.ratis.PeerProtocol.Witness;
import com.pygmy.replication.ratis.Settings.Replica;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What lies in the log, in the folder, and what replicas ask each other: valid or refused. */
class LogFuzzTest {

  private static final int INPUTS = 3_000;
  private static final String CLUSTER = "fuzz";
  private static final UUID STORE = new UUID(1, 2);
  private static final ReplicaId N1 = ReplicaId.parse("n1#0123456789abcdef");
  private static final ReplicaId N2 = ReplicaId.parse("n2#fedcba9876543210");

  private static final List<Question> QUESTIONS =
      List.of(
          new Question.Term(N1),
          new Question.ReadPoint(N2, Optional.of(new Witness(N1, 4))),
          new Question.Identify(Optional.empty()),
          new Question.Identify(Optional.of(new Caller(N1, new Replica("n1", "10.0.0.1", 7001)))),
          new Question.Join(N1, STORE, List.of(N1, N2), "base"),
          new Question.Agrees(new Position(3, 4), "store"),
          new Question.OpenCopy(STORE, 7),
          new Question.ReadCopy(1, 2, 3),
          new Question.Misses(N1, N2, 5, new Position(5, 6)));

  private static final List<Answer> ANSWERS =
      List.of(
          new Answer.Term(1),
          new Answer.ReadPoint(2, 3),
          new Answer.Done(),
          new Answer.Refused("no"),
          new Answer.Copy(1, new Position(2, 3), 4, "ab"),
          new Answer.Chunk(ByteBuffer.wrap(new byte[] {1, 2, 3})),
          new Answer.Identified(
              N1, Identity.Stage.JOINED, Optional.of(STORE), true, "", false, true, true, 7));

  private final Random random = Fuzz.random();
  private final Mutator mutator = new Mutator(random);

  @Test
  void anyBytesAreAnEntryOrUnreadable() {
    byte[] command = "a command".getBytes(StandardCharsets.UTF_8);
    byte[] entry =
        EntryFormat.encode(new Written(1, 2, STORE, 3, List.of(command, new byte[0], command)));
    some(Fuzz.run(INPUTS, () -> mutator.mutant(entry), LogFuzzTest::isEntry));
  }

  @Test
  void anyBytesAreAQuestionOrRefused() {
    some(
        Fuzz.run(
            INPUTS,
            () -> mutator.mutant(PeerProtocol.encode(CLUSTER, any(QUESTIONS))),
            bytes -> isAccepted(() -> PeerProtocol.question(CLUSTER, bytes))));
  }

  @Test
  void anyBytesAreAnAnswerOrRefused() {
    some(
        Fuzz.run(
            INPUTS,
            () -> mutator.mutant(PeerProtocol.encode(any(ANSWERS))),
            bytes -> isAccepted(() -> PeerProtocol.answer(bytes))));
  }

  /** The checksum tells; a valid one is only what was not changed in effect. */
  @Test
  void anyBytesAreTheIdentityThatWasWrittenOrRefused() {
    Identity identity = Identity.fresh(N1).prepared(STORE, List.of(N1, N2), "base", -1).joined();
    Fuzz.run(
        INPUTS,
        () -> mutator.mutant(identity.encode()),
        bytes ->
            isAccepted(
                () -> {
                  Identity read = Identity.decode(bytes);
                  assertEquals(identity, read);
                }));
  }

  private static void some(int valid) {
    assertTrue(valid > 0 && valid < Fuzz.inputs(INPUTS), valid + " were valid");
  }

  private <T> T any(List<T> among) {
    return among.get(random.nextInt(among.size()));
  }

  private static boolean isEntry(byte[] bytes) {
    try {
      EntryFormat.decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (Unreadable expected) {
      return false;
    }
  }

  private static boolean isAccepted(Runnable read) {
    try {
      read.run();
      return true;
    } catch (IllegalArgumentException expected) {
      return false;
    }
  }
}
