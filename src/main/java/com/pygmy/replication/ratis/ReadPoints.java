package com.pygmy.replication.ratis;

import com.pygmy.replication.Leadership;
import com.pygmy.replication.Position;
import com.pygmy.replication.ReadPoint;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import com.pygmy.replication.ratis.PeerProtocol.Witness;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Confirmed read points on any replica. The leader runs a {@link ConfirmRound}; another replica
 * asks the leader, which runs one only if the two are no majority. Then the read waits until this
 * replica has applied the confirmed index. All of it starts after the call, is tried again until
 * the time-out, and then answers unavailable.
 */
final class ReadPoints {
  private static final int MAX_WAITING = 100_000;
  private static final long RETRY_MILLIS = 10;

  private final Group group;
  private final PeerCalls peers;
  private final AppliedIndex applied;
  private final LongSupplier nanoClock;
  private final ScheduledExecutorService timer;
  private final Executor answers;
  private final long timeoutNanos;
  private final long roundMillis;
  private final ConfirmRound round;
  private final Coalesced<Position> rounds;
  private final Coalesced<Position> questions;
  private final Deque<Read> waiting = new ConcurrentLinkedDeque<>();
  private final AtomicInteger count = new AtomicInteger();

  ReadPoints(
      Group group,
      PeerCalls peers,
      AppliedIndex applied,
      LongSupplier nanoClock,
      ScheduledExecutorService timer,
      Executor answers,
      long timeoutMillis) {
    this.group = group;
    this.peers = peers;
    this.applied = applied;
    this.nanoClock = nanoClock;
    this.timer = timer;
    this.answers = answers;
    this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    // Short, so that a leader that froze is given up while there is time to ask the next one.
    this.roundMillis = Math.max(50, timeoutMillis / 4);
    this.round =
        new ConfirmRound(
            group, voter -> peers.ask(voter.name(), new Question.Term(voter), roundMillis));
    this.rounds = new Coalesced<>(round::run);
    this.questions = new Coalesced<>(this::askLeader);
  }

  private static final class Read {
    final long deadline;
    final CompletableFuture<ReadPoint> answer = new CompletableFuture<>();
    volatile String lastFailure = "no leader";

    Read(long deadline) {
      this.deadline = deadline;
    }
  }

  CompletableFuture<ReadPoint> confirm() {
    if (count.incrementAndGet() > MAX_WAITING) {
      count.decrementAndGet();
      return CompletableFuture.completedFuture(new ReadPoint.Unavailable("too many reads wait"));
    }
    Read read = new Read(nanoClock.getAsLong() + timeoutNanos);
    Stages.onDone(read.answer, (point, failure) -> count.decrementAndGet());
    waiting.addLast(read);
    attempt(read);
    return read.answer;
  }

  /** That this replica leads, by a round that begins after the call. */
  CompletableFuture<Position> confirmLeading() {
    return rounds.join();
  }

  /** What another replica asks of this one. */
  CompletableFuture<Position> confirmFor(Optional<Witness> witness) {
    return witness
        .flatMap(round::confirmedBy)
        .map(CompletableFuture::completedFuture)
        .orElseGet(this::confirmLeading);
  }

  private void attempt(Read read) {
    if (read.answer.isDone()) {
      return;
    }
    boolean leads = group.leadership().leads();
    Stages.onDone(
        leads ? rounds.join() : questions.join(),
        (point, failure) -> {
          if (failure == null) {
            await(read, point);
          } else {
            read.lastFailure = String.valueOf(failure.getMessage());
            Stages.onDone(
                Stages.on(later(), () -> null), (nothing, closed) -> attemptUnless(closed, read));
          }
        });
  }

  private void attemptUnless(Throwable closed, Read read) {
    if (closed == null) {
      attempt(read);
    } else {
      fail(read, "this replica is being stopped");
    }
  }

  private Executor later() {
    return task -> {
      var unused = timer.schedule(task, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    };
  }

  private void await(Read read, Position point) {
    CompletableFuture<Long> waiter = applied.reaches(point.index());
    // A read that has timed out leaves no waiter behind: see forgetAnswered.
    Stages.onDone(read.answer, (answer, none) -> waiter.cancel(false));
    Stages.onDone(
        waiter,
        (reached, cancelled) -> {
          if (cancelled == null) {
            answers.execute(
                () -> read.answer.complete(new ReadPoint.Confirmed(point.term(), reached)));
          }
        });
  }

  private CompletableFuture<Position> askLeader() {
    ReplicaId leader = group.leaderId().orElse(null);
    Leadership now = group.leadership();
    if (leader == null || leader.equals(group.own())) {
      return CompletableFuture.failedFuture(
          new ConfirmRound.NotConfirmed("no leader known in term " + now.term()));
    }
    Witness witness = new Witness(group.own(), group.term());
    return peers
        .ask(leader.name(), new Question.ReadPoint(leader, Optional.of(witness)), roundMillis)
        .thenApply(
            answer -> {
              if (answer instanceof Answer.ReadPoint point) {
                return new Position(point.term(), point.index());
              }
              throw new ConfirmRound.NotConfirmed("leader " + leader + " answered " + answer);
            });
  }

  /** Answers those whose time is over. All have the same time-out, so the oldest comes first. */
  void sweep() {
    long now = nanoClock.getAsLong();
    for (Read read = waiting.peekFirst();
        read != null && (read.answer.isDone() || read.deadline - now <= 0);
        read = waiting.peekFirst()) {
      waiting.pollFirst();
      fail(read, read.lastFailure);
    }
    applied.forgetAnswered();
  }

  void close() {
    for (Read read = waiting.pollFirst(); read != null; read = waiting.pollFirst()) {
      fail(read, "this replica is being stopped");
    }
  }

  private static void fail(Read read, String why) {
    read.answer.complete(new ReadPoint.Unavailable(why));
  }
}
