package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.pygmy.replication.Leadership;
import com.pygmy.replication.Proposal;
import com.pygmy.replication.ratis.Settings.Replica;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Group commit and its outcomes, with a log of paper: the test says what becomes of an entry. */
class ProposalsTest {
  private static final long TERM = 5;
  private static final UUID ME = new UUID(1, 2);

  /** An entry handed to the log. */
  private record Flight(EntryFormat.Written entry, CompletableFuture<Void> landed) {}

  private final AtomicLong nanos = new AtomicLong();
  private final BlockingQueue<Flight> flights = new LinkedBlockingQueue<>();
  private volatile Leadership leadership = leader(TERM);
  private volatile boolean admits = true;
  private volatile boolean appends = true;
  private Proposals<String> proposals;
  private Thread submitter;

  private static Leadership leader(long term) {
    return new Leadership(term, Leadership.Role.LEADER, Optional.of("c1"), true);
  }

  @BeforeEach
  void start() {
    Settings settings =
        new Settings(
            "test",
            "c1",
            List.of(new Replica("c1", "127.0.0.1", 1)),
            Path.of("unused"),
            300,
            600,
            1_000,
            1_000,
            1_000,
            10,
            0,
            false,
            Optional.empty());
    Outside outside = new Outside(nanos::get, () -> 77, null, cause -> {});
    proposals =
        new Proposals<>(settings, outside, ME, () -> leadership, () -> admits, Runnable::run);
    submitter = new Thread(() -> proposals.submitter(this::submit));
    submitter.start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    proposals.close();
    submitter.join();
  }

  private CompletableFuture<Void> submit(long sequence, byte[] bytes) {
    EntryFormat.Written entry = EntryFormat.decode(ByteBuffer.wrap(bytes));
    assertEquals(sequence, entry.sequence());
    if (!appends) {
      return CompletableFuture.failedFuture(new IllegalStateException("refused"));
    }
    proposals.appending(sequence);
    Flight flight = new Flight(entry, new CompletableFuture<>());
    flights.add(flight);
    return flight.landed();
  }

  private CompletableFuture<Proposal<String>> propose(int bytes) {
    return proposals.propose(TERM, List.of(new byte[bytes])).get(0);
  }

  private Flight takeOff() throws InterruptedException {
    Flight flight = flights.poll(10, TimeUnit.SECONDS);
    if (flight == null) {
      throw new AssertionError("nothing was submitted");
    }
    return flight;
  }

  private static Proposal<String> answer(CompletableFuture<Proposal<String>> proposed) {
    return TestCluster.join(proposed);
  }

  private void apply(Flight flight, long index) {
    List<String> results = new ArrayList<>();
    for (int i = 0; i < flight.entry().commands().size(); i++) {
      results.add(index + "/" + i);
    }
    proposals.applied(flight.entry(), index, results);
    flight.landed().complete(null);
  }

  @Test
  void whatIsProposedTogetherSharesAnEntryOfAnIdleLog() throws Exception {
    for (int round = 0; round < 200; round++) {
      List<CompletableFuture<Proposal<String>>> answers =
          proposals.propose(TERM, Collections.nCopies(64, new byte[1]));
      Flight only = takeOff();
      assertEquals(64, only.entry().commands().size(), "round " + round);
      apply(only, round);
      for (int i = 0; i < answers.size(); i++) {
        assertEquals(
            new Proposal.Committed<>(round, round + "/" + i), answer(answers.get(i)), "in order");
      }
    }
  }

  @Test
  void anIdleLogTakesACommandAtOnceAndABusyOneGathers() throws Exception {
    List<CompletableFuture<Proposal<String>>> answers = new ArrayList<>();
    answers.add(propose(1));
    Flight first = takeOff();
    answers.add(propose(1));
    Flight second = takeOff();
    for (int i = 0; i < 300; i++) {
      answers.add(propose(1));
    }
    assertNull(flights.poll(50, TimeUnit.MILLISECONDS), "two are in flight");
    apply(first, 10);
    Flight third = takeOff();
    assertEquals(256, third.entry().commands().size());
    apply(second, 11);
    Flight fourth = takeOff();
    assertEquals(44, fourth.entry().commands().size());
    apply(third, 12);
    apply(fourth, 13);
    assertEquals(new Proposal.Committed<>(10, "10/0"), answer(answers.get(0)));
    assertEquals(new Proposal.Committed<>(11, "11/0"), answer(answers.get(1)));
    assertEquals(new Proposal.Committed<>(12, "12/255"), answer(answers.get(257)));
    assertEquals(new Proposal.Committed<>(13, "13/43"), answer(answers.get(301)));
    assertEquals(77, third.entry().at());
    assertEquals(TERM, third.entry().admittedTerm());
  }

  @Test
  void gathersNoMoreThanAMegabyte() throws Exception {
    List<CompletableFuture<Proposal<String>>> proposed = new ArrayList<>();
    proposed.add(propose(1));
    takeOff();
    proposed.add(propose(1));
    Flight second = takeOff();
    for (int i = 0; i < 5; i++) {
      proposed.add(propose(300_000));
    }
    apply(second, 1);
    assertEquals(3, takeOff().entry().commands().size());
    assertEquals(7, proposed.size());
  }

  @Test
  void answersNotLeaderWhenTheLogRefusedTheEntryBecauseLeadershipWasLost() {
    appends = false;
    Leadership follower =
        new Leadership(TERM + 1, Leadership.Role.FOLLOWER, Optional.of("c2"), false);
    CompletableFuture<Proposal<String>> proposed = propose(1);
    // Whether the loss is seen before or after the refusal, nothing was decided.
    Proposal<String> outcome = answer(proposed);
    assertFalse(outcome instanceof Proposal.Unknown, outcome::toString);
    leadership = follower;
    assertEquals(new Proposal.NotLeader<>(Optional.of("c2")), answer(propose(1)));
  }

  @Test
  void aFailedFlightIsAnsweredByTheLogAllTheSame() throws Exception {
    CompletableFuture<Proposal<String>> proposed = propose(1);
    Flight flight = takeOff();
    flight.landed().completeExceptionally(new IllegalStateException("stepped down"));
    assertFalse(proposed.isDone(), "it is in the log and may be decided");
    apply(flight, 9);
    assertEquals(new Proposal.Committed<>(9, "9/0"), answer(proposed));
  }

  @Test
  void anEntryOfALaterTermTellsThatEarlierOnesWillNeverCome() throws Exception {
    CompletableFuture<Proposal<String>> proposed = propose(1);
    takeOff();
    proposals.termPassed(TERM);
    assertFalse(proposed.isDone());
    proposals.termPassed(TERM + 1);
    assertInstanceOf(Proposal.NotDecided.class, answer(proposed));
  }

  @Test
  void aFencedEntryIsNotDecided() throws Exception {
    CompletableFuture<Proposal<String>> proposed = propose(1);
    proposals.fenced(takeOff().entry());
    assertInstanceOf(Proposal.NotDecided.class, answer(proposed));
  }

  @Test
  void anEntryOfAnotherStartOfTheReplicaIsNobodysHere() throws Exception {
    CompletableFuture<Proposal<String>> proposed = propose(1);
    EntryFormat.Written mine = takeOff().entry();
    proposals.applied(
        new EntryFormat.Written(TERM, 0, new UUID(9, 9), mine.sequence(), List.of(new byte[] {1})),
        3,
        List.of("theirs"));
    assertFalse(proposed.isDone());
  }

  @Test
  void whatIsNotDecidedInTimeIsUnknownAndWhatWasNeverProposedIsNot() throws Exception {
    CompletableFuture<Proposal<String>> first = propose(1);
    takeOff();
    CompletableFuture<Proposal<String>> second = propose(1);
    takeOff();
    CompletableFuture<Proposal<String>> queued = propose(1);
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(999));
    proposals.sweep();
    assertFalse(first.isDone() || queued.isDone());
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
    proposals.sweep();
    assertInstanceOf(Proposal.Unknown.class, answer(first));
    assertInstanceOf(Proposal.Unknown.class, answer(second));
    assertInstanceOf(Proposal.Overloaded.class, answer(queued));
  }

  @Test
  void refusesWhenTooManyWaitOrTheStateIsBehind() throws Exception {
    admits = false;
    assertInstanceOf(Proposal.Overloaded.class, answer(propose(1)));
    admits = true;
    List<CompletableFuture<Proposal<String>>> accepted = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      accepted.add(propose(1));
    }
    assertInstanceOf(Proposal.Overloaded.class, answer(propose(1)));
    int answered = 0;
    for (long index = 1; answered < 1_000; index++) {
      Flight flight = takeOff();
      answered += flight.entry().commands().size();
      apply(flight, index);
    }
    for (CompletableFuture<Proposal<String>> each : accepted) {
      assertInstanceOf(Proposal.Committed.class, answer(each));
    }
    assertFalse(propose(1).isDone(), "there is room again");
  }

  @Test
  void skippedEntriesLeaveTheirCallersInDoubt() throws Exception {
    CompletableFuture<Proposal<String>> proposed = propose(1);
    takeOff();
    proposals.skipped();
    assertInstanceOf(Proposal.Unknown.class, answer(proposed));
  }
}
