package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.Examples;
import com.pygmy.Examples.Example;
import com.pygmy.replication.Position;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Caller;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import com.pygmy.replication.ratis.PeerProtocol.Witness;
import com.pygmy.replication.ratis.Settings.Replica;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What replicas of earlier builds ask and answer is read as what it was. */
class StoredQuestionsTest {
  private static final Examples EXAMPLES = new Examples("replication/ratis/stored-questions.txt");
  private static final String CLUSTER = "shop";
  private static final UUID STORE = new UUID(1, 2);
  private static final ReplicaId N1 = ReplicaId.parse("n1#0123456789abcdef");
  private static final ReplicaId N2 = ReplicaId.parse("n2#fedcba9876543210");
  private static final Replica AT = new Replica("n1", "10.0.0.1", 7001);

  private static final List<Question> QUESTIONS =
      List.of(
          new Question.Term(N1),
          new Question.ReadPoint(N2, Optional.of(new Witness(N1, 4))),
          new Question.Identify(Optional.of(new Caller(N1, AT))),
          new Question.Join(N1, STORE, List.of(N1, N2), "base"),
          new Question.Agrees(new Position(3, 4), "store"),
          new Question.OpenCopy(STORE, 7),
          new Question.ReadCopy(1, 2, 3),
          new Question.Leave(N2, STORE, AT),
          new Question.WasRemoved(N2, STORE),
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

  private static Set<String> kinds() {
    Set<String> kinds = new TreeSet<>();
    Arrays.stream(Question.class.getPermittedSubclasses())
        .forEach(question -> kinds.add("Question." + question.getSimpleName()));
    Arrays.stream(Answer.class.getPermittedSubclasses())
        .filter(answer -> answer != Answer.Silence.class) // never sent
        .forEach(answer -> kinds.add("Answer." + answer.getSimpleName()));
    return kinds;
  }

  @BeforeAll
  static void addWhatIsMissing() throws Exception {
    if (Examples.areAdded()) {
      Set<String> missing = EXAMPLES.missing(kinds());
      List<Example> added = new ArrayList<>();
      for (Question question : QUESTIONS) {
        String kind = "Question." + question.getClass().getSimpleName();
        byte[] bytes = PeerProtocol.encode(CLUSTER, question);
        added.add(new Example(kind, bytes, question.toString()));
      }
      for (Answer answer : ANSWERS) {
        String kind = "Answer." + answer.getClass().getSimpleName();
        added.add(new Example(kind, PeerProtocol.encode(answer), answer.toString()));
      }
      added.removeIf(example -> !missing.contains(example.kind()));
      EXAMPLES.add(added);
    }
  }

  @Test
  void everyKindHasAnExample() throws Exception {
    assertEquals(Set.of(), EXAMPLES.missing(kinds()), "see com.pygmy.Examples how to add it");
  }

  @Test
  void everyExampleIsReadAsWhatItWas() throws Exception {
    for (Example example : EXAMPLES.all()) {
      Object read =
          example.kind().startsWith("Question.")
              ? PeerProtocol.question(CLUSTER, example.bytes())
              : PeerProtocol.answer(example.bytes());
      assertEquals(example.text(), read.toString(), example.kind());
    }
  }

  /** As a newer version may append to what it says. */
  @Test
  void whatIsNotKnownYetAtTheEndIsLeftOut() {
    for (Question question : QUESTIONS) {
      byte[] bytes = PeerProtocol.encode(CLUSTER, question);
      if (!(question instanceof Question.Identify)) {
        assertEquals(
            question, PeerProtocol.question(CLUSTER, Arrays.copyOf(bytes, bytes.length + 3)));
      }
    }
    Answer last = ANSWERS.get(ANSWERS.size() - 1);
    byte[] bytes = PeerProtocol.encode(last);
    assertEquals(last, PeerProtocol.answer(Arrays.copyOf(bytes, bytes.length + 3)));
  }
}
