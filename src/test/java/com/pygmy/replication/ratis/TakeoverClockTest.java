package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.replication.Leadership;
import com.pygmy.replication.Leadership.Role;
import com.pygmy.replication.Takeover;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class TakeoverClockTest {

  private final TakeoverClock clock = new TakeoverClock();
  private int timesAsked;

  @Test
  void theFirstTermIsCountedFromStanding() {
    look(Role.CANDIDATE, 1, false, 100, 20);
    assertEquals(Optional.of(new Takeover(1, 0, 40, 10)), look(Role.LEADER, 1, true, 130, 10));
  }

  @Test
  void silenceIsCountedFromTheLastWordOfTheLeaderBefore() {
    look(Role.FOLLOWER, 1, false, 1_000, 100);
    look(Role.FOLLOWER, 1, false, 1_200, 300);
    look(Role.CANDIDATE, 1, false, 1_420, 20);
    look(Role.LEADER, 2, false, 1_470, 5);
    assertEquals(Optional.of(new Takeover(2, 500, 65, 35)), look(Role.LEADER, 2, true, 1_500, 35));
  }

  @Test
  void votesThatFailBelongToTheElection() {
    look(Role.FOLLOWER, 1, false, 1_000, 0);
    look(Role.CANDIDATE, 1, false, 1_400, 0);
    look(Role.CANDIDATE, 2, false, 1_900, 500);
    assertEquals(Optional.of(new Takeover(3, 400, 600, 50)), look(Role.LEADER, 3, true, 2_050, 50));
  }

  @Test
  void aCandidateThatWonBetweenTwoLooksNeededNoTimeForIt() {
    look(Role.FOLLOWER, 1, false, 1_000, 0);
    assertEquals(Optional.of(new Takeover(2, 400, 0, 20)), look(Role.LEADER, 2, true, 1_420, 20));
  }

  @Test
  void aTermIsToldOnce() {
    look(Role.FOLLOWER, 1, false, 0, 0);
    look(Role.LEADER, 2, true, 10, 5);
    assertEquals(Optional.empty(), look(Role.LEADER, 2, true, 20, 15));
  }

  @Test
  void whoFollowedInBetweenIsCountedAnew() {
    look(Role.FOLLOWER, 1, false, 0, 0);
    look(Role.LEADER, 2, true, 10, 5);
    look(Role.FOLLOWER, 3, false, 5_000, 50);
    assertEquals(Optional.of(new Takeover(4, 350, 0, 20)), look(Role.LEADER, 4, true, 5_320, 20));
  }

  @Test
  void aLeaderIsNotAskedAgainSinceWhenItLeads() {
    look(Role.FOLLOWER, 1, false, 0, 0);
    look(Role.LEADER, 2, false, 10, 5);
    int asked = timesAsked;
    look(Role.LEADER, 2, false, 20, 15);
    look(Role.LEADER, 2, true, 30, 25);
    look(Role.LEADER, 2, true, 40, 35);
    assertEquals(asked, timesAsked, "Ratis tells it dearly");
  }

  /** Of a follower without a leader, nothing was heard. */
  private Optional<Takeover> look(Role role, long term, boolean ready, long now, long inRole) {
    Optional<String> leader = role == Role.FOLLOWER ? Optional.of("n9") : Optional.empty();
    LongSupplier dear =
        () -> {
          timesAsked++;
          return inRole;
        };
    return clock.look(new Leadership(term, role, leader, ready), now, dear);
  }
}
