package com.pygmy.coherence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

final class FetchesTest {
  private final Fetches<String, String> fetches = new Fetches<>();

  @Test
  void readsThatWaitShareTheNextFetch() {
    fetches.join("a", "read 1");
    fetches.join("a", "read 2");
    assertEquals(1, fetches.waiting());
    assertEquals(List.of("a"), fetches.start(9));
    assertEquals(List.of("read 1", "read 2"), fetches.landed("a"));
  }

  @Test
  void aReadDoesNotJoinAFetchThatBeganBeforeItArrived() {
    fetches.join("a", "read 1");
    assertEquals(List.of("a"), fetches.start(9));
    fetches.join("a", "read 2");
    assertEquals(List.of("read 1"), fetches.landed("a"));
    assertEquals(List.of("a"), fetches.start(9));
    assertEquals(List.of("read 2"), fetches.landed("a"));
  }

  @Test
  void ofAKeyOneFetchIsInFlightAtMost() {
    fetches.join("a", "read 1");
    assertEquals(List.of("a"), fetches.start(9));
    fetches.join("a", "read 2");
    fetches.join("b", "read 3");
    assertEquals(List.of("b"), fetches.start(9));
    assertEquals(1, fetches.waiting());
    assertEquals(List.of("read 1"), fetches.landed("a"));
    assertEquals(List.of("a"), fetches.start(9));
  }

  @Test
  void startsNoMoreThanAskedForThoseThatWaitLongestFirst() {
    for (String key : List.of("c", "a", "b")) {
      fetches.join(key, "read of " + key);
    }
    assertEquals(List.of("c", "a"), fetches.start(2));
    assertEquals(List.of("b"), fetches.start(2));
    assertEquals(List.of(), fetches.start(2));
    assertEquals(0, fetches.waiting());
  }

  @Test
  void aFetchLandsOnce() {
    fetches.join("a", "read 1");
    assertThrows(IllegalStateException.class, () -> fetches.landed("a"));
    assertEquals(List.of("a"), fetches.start(1));
    assertEquals(List.of("read 1"), fetches.landed("a"));
    assertThrows(IllegalStateException.class, () -> fetches.landed("a"));
  }
}
