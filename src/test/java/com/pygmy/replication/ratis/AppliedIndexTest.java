package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AppliedIndexTest {

  private final AppliedIndex applied = new AppliedIndex(10);

  @Test
  void reachesWhatIsAppliedAlready() {
    assertEquals(10, applied.reaches(10).join());
  }

  @Test
  void completesWaitersInTheOrderOfTheirIndexes() {
    CompletableFuture<Long> far = applied.reaches(20);
    CompletableFuture<Long> near = applied.reaches(12);
    applied.advance(15);
    assertEquals(15, near.join());
    assertFalse(far.isDone());
  }

  @Test
  void keepsNoWaiterThatWasAnsweredOtherwise() {
    CompletableFuture<Long> waiter = applied.reaches(20);
    assertEquals(1, applied.waiting());
    assertTrue(waiter.cancel(false));
    applied.forgetAnswered();
    assertEquals(0, applied.waiting());
  }
}
