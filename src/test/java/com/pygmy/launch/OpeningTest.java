package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class OpeningTest {

  private static final ReplicaState CATALOG = state("n1", Service.CATALOG, true);
  private static final ReplicaState ORDER = state("n1", Service.ORDER, true);

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
  private final ReplicaDirectory directory = new ReplicaDirectory(clock::get);

  @Test
  void opensAtOnceWhenItKnowsWhoServes() throws Exception {
    hear("n1", CATALOG, ORDER);
    assertEquals(0, opensAfterMillis(waited -> {}));
  }

  /** Its own catalog is ready at once, its own orders are not: the others' heartbeats count. */
  @Test
  void waitsForAReadyReplicaOfEitherService() throws Exception {
    hear("n1", CATALOG, state("n1", Service.ORDER, false));
    assertEquals(
        190,
        opensAfterMillis(
            waited -> {
              if (waited == 190) {
                hear("n2", state("n2", Service.ORDER, true));
              }
            }));
  }

  @Test
  void opensInTheEndThoughNobodyServes() throws Exception {
    assertEquals(
        Opening.PATIENCE_MILLIS,
        opensAfterMillis(waited -> hear("n1", state("n1", Service.ORDER, false))));
  }

  /** A look at the clock of the test, and what happens at that time. */
  private interface Meanwhile {
    void after(long millis);
  }

  private long opensAfterMillis(Meanwhile meanwhile) throws Exception {
    AtomicLong waited = new AtomicLong();
    Opening.await(
        directory,
        clock::get,
        millis -> {
          clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
          meanwhile.after(waited.addAndGet(millis));
        });
    return waited.get();
  }

  private void hear(String node, ReplicaState... states) {
    directory.heard(new Heartbeat(node, "i", Optional.empty(), false, List.of(states)));
  }

  private static ReplicaState state(String node, Service service, boolean ready) {
    return new ReplicaState(node, service, Role.SERVING, 0, 0, ready, Optional.empty(), "");
  }
}
