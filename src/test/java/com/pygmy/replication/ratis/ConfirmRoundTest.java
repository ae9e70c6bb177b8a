package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.replication.Leadership;
import com.pygmy.replication.Leadership.Role;
import com.pygmy.replication.Position;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Witness;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ConfirmRoundTest {
  private static final long TERM = 7;
  private static final ReplicaId N1 = ReplicaId.parse("n1#0000000000000001");
  private static final ReplicaId N2 = ReplicaId.parse("n2#0000000000000002");
  private static final ReplicaId N3 = ReplicaId.parse("n3#0000000000000003");
  private static final ReplicaId N4 = ReplicaId.parse("n4#0000000000000004");
  private static final ReplicaId N5 = ReplicaId.parse("n5#0000000000000005");
  private static final Leadership LEADER =
      new Leadership(TERM, Role.LEADER, Optional.of("n1"), true);

  private Leadership leadership = LEADER;
  private Leadership afterTheIndexWasRead = null;
  private Voters voters = new Voters(Set.of(N1, N2, N3), Set.of());
  private final Map<ReplicaId, CompletableFuture<Answer>> asked = new HashMap<>();

  private final ConfirmRound round =
      new ConfirmRound(
          new ConfirmRound.Standing() {
            @Override
            public ReplicaId own() {
              return N1;
            }

            @Override
            public Leadership leadership() {
              return leadership;
            }

            @Override
            public long committedIndex() {
              leadership = afterTheIndexWasRead == null ? leadership : afterTheIndexWasRead;
              return 40;
            }

            @Override
            public Voters voters() {
              return voters;
            }
          },
          voter -> asked.computeIfAbsent(voter, v -> new CompletableFuture<>()));

  private static Leadership follower(long term) {
    return new Leadership(term, Role.FOLLOWER, Optional.of("n2"), false);
  }

  private void answer(ReplicaId voter, long term) {
    asked.get(voter).complete(new Answer.Term(term));
  }

  private static void assertNotConfirmed(CompletableFuture<Position> point) {
    assertTrue(point.isDone());
    CompletionException failure = assertThrows(CompletionException.class, point::join);
    assertInstanceOf(ConfirmRound.NotConfirmed.class, failure.getCause());
  }

  @Test
  void holdsOnceAMajorityAnswersTheTerm() {
    CompletableFuture<Position> point = round.run();
    assertEquals(Set.of(N2, N3), asked.keySet());
    assertFalse(point.isDone());
    answer(N3, TERM);
    assertEquals(new Position(TERM, 40), point.join());
  }

  @Test
  void failsOnceThereCanBeNoMajority() {
    CompletableFuture<Position> point = round.run();
    answer(N2, TERM + 1);
    assertFalse(point.isDone());
    asked.get(N3).complete(new Answer.Silence("frozen"));
    assertNotConfirmed(point);
  }

  @Test
  void failsWhenItWasDeposedMeanwhile() {
    CompletableFuture<Position> point = round.run();
    leadership = follower(TERM + 1);
    answer(N2, TERM);
    assertNotConfirmed(point);
  }

  @Test
  void whileTheVotersChangeItTakesAMajorityOfBothSets() {
    voters = new Voters(Set.of(N1, N2, N3), Set.of(N1, N4, N5));
    CompletableFuture<Position> point = round.run();
    answer(N2, TERM);
    answer(N3, TERM);
    assertFalse(point.isDone());
    answer(N5, TERM);
    assertEquals(new Position(TERM, 40), point.join());
  }

  @Test
  void inAGroupOfThreeOneWhoAsksInTheTermConfirmsIt() {
    assertEquals(Optional.of(new Position(TERM, 40)), round.confirmedBy(new Witness(N3, TERM)));
    assertEquals(Set.of(), asked.keySet());
  }

  @Test
  void whoIsInAnotherTermOrHasNoVoteConfirmsNothing() {
    assertEquals(Optional.empty(), round.confirmedBy(new Witness(N3, TERM - 1)));
    assertEquals(Optional.empty(), round.confirmedBy(new Witness(N3, TERM + 1)));
    assertEquals(Optional.empty(), round.confirmedBy(new Witness(N4, TERM)));
    assertEquals(Optional.empty(), round.confirmedBy(new Witness(N1, TERM)));
  }

  @Test
  void oneOfFiveIsNoMajorityWithTheLeader() {
    voters = new Voters(Set.of(N1, N2, N3, N4, N5), Set.of());
    assertEquals(Optional.empty(), round.confirmedBy(new Witness(N3, TERM)));
  }

  @Test
  void norIsOneWhoHasAVoteInOneOfTwoSetsOnly() {
    voters = new Voters(Set.of(N1, N2, N3), Set.of(N1, N4, N5));
    assertEquals(Optional.empty(), round.confirmedBy(new Witness(N3, TERM)));
  }

  @Test
  void aWitnessConfirmsNobodyWhoDoesNotLeadOrHasNothingOfTheTermYet() {
    leadership = follower(TERM);
    assertEquals(Optional.empty(), round.confirmedBy(new Witness(N3, TERM)));
    leadership = new Leadership(TERM, Role.LEADER, Optional.of("n1"), false);
    assertEquals(Optional.empty(), round.confirmedBy(new Witness(N3, TERM)));
  }

  @Test
  void aWitnessConfirmsNoIndexThatWasReadAfterTheTerm() {
    afterTheIndexWasRead = follower(TERM + 1);
    assertEquals(Optional.empty(), round.confirmedBy(new Witness(N3, TERM)));
  }
}
