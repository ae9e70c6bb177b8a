package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class CoalescedReadsTest {

  private static final long PATIENCE_MILLIS = 300;

  private long nanos;
  private final List<List<String>> fetched = new ArrayList<>();
  private final List<String> askers = new ArrayList<>();
  private final List<Promise<Function<String, String>>> fetches = new ArrayList<>();
  private final CoalescedReads<String, String> reads =
      new CoalescedReads<>(2, 3, PATIENCE_MILLIS, this::fetch, () -> nanos);

  private Future<Function<String, String>> fetch(List<String> keys, String requestId) {
    fetched.add(keys);
    askers.add(requestId);
    Promise<Function<String, String>> promise = Promise.promise();
    fetches.add(promise);
    return promise.future();
  }

  private Future<String> read(String key) {
    return reads.read(key, "of-" + key);
  }

  private void asked(String key, String requestId) {
    var unused = reads.read(key, requestId);
  }

  private void pass(long millis) {
    nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    reads.expire();
  }

  private void land(int fetch) {
    fetches.get(fetch).complete(key -> key + "@" + fetch);
  }

  @Test
  void aReadJoinsNoFetchThatBeganBeforeIt() {
    Future<String> first = read("a");
    Future<String> second = read("a");
    Future<String> third = read("a");
    pass(CoalescedReads.SLOW_MILLIS);
    assertEquals(List.of(List.of("a")), fetched);
    land(0);
    assertEquals("a@0", first.result());
    assertFalse(second.isComplete());
    assertEquals(2, fetched.size());
    land(1);
    assertEquals("a@1", second.result());
    assertEquals("a@1", third.result());
  }

  @Test
  void readsOfOthersAreGatheredWhileAFetchFlies() {
    asked("a", "r");
    List<Future<String>> waiting = List.of(read("c"), read("d"), read("e"));
    Future<String> more = read("f");
    assertEquals(List.of(List.of("a")), fetched);
    land(0);
    assertEquals(List.of("c", "d", "e"), fetched.get(1));
    land(1);
    assertEquals(List.of("c@1", "d@1", "e@1"), waiting.stream().map(Future::result).toList());
    assertEquals(List.of("f"), fetched.get(2));
    assertFalse(more.isComplete());
  }

  @Test
  void aSlowFetchIsOvertaken() {
    Future<String> slow = read("a");
    Future<String> second = read("b");
    pass(CoalescedReads.SLOW_MILLIS - 1);
    assertEquals(List.of(List.of("a")), fetched);
    pass(1);
    assertEquals(List.of("b"), fetched.get(1));
    asked("c", "r");
    asked("d", "r");
    land(1);
    assertEquals("b@1", second.result());
    assertEquals(List.of("c", "d"), fetched.get(2)); // without another expiry
    asked("e", "r");
    pass(CoalescedReads.SLOW_MILLIS);
    assertEquals(3, fetched.size()); // two fly
    land(0);
    assertEquals("a@0", slow.result());
    assertEquals(List.of("e"), fetched.get(3));
  }

  @Test
  void fetchesOfOneKeyFlyTogether() {
    CoalescedReads<String, String> single =
        new CoalescedReads<>(2, 1, PATIENCE_MILLIS, this::fetch, () -> nanos);
    for (String key : List.of("a", "b", "c")) {
      var unused = single.read(key, "r");
    }
    assertEquals(List.of(List.of("a"), List.of("b")), fetched);
  }

  @Test
  void aFetchBearsTheIdOfWhoAskedFirst() {
    asked("a", "r1");
    asked("b", "r2");
    asked("a", "r3");
    asked("c", "r4");
    asked("a", "r5");
    land(0);
    assertEquals(List.of("b", "a", "c"), fetched.get(1));
    assertEquals(List.of("r1", "r2"), askers);
  }

  @Test
  void aFailedFetchFailsItsOwnReadsOnly() {
    Future<String> first = read("a");
    Future<String> second = read("a");
    fetches.get(0).fail("broken");
    assertEquals("broken", first.cause().getMessage());
    assertFalse(second.isComplete());
    land(1);
    assertEquals("a@1", second.result());
  }

  @Test
  void noReadWaitsLongerThanItsPatience() {
    Future<String> first = read("a");
    nanos += 200_000_000;
    Future<String> second = read("a");
    reads.expire();
    assertFalse(first.isComplete());
    nanos += 100_000_000;
    reads.expire();
    assertTrue(first.failed());
    assertFalse(second.isComplete());
    nanos += 200_000_000;
    reads.expire();
    assertTrue(
        second.cause() instanceof FailureException failed
            && failed.failure() instanceof Failure.Unavailable);
    land(0); // and nobody minds
    Future<String> third = read("a");
    land(1);
    assertEquals("a@1", third.result());
  }

  @Test
  void whatNobodyWaitsForAnyMoreIsNotFetched() {
    asked("a", "r1");
    pass(CoalescedReads.SLOW_MILLIS);
    asked("b", "r2");
    asked("gone", "r3");
    asked("wanted", "r4");
    pass(100);
    Future<String> wanted = reads.read("wanted", "r5");
    pass(PATIENCE_MILLIS - 100); // both that fly are slow, and nobody waits for them either
    land(0);
    assertEquals(List.of("wanted"), fetched.get(2));
    asked("gone", "r6");
    land(2);
    assertEquals("wanted@2", wanted.result());
    assertEquals(List.of("gone"), fetched.get(3));
    assertEquals(List.of("r1", "r2", "r4", "r6"), askers);
  }

  @Test
  void manyFetchesMayFailAtOnce() {
    boolean[] broken = new boolean[1];
    List<Promise<Function<String, String>>> flying = new ArrayList<>();
    CoalescedReads<Integer, String> many =
        new CoalescedReads<>(
            1,
            1,
            PATIENCE_MILLIS,
            (keys, requestId) -> {
              if (broken[0]) {
                return Future.failedFuture("broken");
              }
              Promise<Function<String, String>> promise = Promise.promise();
              flying.add(promise);
              return promise.future().map(f -> key -> "");
            },
            () -> nanos);
    List<Future<String>> all = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      all.add(many.read(i, "r"));
    }
    broken[0] = true;
    flying.get(0).fail("broken");
    assertTrue(all.stream().allMatch(Future::failed));
  }
}
