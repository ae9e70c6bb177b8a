package com.pygmy.replication.ratis;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Rounds of an asynchronous question that many ask at the same time: one round runs, one waits. Who
 * asks while a round runs gets the answer of the next one, so the answer is always one that was
 * sought after the call. Thread-safe; never blocks. Rounds must end by themselves.
 */
final class Coalesced<T> {
  private final Supplier<CompletableFuture<T>> round;
  private CompletableFuture<T> waiting;
  private boolean running;

  /** A round that throws counts as one that failed. */
  Coalesced(Supplier<CompletableFuture<T>> round) {
    this.round = round;
  }

  CompletableFuture<T> join() {
    CompletableFuture<T> mine;
    synchronized (this) {
      if (running) {
        if (waiting == null) {
          waiting = new CompletableFuture<>();
        }
        return waiting;
      }
      running = true;
      mine = new CompletableFuture<>();
    }
    run(mine);
    return mine;
  }

  private void run(CompletableFuture<T> first) {
    CompletableFuture<T> mine = first;
    while (mine != null) {
      CompletableFuture<T> answer = begin();
      if (!answer.isDone()) {
        CompletableFuture<T> asked = mine;
        Stages.onDone(
            answer,
            (value, failure) -> {
              CompletableFuture<T> next = next();
              settle(asked, value, failure);
              if (next != null) {
                run(next);
              }
            });
        return;
      }
      // A loop, not a recursion, for rounds that are over at once.
      CompletableFuture<T> next = next();
      CompletableFuture<T> asked = mine;
      Stages.onDone(answer, (value, failure) -> settle(asked, value, failure));
      mine = next;
    }
  }

  private CompletableFuture<T> begin() {
    try {
      return round.get();
    } catch (RuntimeException failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  private synchronized CompletableFuture<T> next() {
    CompletableFuture<T> next = waiting;
    waiting = null;
    running = next != null;
    return next;
  }

  private void settle(CompletableFuture<T> asked, T value, Throwable failure) {
    if (failure != null) {
      asked.completeExceptionally(failure);
    } else {
      asked.complete(value);
    }
  }
}
