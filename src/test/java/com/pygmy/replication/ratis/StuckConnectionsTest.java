package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.replication.ratis.PeerProtocol.Answer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StuckConnectionsTest {

  private static final ReplicaId C2 = ReplicaId.parse("c2#0000000000000002");
  private static final ReplicaId C3 = ReplicaId.parse("c3#0000000000000003");
  private static final Answer TERM = new Answer.Term(7);

  private final Set<ReplicaId> silent = new HashSet<>();
  private final Set<Long> askedFor = new HashSet<>();
  private final Map<String, Answer> answers = new HashMap<>();
  private final List<ReplicaId> dialled = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong(-5);
  private final StuckConnections stuck = ofTimeOut(600);

  private StuckConnections ofTimeOut(long electionMaxMillis) {
    return new StuckConnections(
        millis -> {
          askedFor.add(millis);
          return List.copyOf(silent);
        },
        (name, question, millis) ->
            answers.containsKey(name)
                ? CompletableFuture.completedFuture(answers.get(name))
                : CompletableFuture.failedFuture(new IllegalStateException("no answer")),
        dialled::add,
        nanos::get,
        electionMaxMillis,
        "c1");
  }

  private void pass(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private void lookTwice() throws InterruptedException {
    stuck.look();
    stuck.look();
  }

  @Test
  void whoeverIsHeardIsLeftAlone() throws Exception {
    answers.putAll(Map.of("c2", TERM, "c3", TERM));
    lookTwice();
    assertEquals(List.of(), dialled);
  }

  @Test
  void whoeverIsSilentButAnswersElsewhereTwiceIsDialledAnew() throws Exception {
    silent.addAll(List.of(C2, C3));
    answers.put("c3", TERM);
    stuck.look();
    assertEquals(List.of(), dialled, "it may have thawed just now, and be heard in a moment");
    stuck.look();
    assertEquals(List.of(C3), dialled);
  }

  @Test
  void oneIsDialledAtATime() throws Exception {
    silent.addAll(List.of(C2, C3));
    answers.putAll(Map.of("c2", TERM, "c3", TERM));
    lookTwice();
    assertEquals(List.of(C2), dialled);
    stuck.look();
    assertEquals(List.of(C2, C3), dialled);
  }

  @Test
  void whoeverIsHeardMeanwhileIsNotDialled() throws Exception {
    silent.add(C2);
    answers.put("c2", TERM);
    stuck.look();
    silent.clear();
    stuck.look();
    silent.add(C2);
    stuck.look();
    assertEquals(List.of(), dialled);
  }

  @Test
  void whoeverIsNoMemberYetOrAnotherByNowIsNotDialled() throws Exception {
    silent.add(C2);
    answers.put("c2", new Answer.Refused("this is c2#0000000000000009"));
    lookTwice();
    assertEquals(List.of(), dialled);
  }

  @Test
  void aPeerThatWasDialledIsGivenTimeAndThenDialledOnceMore() throws Exception {
    silent.add(C2);
    answers.put("c2", TERM);
    lookTwice();
    pass(StuckConnections.PATIENCE_MILLIS - 1);
    lookTwice();
    assertEquals(List.of(C2), dialled);
    pass(1);
    stuck.look();
    assertEquals(List.of(C2, C2), dialled);
  }

  @Test
  void whereLeadersSayLessPeersMayBeSilentForLonger() throws Exception {
    stuck.look();
    ofTimeOut(3_000).look();
    assertEquals(Set.of(2_400L, 12_000L), askedFor);
  }
}
