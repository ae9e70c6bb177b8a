package com.pygmy.replication.ratis;

import com.pygmy.replication.Leadership;
import com.pygmy.replication.Proposal;
import com.pygmy.replication.ReplicatedLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Group commit, and who waits for what. Commands that come while {@value #ENTRIES_IN_FLIGHT}
 * entries are in flight are gathered into the next one; an idle log takes a command at once. Life
 * of a command:
 *
 * <pre>
 * queued     | too many, or the state is behind   -> Overloaded
 *            | its time is over                   -> Overloaded: never proposed
 *            | this replica does not lead in T    -> NotLeader: never proposed
 * submitted  | Ratis refused before the append    -> NotLeader or Overloaded: never in the log
 *            | its entry applied in T             -> Committed
 *            | its entry applied in another term  -> NotDecided: fenced off on every replica
 *            | an entry of a later term applied   -> NotDecided: behind it an entry of T cannot come,
 *            |                                       and one appended late is fenced off
 *            | a copy of the state was installed  -> Unknown: the entry may be in it
 *            | its time is over                   -> Unknown
 * </pre>
 *
 * Results are matched by the proposer and sequence in the entry itself, so an entry whose
 * submission failed or timed out in Ratis is answered all the same when it is applied. Thread-safe;
 * {@link #submitter} is to be run by one thread, because Ratis blocks who submits until the entry
 * is appended, and keeps the order only then.
 */
final class Proposals<R> {
  static final int ENTRIES_IN_FLIGHT = 2;

  /** Commands gathered into an entry, unless a single one is larger. */
  static final int MAX_GATHERED_BYTES = 1 << 20;

  /** Hands an entry to Ratis: blocks until it is appended or refused, and says which. */
  interface Submission {
    /**
     * Submits.
     *
     * @return fails, or ends, when the entry is out of flight
     */
    CompletableFuture<?> submit(long sequence, byte[] entry);
  }

  private static final class Waiting<R> {
    final long term;
    final byte[] command;
    final long deadline;
    final CompletableFuture<Proposal<R>> answer = new CompletableFuture<>();

    Waiting(long term, byte[] command, long deadline) {
      this.term = term;
      this.command = command;
      this.deadline = deadline;
    }
  }

  private static final class Submitted<R> {
    final long term;
    final List<Waiting<R>> commands;
    boolean appended;

    Submitted(long term, List<Waiting<R>> commands) {
      this.term = term;
      this.commands = commands;
    }
  }

  private final UUID proposer;
  private final int maxCommands;
  private final long timeoutNanos;
  private final Outside outside;
  private final Supplier<Leadership> leadership;
  private final BooleanSupplier admits;
  private final Executor answers;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Deque<Waiting<R>> queue = new ArrayDeque<>();
  private final Map<Long, Submitted<R>> submitted = new HashMap<>();
  private int unanswered;
  private int inFlight;
  private long lastSequence;
  private boolean closed;

  /**
   * @param proposer differs at every start of a replica
   */
  Proposals(
      Settings settings,
      Outside outside,
      UUID proposer,
      Supplier<Leadership> leadership,
      BooleanSupplier admits,
      Executor answers) {
    this.proposer = proposer;
    this.maxCommands = settings.maxQueuedCommands();
    this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(settings.proposalTimeoutMillis());
    this.outside = outside;
    this.leadership = leadership;
    this.admits = admits;
    this.answers = answers;
  }

  /**
   * Queues them at once, so that the submitter does not take some of them and leave the others
   * behind for an entry of their own.
   */
  List<CompletableFuture<Proposal<R>>> propose(long term, List<byte[]> commands) {
    for (byte[] command : commands) {
      if (command.length > ReplicatedLog.MAX_COMMAND_BYTES) {
        throw new IllegalArgumentException("a command of " + command.length + " bytes");
      }
    }
    Leadership now = leadership.get();
    if (!now.ready() || now.term() != term) {
      return all(commands, new Proposal.NotLeader<>(hint(now)));
    }
    if (!admits.getAsBoolean()) {
      return all(commands, new Proposal.Overloaded<>());
    }
    long deadline = outside.nanoClock().getAsLong() + timeoutNanos;
    lock.lock();
    try {
      int room = closed ? 0 : Math.max(0, maxCommands - unanswered);
      List<CompletableFuture<Proposal<R>>> asked = new ArrayList<>(commands.size());
      for (byte[] command : commands.subList(0, Math.min(room, commands.size()))) {
        Waiting<R> waiting = new Waiting<>(term, command, deadline);
        queue.addLast(waiting);
        asked.add(waiting.answer);
      }
      unanswered += asked.size();
      work.signal();
      asked.addAll(
          all(commands.subList(asked.size(), commands.size()), new Proposal.Overloaded<>()));
      return asked;
    } finally {
      lock.unlock();
    }
  }

  private static <R> List<CompletableFuture<Proposal<R>>> all(
      List<byte[]> commands, Proposal<R> outcome) {
    return Collections.nCopies(commands.size(), CompletableFuture.completedFuture(outcome));
  }

  private static Optional<String> hint(Leadership now) {
    return now.leads() ? Optional.empty() : now.leader();
  }

  /** Submits until {@link #close}; the thread blocks while there is nothing to submit. */
  void submitter(Submission submission) {
    try {
      for (List<Waiting<R>> group = gather(); group != null; group = gather()) {
        submit(group, submission);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** The commands of the next entry, all admitted in one term; null when closed. */
  private List<Waiting<R>> gather() throws InterruptedException {
    lock.lock();
    try {
      while (!closed && (queue.isEmpty() || inFlight >= ENTRIES_IN_FLIGHT)) {
        work.await();
      }
      if (closed) {
        return null;
      }
      long term = queue.peekFirst().term;
      List<Waiting<R>> group = new ArrayList<>();
      int bytes = 0;
      while (!queue.isEmpty() && group.size() < ReplicatedLog.MAX_COMMANDS_PER_ENTRY) {
        Waiting<R> next = queue.peekFirst();
        if (next.term != term
            || (!group.isEmpty() && bytes + next.command.length > MAX_GATHERED_BYTES)) {
          break;
        }
        queue.pollFirst();
        bytes += next.command.length;
        group.add(next);
      }
      inFlight++;
      return group;
    } finally {
      lock.unlock();
    }
  }

  private void submit(List<Waiting<R>> group, Submission submission) {
    long term = group.get(0).term;
    Leadership now = leadership.get();
    if (!now.ready() || now.term() != term) {
      landed();
      Optional<String> hint = hint(now);
      answer(group, w -> new Proposal.NotLeader<>(hint));
      return;
    }
    long sequence = register(term, group);
    byte[] entry =
        EntryFormat.encode(
            new EntryFormat.Written(
                term,
                outside.wallClockMillis().getAsLong(),
                proposer,
                sequence,
                group.stream().map(w -> w.command).toList()));
    CompletableFuture<?> flight;
    try {
      flight = submission.submit(sequence, entry);
    } catch (RuntimeException refused) {
      flight = CompletableFuture.failedFuture(refused);
    }
    refuseUnlessAppended(sequence);
    Stages.onDone(flight, (done, failure) -> landed());
  }

  private long register(long term, List<Waiting<R>> group) {
    lock.lock();
    try {
      long sequence = ++lastSequence;
      submitted.put(sequence, new Submitted<>(term, group));
      return sequence;
    } finally {
      lock.unlock();
    }
  }

  /** The submission is over: what is not in the log now will never be. */
  private void refuseUnlessAppended(long sequence) {
    Submitted<R> refused;
    lock.lock();
    try {
      Submitted<R> entry = submitted.get(sequence);
      refused = entry == null || entry.appended ? null : submitted.remove(sequence);
    } finally {
      lock.unlock();
    }
    if (refused != null) {
      Leadership now = leadership.get();
      boolean leads = now.ready() && now.term() == refused.term;
      Optional<String> hint = hint(now);
      answer(
          refused.commands,
          w -> leads ? new Proposal.Overloaded<>() : new Proposal.NotLeader<>(hint));
    }
  }

  private void landed() {
    lock.lock();
    try {
      inFlight--;
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Ratis is about to append this entry: from here on it may be decided. */
  void appending(long sequence) {
    lock.lock();
    try {
      Submitted<R> entry = submitted.get(sequence);
      if (entry != null) {
        entry.appended = true;
      }
    } finally {
      lock.unlock();
    }
  }

  /** An entry was applied; if it was proposed here, its waiters get their results. */
  void applied(EntryFormat.Written entry, long index, List<R> results) {
    Submitted<R> mine = take(entry);
    if (mine != null) {
      answers.execute(
          () -> {
            for (int i = 0; i < mine.commands.size(); i++) {
              complete(mine.commands.get(i), new Proposal.Committed<>(index, results.get(i)));
            }
          });
    }
  }

  /** An entry was fenced off. */
  void fenced(EntryFormat.Written entry) {
    Submitted<R> mine = take(entry);
    if (mine != null) {
      answer(mine.commands, w -> new Proposal.NotDecided<>());
    }
  }

  private Submitted<R> take(EntryFormat.Written entry) {
    if (!entry.proposer().equals(proposer)) {
      return null;
    }
    lock.lock();
    try {
      return submitted.remove(entry.sequence());
    } finally {
      lock.unlock();
    }
  }

  /** The first entry of a later term was passed: no entry of an earlier one can follow. */
  void termPassed(long term) {
    List<Waiting<R>> lost = new ArrayList<>();
    lock.lock();
    try {
      for (Iterator<Submitted<R>> all = submitted.values().iterator(); all.hasNext(); ) {
        Submitted<R> entry = all.next();
        if (entry.term < term) {
          all.remove();
          lost.addAll(entry.commands);
        }
      }
    } finally {
      lock.unlock();
    }
    answer(lost, w -> new Proposal.NotDecided<>());
  }

  /** Entries were skipped: what was decided in them cannot be told here. */
  void skipped() {
    List<Waiting<R>> unclear = new ArrayList<>();
    lock.lock();
    try {
      submitted.values().forEach(entry -> unclear.addAll(entry.commands));
      submitted.clear();
    } finally {
      lock.unlock();
    }
    answer(unclear, w -> new Proposal.Unknown<>("a copy of the state was installed meanwhile"));
  }

  /** Answers those whose time is over. */
  void sweep() {
    long now = outside.nanoClock().getAsLong();
    List<Waiting<R>> unproposed = new ArrayList<>();
    List<Waiting<R>> unclear = new ArrayList<>();
    lock.lock();
    try {
      while (!queue.isEmpty() && queue.peekFirst().deadline - now <= 0) {
        unproposed.add(queue.pollFirst());
      }
      for (Iterator<Submitted<R>> all = submitted.values().iterator(); all.hasNext(); ) {
        Submitted<R> entry = all.next();
        // Its last command came last and has the latest deadline.
        if (entry.commands.get(entry.commands.size() - 1).deadline - now <= 0) {
          all.remove();
          unclear.addAll(entry.commands);
        } else {
          entry.commands.stream().filter(w -> w.deadline - now <= 0).forEach(unclear::add);
        }
      }
    } finally {
      lock.unlock();
    }
    answer(unproposed, w -> new Proposal.Overloaded<>());
    answer(unclear, w -> new Proposal.Unknown<>("not decided in time"));
  }

  void close() {
    List<Waiting<R>> unproposed;
    List<Waiting<R>> unclear = new ArrayList<>();
    lock.lock();
    try {
      closed = true;
      unproposed = new ArrayList<>(queue);
      queue.clear();
      submitted.values().forEach(entry -> unclear.addAll(entry.commands));
      submitted.clear();
      work.signalAll();
    } finally {
      lock.unlock();
    }
    unproposed.forEach(w -> complete(w, new Proposal.Overloaded<>()));
    unclear.forEach(w -> complete(w, new Proposal.Unknown<>("this replica is being stopped")));
  }

  private void answer(List<Waiting<R>> commands, Function<Waiting<R>, Proposal<R>> outcome) {
    if (!commands.isEmpty()) {
      answers.execute(() -> commands.forEach(w -> complete(w, outcome.apply(w))));
    }
  }

  private void complete(Waiting<R> waiting, Proposal<R> outcome) {
    if (waiting.answer.complete(outcome)) {
      lock.lock();
      try {
        unanswered--;
      } finally {
        lock.unlock();
      }
    }
  }
}
