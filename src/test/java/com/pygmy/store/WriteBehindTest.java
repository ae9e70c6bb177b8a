package com.pygmy.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.domain.Fingerprint;
import com.pygmy.domain.Outcome;
import com.pygmy.domain.Recorded;
import com.pygmy.replication.Position;
import com.pygmy.store.Portion.Bound;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WriteBehindTest {

  private static final int LINGER_MILLIS = 60_000;
  private static final int PLENTY = 100_000;

  private final WriteBehind queue =
      new WriteBehind(
          new CatalogStore.Settings(PLENTY, PLENTY, LINGER_MILLIS, 50, 50, 2 * PLENTY, 1 << 16),
          System::nanoTime,
          Position.START);
  private long index = -1;

  private void add(int outcomes) {
    index++;
    Recorded recorded = new Recorded(new Fingerprint(1, 2), index, new Outcome.Founded("store"));
    List<Bound> bound = Collections.nCopies(outcomes, new Bound("key", recorded));
    queue.add(new Position(1, index), 0, Optional.empty(), bound, List.of(), List.of());
  }

  /** A writer that waits, with hours to go. */
  private CompletableFuture<Portion> sleepingWriter() {
    CompletableFuture<Portion> taken = new CompletableFuture<>();
    Thread writer =
        new Thread(
            () -> {
              try {
                taken.complete(queue.take(TimeUnit.HOURS.toNanos(1)));
              } catch (Throwable failed) {
                taken.completeExceptionally(failed);
              }
            });
    writer.setDaemon(true);
    writer.start();
    while (writer.getState() != Thread.State.TIMED_WAITING && !taken.isDone()) {
      Thread.onSpinWait();
    }
    return taken;
  }

  private static Portion soon(CompletableFuture<Portion> taken) throws Exception {
    return taken.get(LINGER_MILLIS / 4, TimeUnit.MILLISECONDS);
  }

  @Test
  void aFullPortionIsWrittenAtOnce() throws Exception {
    add(1);
    CompletableFuture<Portion> taken = sleepingWriter();
    add(3_000);
    add(1_000);
    assertEquals(4_001, soon(taken).outcomes.size());
  }

  @Test
  void whatSomebodyWaitsForIsWrittenAtOnce() throws Exception {
    add(1);
    queue.whenWritten(1); // would wake it, too
    CompletableFuture<Portion> taken = sleepingWriter();
    add(1);
    assertEquals(new Position(1, 1), soon(taken).position);
  }
}
