package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinedReadsTest {

  private final List<String> fetched = new ArrayList<>();
  private final List<Promise<String>> fetches = new ArrayList<>();
  private final JoinedReads<String, String> reads = new JoinedReads<>(2, 100, this::fetch);

  private Future<String> fetch(String key) {
    fetched.add(key);
    Promise<String> promise = Promise.promise();
    fetches.add(promise);
    return promise.future();
  }

  @Test
  void readsOfTheSameAreOneFetchUntilItLands() {
    List<Future<String>> same = List.of(reads.read("a"), reads.read("a"), reads.read("a"));
    assertEquals(List.of("a"), fetched);
    fetches.get(0).complete("1");
    assertEquals(List.of("1", "1", "1"), same.stream().map(Future::result).toList());
    Future<String> later = reads.read("a");
    assertFalse(later.isComplete());
    fetches.get(1).fail("broken");
    assertEquals("broken", later.cause().getMessage());
  }

  @Test
  void othersWaitWhileSoManyAreInFlight() {
    List<Future<String>> all = List.of(reads.read("a"), reads.read("b"), reads.read("c"));
    Future<String> joined = reads.read("c");
    assertEquals(List.of("a", "b"), fetched);
    fetches.get(1).complete("b");
    assertEquals(List.of("a", "b", "c"), fetched);
    fetches.get(2).complete("c");
    fetches.get(0).complete("a");
    assertEquals(List.of("a", "b", "c"), all.stream().map(Future::result).toList());
    assertEquals("c", joined.result());
  }

  @Test
  void manyFetchesMayFailAtOnce() {
    Promise<String> first = Promise.promise();
    JoinedReads<Integer, String> many =
        new JoinedReads<>(
            1, 100_000, key -> key == 0 ? first.future() : Future.failedFuture("nobody is there"));
    List<Future<String>> all = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      all.add(many.read(i));
    }
    first.fail("gone");
    assertTrue(all.stream().allMatch(Future::failed));
  }

  @Test
  void whoComesWhenTooManyWaitIsToldSoAtOnce() {
    JoinedReads<Integer, String> few =
        new JoinedReads<>(1, 2, key -> Promise.<String>promise().future());
    List<Future<String>> all = List.of(few.read(0), few.read(1), few.read(2), few.read(3));
    assertEquals(List.of(false, false, false, true), all.stream().map(Future::failed).toList());
    assertFalse(few.read(2).isComplete(), "one that waits is joined");
  }

  @Test
  void whoReadsAgainWhenItFailedStartsAnotherFetch() {
    List<String> told = new ArrayList<>();
    reads
        .read("a")
        .onFailure(failure -> reads.read("a").onSuccess(told::add).onFailure(AssertionError::new));
    fetches.get(0).fail("broken");
    fetches.get(1).complete("whole");
    assertEquals(List.of("whole"), told);
  }
}
