package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.coherence.CoherenceMessage.Grant;
import com.pygmy.coherence.CoherenceMessage.Resume;
import com.pygmy.coherence.CoherenceMessage.Suspend;
import com.pygmy.coherence.View;
import com.pygmy.coherence.ViewLease.Verdict;
import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LeasedCopiesTest {

  private static final int VIEWS = 3;
  private static final int WRITES = 20_000;
  private static final int READERS = 2;

  private final LeasedCopies copies = new LeasedCopies("n1/1", "store", 1_000_000, () -> 0L);

  static LongStream seeds() {
    return Seeds.of(3);
  }

  /** What is at an index of the log is that index; a reader asks for any view, at any time. */
  @ParameterizedTest
  @MethodSource("seeds")
  void onceAcknowledgedNoThreadServesTheOldCopy(long seed) throws InterruptedException {
    lease(0);
    AtomicLongArray truth = new AtomicLongArray(VIEWS);
    for (int v = 0; v < VIEWS; v++) {
      copies.keep(id(v), copy(v, 0));
    }
    AtomicBoolean done = new AtomicBoolean();
    AtomicLongArray served = new AtomicLongArray(READERS);
    List<String> stale = Collections.synchronizedList(new ArrayList<>());
    List<Thread> readers = new ArrayList<>();
    for (int r = 0; r < READERS; r++) {
      Random random = new Random(seed * 100 + r);
      int reader = r;
      Thread thread =
          new Thread(
              () -> {
                while (!done.get()) {
                  int v = random.nextInt(VIEWS);
                  long known = truth.get(v);
                  Copy copy = copies.find(id(v)).orElseThrow();
                  if (copies.check(copy) == Verdict.SERVE) {
                    served.incrementAndGet(reader);
                    if (copy.asOf() < known) {
                      stale.add(copy.asOf() + " after " + known);
                    }
                  }
                }
              });
      readers.add(thread);
      thread.start();
    }
    Random random = new Random(seed);
    long sequence = 1;
    for (long index = 1; index <= WRITES; index++) {
      int v = random.nextInt(VIEWS);
      assertTrue(copies.hear(new Suspend(1, ++sequence, Set.of(view(v)))).isPresent());
      truth.set(v, index); // decided: whoever asks from now on must see it
      if (random.nextBoolean()) {
        copies.keep(id(v), copy(v, index));
      }
      copies.hear(new Resume(1, ++sequence, Set.of(view(v)), index, List.of()));
      copies.keep(id(v), copy(v, index));
    }
    done.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
    assertEquals(List.of(), stale, Seeds.replay(seed));
    for (int r = 0; r < READERS; r++) {
      assertTrue(served.get(r) > 0, "a reader that was never served proves nothing");
    }
  }

  @Test
  void servesNothingOnceEnded() {
    lease(0);
    Copy copy = copy(0, 7);
    assertEquals(Verdict.SERVE, copies.check(copy));
    copies.end();
    assertEquals(Verdict.NO_LEASE, copies.check(copy));
    assertEquals(Verdict.NO_LEASE, copies.check(List.of(copy)));
    assertEquals(Verdict.NO_LEASE, copies.check(view(0)));
    lease(0);
    assertEquals(Verdict.NO_LEASE, copies.check(copy));
    assertTrue(copies.hear(new Suspend(1, 99, Set.of(view(0)))).isPresent());
  }

  @Test
  void permitsSeveralOnlyTogether() {
    lease(5);
    assertEquals(Verdict.SERVE, copies.check(List.of(copy(0, 5), copy(1, 6))));
    assertEquals(Verdict.STALE, copies.check(List.of(copy(0, 5), copy(1, 4))));
    copies.hear(new Suspend(1, 50, Set.of(view(0))));
    assertEquals(Verdict.SUSPENDED, copies.check(List.of(copy(1, 6), copy(0, 6))));
  }

  @Test
  void keepsTheNewerOfTwoCopies() {
    copies.keep(id(0), copy(0, 5));
    copies.keep(id(0), copy(0, 4));
    assertEquals(5, copies.find(id(0)).orElseThrow().asOf());
    copies.keep(id(0), copy(0, 6));
    assertEquals(6, copies.find(id(0)).orElseThrow().asOf());
  }

  @Test
  void takesAFreshBookInPlaceOfACopyAndNoOther() {
    lease(0);
    copies.keep(id(0), copy(0, 1));
    copies.hear(new Suspend(1, 2, Set.of(view(0), view(1))));
    copies.hear(new Resume(1, 3, Set.of(view(0), view(1)), 4, List.of(book(0), book(1))));
    assertEquals(Verdict.SERVE, copies.check(copies.find(id(0)).orElseThrow()));
    assertEquals(Optional.empty(), copies.find(id(1)));
  }

  @Test
  void isBoundedInBytes() {
    int weight = copy(0, 1).weight();
    for (int i = 0; i < 10_000; i++) {
      copies.keep(id(i), copy(i, 1));
    }
    assertTrue(copies.size() * weight <= 1_000_000, copies.size() + " copies");
    assertTrue(copies.size() * weight > 500_000, copies.size() + " copies");
  }

  private void lease(long floor) {
    copies.hear(new Grant(1, 1, copies.renew().request(), floor, Set.of()));
  }

  private static BookId id(int v) {
    return new BookId(v + 1);
  }

  private static View view(int v) {
    return new View.OfBook(id(v));
  }

  private static Book book(int v) {
    return new Book(id(v), "Title", "Author", "topic", 100, 5, 0, 0, 1);
  }

  private static Copy copy(int v, long asOf) {
    return new Copy(view(v), asOf, Optional.empty());
  }
}
