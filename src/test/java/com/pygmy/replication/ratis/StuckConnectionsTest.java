package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.replication.ratis.PeerProtocol.Answer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StuckConnectionsTest {

  private static final ReplicaId C2 = ReplicaId.parse("c2#0000000000000002");
  private static final ReplicaId C3 = ReplicaId.parse("c3#0000000000000003");

  private final Set<ReplicaId> silent = new HashSet<>();
  private final Set<String> answering = new HashSet<>();
  private final List<String> dialled = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong(-5);
  private final StuckConnections stuck =
      new StuckConnections(
          millis -> millis == StuckConnections.SILENT_MILLIS ? List.copyOf(silent) : List.of(),
          (name, question, millis) ->
              answering.contains(name)
                  ? CompletableFuture.completedFuture(new Answer.Refused("another incarnation"))
                  : CompletableFuture.failedFuture(new IllegalStateException("no answer")),
          dialled::add,
          nanos::get,
          "c1");

  private void pass(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  @Test
  void whoeverIsHeardIsLeftAlone() throws Exception {
    answering.addAll(List.of("c2", "c3"));
    stuck.look();
    assertEquals(List.of(), dialled);
  }

  @Test
  void whoeverIsSilentButAnswersElsewhereIsDialledAnew() throws Exception {
    silent.addAll(List.of(C2, C3));
    answering.add("c3");
    stuck.look();
    assertEquals(List.of("c3"), dialled);
    answering.add("c2"); // the network was mended, or the process thawed
    stuck.look();
    assertEquals(List.of("c3", "c2"), dialled);
  }

  @Test
  void aPeerThatWasDialledIsGivenTimeAndThenDialledOnceMore() throws Exception {
    silent.add(C2);
    answering.add("c2");
    stuck.look();
    pass(StuckConnections.PATIENCE_MILLIS - 1);
    stuck.look();
    assertEquals(List.of("c2"), dialled);
    pass(1);
    stuck.look();
    assertEquals(List.of("c2", "c2"), dialled);
  }
}
