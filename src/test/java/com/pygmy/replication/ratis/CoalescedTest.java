package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CoalescedTest {
  private final List<CompletableFuture<String>> rounds = new ArrayList<>();
  private final Coalesced<String> coalesced =
      new Coalesced<>(
          () -> {
            CompletableFuture<String> round = new CompletableFuture<>();
            rounds.add(round);
            return round;
          });

  @Test
  void whoAsksDuringARoundGetsTheNextOne() {
    CompletableFuture<String> first = coalesced.join();
    CompletableFuture<String> second = coalesced.join();
    CompletableFuture<String> third = coalesced.join();
    assertNotSame(first, second);
    assertSame(second, third);
    assertEquals(1, rounds.size());

    rounds.get(0).complete("one");
    assertEquals("one", first.join());
    assertFalse(second.isDone());
    assertEquals(2, rounds.size());

    CompletableFuture<String> fourth = coalesced.join();
    rounds.get(1).complete("two");
    assertEquals("two", second.join());
    assertFalse(fourth.isDone());
    rounds.get(2).complete("three");
    assertEquals("three", fourth.join());
    assertEquals(3, rounds.size(), "nobody waits, nothing runs");
  }

  @Test
  void aRoundThatFailsOrThrowsStopsNothing() {
    CompletableFuture<String> first = coalesced.join();
    CompletableFuture<String> second = coalesced.join();
    rounds.get(0).completeExceptionally(new IllegalStateException("no"));
    assertTrue(first.isCompletedExceptionally());
    rounds.get(1).complete("two");
    assertEquals("two", second.join());

    Coalesced<String> throwing =
        new Coalesced<>(
            () -> {
              throw new IllegalStateException("always");
            });
    assertTrue(throwing.join().isCompletedExceptionally());
    assertTrue(throwing.join().isCompletedExceptionally());
  }
}
