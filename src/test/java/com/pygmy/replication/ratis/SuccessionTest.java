package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.replication.Position;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import com.pygmy.replication.ratis.Succession.Followed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who stands for election ahead of its time-out, and who must not. */
final class SuccessionTest {

  private static final ReplicaId A = ReplicaId.parse("a#0000000000000001");
  private static final ReplicaId B = ReplicaId.parse("b#0000000000000001");
  private static final ReplicaId C = ReplicaId.parse("c#0000000000000001");
  private static final long ELECTION_MIN = 300;
  private static final long MISSED = 200;
  private static final Position LAST = new Position(7, 40);

  /** Of three, this one is b, and follows a. */
  private static final class Scene implements Succession.Ballot {
    private ReplicaId own = B;
    private Optional<Followed> followed = Optional.of(new Followed(A, 7));
    private long silent = MISSED;
    private Position last = LAST;
    private boolean refuses = true;
    private Set<ReplicaId> missing = new HashSet<>(Set.of(C));
    private final List<Question> asked = new ArrayList<>();
    private final List<Followed> stood = new ArrayList<>();
    private final Succession succession =
        new Succession(this, this::ask, leader -> refuses, ELECTION_MIN, "test");

    private CompletableFuture<Answer> ask(String name, Question question, long timeoutMillis) {
      asked.add(question);
      return missing.stream().anyMatch(id -> id.name().equals(name))
          ? CompletableFuture.completedFuture(new Answer.Done())
          : CompletableFuture.failedFuture(new IllegalStateException("no answer"));
    }

    @Override
    public ReplicaId own() {
      return own;
    }

    @Override
    public Optional<Followed> followed() {
      return followed;
    }

    @Override
    public long silentMillis() {
      return silent;
    }

    @Override
    public Position last() {
      return last;
    }

    @Override
    public Voters voters() {
      return new Voters(Set.of(A, B, C), Set.of());
    }

    @Override
    public boolean stand(Followed after) {
      stood.add(after);
      return true;
    }
  }

  private final Scene scene = new Scene();

  @Test
  void whoseLeaderIsCertainlyGoneStandsAtOnce() throws Exception {
    scene.succession.look();
    assertEquals(List.of(new Followed(A, 7)), scene.stood);
    assertEquals(List.of(new Question.Misses(C, A, 7, LAST)), scene.asked);
  }

  @Test
  void aLeaderOfATermIsSucceededOnce() throws Exception {
    scene.succession.look();
    scene.succession.look();
    assertEquals(1, scene.stood.size());
    scene.followed = Optional.of(new Followed(A, 8));
    scene.succession.look();
    assertEquals(2, scene.stood.size());
  }

  @Test
  void aHeartbeatThatIsNotMissedYetIsWaitedFor() throws Exception {
    scene.silent = MISSED - 7;
    assertEquals(
        7, scene.succession.look(), "and looked for when it can be missed at the earliest");
    assertEquals(List.of(), scene.stood);
  }

  @Test
  void aLeaderThatDoesNotRefuseMayLive() throws Exception {
    scene.refuses = false;
    scene.succession.look();
    assertEquals(List.of(), scene.stood);
    assertEquals(List.of(), scene.asked);
  }

  @Test
  void whoAloneMissesTheLeaderDeposesNobody() throws Exception {
    scene.missing.clear();
    scene.succession.look();
    assertEquals(List.of(), scene.stood);
    scene.missing.add(C);
    scene.succession.look();
    assertEquals(1, scene.stood.size(), "until others miss it, too");
  }

  @Test
  void theOneBehindWaitsForTheOneBefore() throws Exception {
    scene.own = C;
    scene.missing = Set.of(B);
    scene.succession.look();
    assertEquals(List.of(), scene.stood);
    scene.silent = MISSED + 100;
    scene.succession.look();
    assertEquals(1, scene.stood.size());
  }

  @Test
  void whoFollowsNobodyStandsForNobody() throws Exception {
    scene.followed = Optional.empty();
    scene.succession.look();
    assertEquals(List.of(), scene.stood);
  }

  @Test
  void onlyTheSameLeaderOfTheSameTermIsMissed() {
    assertTrue(scene.succession.misses(new Followed(A, 7), LAST));
    assertFalse(scene.succession.misses(new Followed(A, 6), LAST));
    assertFalse(scene.succession.misses(new Followed(C, 7), LAST));
    scene.silent = MISSED - 1;
    assertFalse(scene.succession.misses(new Followed(A, 7), LAST));
  }

  @Test
  void whoseLogIsShorterWouldNotBeVotedFor() {
    Followed leader = new Followed(A, 7);
    assertFalse(scene.succession.misses(leader, new Position(7, 39)));
    assertFalse(scene.succession.misses(leader, new Position(6, 99)));
    assertTrue(scene.succession.misses(leader, new Position(7, 41)));
  }
}
