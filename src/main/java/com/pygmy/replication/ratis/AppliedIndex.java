package com.pygmy.replication.ratis;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;

/** The index of the last entry passed here, and who waits for it. Thread-safe. */
final class AppliedIndex {
  private record Waiter(long index, CompletableFuture<Long> reached) implements Comparable<Waiter> {
    @Override
    public int compareTo(Waiter other) {
      return Long.compare(index, other.index);
    }
  }

  private final PriorityQueue<Waiter> waiters = new PriorityQueue<>();
  private volatile long index;

  AppliedIndex(long index) {
    this.index = index;
  }

  long get() {
    return index;
  }

  /** Completes on the applying thread, with the index reached: what follows must be short. */
  CompletableFuture<Long> reaches(long wanted) {
    if (index >= wanted) {
      return CompletableFuture.completedFuture(index);
    }
    synchronized (waiters) {
      if (index >= wanted) {
        return CompletableFuture.completedFuture(index);
      }
      Waiter waiter = new Waiter(wanted, new CompletableFuture<>());
      waiters.add(waiter);
      return waiter.reached();
    }
  }

  void advance(long reached) {
    List<Waiter> due = List.of();
    synchronized (waiters) {
      index = reached;
      while (!waiters.isEmpty() && waiters.peek().index() <= reached) {
        due = due.isEmpty() ? new ArrayList<>() : due;
        due.add(waiters.poll());
      }
    }
    due.forEach(waiter -> waiter.reached().complete(reached));
  }

  /** Forgets waiters that were answered otherwise, by a time-out. */
  void forgetAnswered() {
    synchronized (waiters) {
      waiters.removeIf(waiter -> waiter.reached().isDone());
    }
  }

  /** For tests. */
  int waiting() {
    synchronized (waiters) {
      return waiters.size();
    }
  }
}
