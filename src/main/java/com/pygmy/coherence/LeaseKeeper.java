package com.pygmy.coherence;

import com.pygmy.coherence.CoherenceMessage.Ack;
import com.pygmy.coherence.CoherenceMessage.Grant;
import com.pygmy.coherence.CoherenceMessage.Renew;
import com.pygmy.coherence.CoherenceMessage.Resume;
import com.pygmy.coherence.CoherenceMessage.Suspend;
import com.pygmy.coherence.CoherenceMessage.ToHolder;
import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The leader's side, for one term: who holds a lease, which views are suspended, which writes wait
 * to be proposed. A new term gets a new keeper, which knows nothing and waits until no lease of a
 * predecessor can be alive.
 *
 * <p>Life of a write, and with it of its views:
 *
 * <pre>
 * admitted  | its views are suspended, the holders asked to acknowledge
 *           | each holder acknowledged, or the lease it had has ended, and
 *           | the leases of earlier terms have ended                        -> proposed
 * proposed  | applied here, or certainly never in the log                   -> settled
 *           | nobody can tell                                               -> undecided
 * undecided | a write proposed later in this term was applied here          -> settled
 * settled   | no other write to a view is open: the view is lifted, at once
 *           | or, if it was written again and again, when it has been quiet
 * </pre>
 *
 * <p>Not thread-safe, and no clock: the caller gives the time, monotonic, in nanoseconds, and
 * carries out what is returned, in order.
 */
public final class LeaseKeeper {

  /** Leases at once, at most; who comes later goes without. */
  public static final int MAX_HOLDERS = 256;

  /** Fresh books in one resume, at most: a large write is fetched again where it is wanted. */
  static final int MAX_FRESH = 64;

  /** What is to be done. */
  public sealed interface Action {
    record Send(String holder, ToHolder message) implements Action {}

    /** Propose it in {@link #term}, in this order among the writes, and {@link #settle} it. */
    record Propose(long write) implements Action {}
  }

  /** What became of a write. */
  public enum Fate {
    /** Applied here. */
    APPLIED,
    /** Not in the log, and never will be in this term. */
    NEVER,
    /** Nobody can tell. */
    UNKNOWN
  }

  private final long term;
  private final Function<BookId, Optional<Book>> books;
  private final Map<String, Long> holders = new HashMap<>();
  private final Map<String, Long> silent = new HashMap<>();
  private final Map<View, Suspension> suspended = new HashMap<>();
  private final Map<Long, Round> rounds = new HashMap<>();
  private final Map<Long, Write> writes = new HashMap<>();
  private final TreeMap<Long, Write> undecided = new TreeMap<>();
  private final Set<View> resting = new LinkedHashSet<>();
  private final Map<View, Long> liftedAt = new HashMap<>();
  private final Round predecessors;
  private List<Action> actions = new ArrayList<>();
  private long sequence;
  private long lastWrite;
  private long proposals;
  private long lastApplied;

  /**
   * The keeper of a term that was won at {@code wonAtNanos} or earlier.
   *
   * @param books the leader's state: what it has applied
   */
  public LeaseKeeper(long term, long wonAtNanos, Function<BookId, Optional<Book>> books) {
    this.term = term;
    this.books = books;
    this.predecessors = new Round(0, Set.of(), wonAtNanos);
    predecessors.awaited.put("leases of earlier terms", wonAtNanos + Timing.LEASE_NANOS);
    rounds.put(predecessors.sequence, predecessors);
  }

  public long term() {
    return term;
  }

  /** The views that no cache serves, or will once the holders have acknowledged. */
  public Set<View> suspended() {
    return Collections.unmodifiableSet(suspended.keySet());
  }

  /** How many frontends hold a lease, as far as this keeper has looked. */
  public int holders() {
    return holders.size();
  }

  /** Has it been granted a lease that may still be alive? */
  public boolean isHolder(String holder) {
    return holders.containsKey(holder);
  }

  /** How many writes wait to be proposed, or for their fate. Undecided ones are not among them. */
  public int openWrites() {
    return writes.size();
  }

  /**
   * Admits a write to these views, once an entry of the term was applied here. It is to be proposed
   * when it comes up as a {@link Action.Propose}, which may be in {@code out} already.
   *
   * @param out what is to be done
   * @return the write's number
   */
  public long admit(Set<View> views, long now, List<Action> out) {
    Write write = new Write(++lastWrite, views);
    writes.put(write.number, write);
    Set<View> fresh = new HashSet<>();
    Set<Round> awaited = new HashSet<>(Set.of(predecessors));
    for (View view : views) {
      Suspension suspension = suspended.get(view);
      if (suspension == null) {
        fresh.add(view);
      } else {
        suspension.open++;
        suspension.isHot = true;
        suspension.writtenAt = now;
        resting.remove(view);
        awaited.add(suspension.round);
      }
    }
    if (views.stream().anyMatch(View.OfTopic.class::isInstance)) {
      // What moves books between pages overtakes no write that was told where the books are.
      awaited.addAll(rounds.values());
    }
    if (!fresh.isEmpty()) {
      awaited.add(suspend(fresh, now));
    }
    for (Round round : awaited) {
      if (!round.awaited.isEmpty()) {
        round.waiting.add(write);
        write.rounds++;
      }
    }
    proposeIfClear(write);
    handOver(out);
    return write.number;
  }

  private Round suspend(Set<View> views, long now) {
    Round round = new Round(++sequence, views, now);
    holders.forEach(
        (holder, end) -> {
          if (end - now > 0) {
            round.awaited.put(holder, end);
          }
        });
    for (View view : views) {
      Long lifted = liftedAt.get(view);
      boolean isHot = lifted != null && now - lifted < Timing.QUIET_NANOS;
      suspended.put(view, new Suspension(round, isHot, now));
    }
    if (!round.awaited.isEmpty()) {
      rounds.put(round.sequence, round);
      send(round, now);
    }
    return round;
  }

  private void send(Round round, long now) {
    round.sentAt = now;
    Suspend suspend = new Suspend(term, round.sequence, round.views);
    round.awaited.keySet().forEach(holder -> actions.add(new Action.Send(holder, suspend)));
  }

  /** A holder has acknowledged. */
  public List<Action> acknowledged(Ack ack) {
    if (ack.term() == term) {
      Long probe = silent.get(ack.holder());
      if (probe != null && probe == ack.sequence()) {
        silent.remove(ack.holder());
      }
      Round round = rounds.get(ack.sequence());
      if (round != null && round != predecessors) {
        round.awaited.remove(ack.holder());
        endIfAnswered(round);
      }
    }
    return taken();
  }

  private void endIfAnswered(Round round) {
    if (round.awaited.isEmpty()) {
      rounds.remove(round.sequence);
      round.waiting.forEach(
          write -> {
            write.rounds--;
            proposeIfClear(write);
          });
      round.waiting.clear();
    }
  }

  private void proposeIfClear(Write write) {
    if (write.rounds == 0 && write.proposal == 0 && writes.containsKey(write.number)) {
      write.proposal = ++proposals;
      actions.add(new Action.Propose(write.number));
    }
  }

  /**
   * A frontend asks for a lease. Leadership in {@link #term} must have been confirmed by a majority
   * in a round that began after the request had arrived, and an entry of the term been applied
   * here.
   *
   * @param appliedIndex here, now: of the moment of this call
   */
  public List<Action> renew(Renew renew, long now, long appliedIndex) {
    String holder = renew.holder();
    Long probe = silent.get(holder);
    if (probe != null) {
      actions.add(new Action.Send(holder, new Suspend(term, probe, Set.of())));
    } else if (holders.containsKey(holder) || holders.size() < MAX_HOLDERS) {
      holders.put(holder, now + Timing.LEASE_NANOS);
      actions.add(
          new Action.Send(
              holder,
              new Grant(term, ++sequence, renew.request(), appliedIndex, suspended.keySet())));
    }
    return taken();
  }

  /**
   * A proposed write came to an end; or one that was not proposed is given up. Of a write that this
   * keeper does not have, it takes no notice.
   *
   * @param appliedIndex here, now
   */
  public List<Action> settle(long number, Fate fate, long now, long appliedIndex) {
    Write write = writes.remove(number);
    if (write == null) {
      return taken();
    }
    if (fate == Fate.UNKNOWN && write.proposal > lastApplied) {
      undecided.put(write.proposal, write);
      return taken();
    }
    Set<View> idle = new LinkedHashSet<>();
    close(write, idle);
    if (fate == Fate.APPLIED) {
      lastApplied = Math.max(lastApplied, write.proposal);
      // The log keeps the order of proposals: what came before is applied, or will never be.
      Map<Long, Write> earlier = undecided.headMap(write.proposal);
      earlier.values().forEach(before -> close(before, idle));
      earlier.clear();
    }
    lift(idle, now, appliedIndex);
    return taken();
  }

  private void close(Write write, Set<View> idle) {
    for (View view : write.views) {
      Suspension suspension = suspended.get(view);
      suspension.open--;
      if (suspension.open == 0) {
        (suspension.isHot ? resting : idle).add(view);
      }
    }
  }

  private void lift(Set<View> views, long now, long appliedIndex) {
    if (views.isEmpty()) {
      return;
    }
    List<Book> fresh = new ArrayList<>();
    for (View view : views) {
      suspended.remove(view);
      liftedAt.put(view, now);
      if (view instanceof View.OfBook book && fresh.size() < MAX_FRESH) {
        books.apply(book.id()).ifPresent(fresh::add);
      }
    }
    sequence++;
    Resume resume = new Resume(term, sequence, views, appliedIndex, fresh);
    holders.forEach(
        (holder, end) -> {
          if (end - now > 0) {
            actions.add(new Action.Send(holder, resume));
          }
        });
  }

  /**
   * Time has passed: to be called every few milliseconds.
   *
   * @param appliedIndex here, now
   */
  public List<Action> tick(long now, long appliedIndex) {
    holders.values().removeIf(end -> end - now <= 0);
    for (Round round : List.copyOf(rounds.values())) {
      expire(round, now);
    }
    Set<View> quiet = new LinkedHashSet<>();
    for (View view : resting) {
      if (now - suspended.get(view).writtenAt >= Timing.QUIET_NANOS) {
        quiet.add(view);
      }
    }
    resting.removeAll(quiet);
    lift(quiet, now, appliedIndex);
    liftedAt.values().removeIf(at -> now - at >= Timing.QUIET_NANOS);
    return taken();
  }

  /** Who let its lease end without a word is asked for one before it gets another. */
  private void expire(Round round, long now) {
    for (Iterator<Map.Entry<String, Long>> all = round.awaited.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<String, Long> holder = all.next();
      if (holder.getValue() - now <= 0) {
        all.remove();
        if (round != predecessors) {
          fallSilent(holder.getKey());
        }
      }
    }
    if (round != predecessors
        && !round.awaited.isEmpty()
        && now - round.sentAt >= Timing.RESEND_NANOS) {
      send(round, now);
    }
    endIfAnswered(round);
  }

  private void fallSilent(String holder) {
    if (!silent.containsKey(holder)) {
      if (silent.size() >= MAX_HOLDERS) {
        silent.clear(); // of frontends long gone: to forget one costs no more than a wait
      }
      silent.put(holder, ++sequence);
    }
  }

  private List<Action> taken() {
    List<Action> taken = actions;
    actions = new ArrayList<>();
    return taken;
  }

  private void handOver(List<Action> out) {
    out.addAll(taken());
  }

  /** A suspension made known: who has still to answer, and what waits for it. */
  private static final class Round {
    final long sequence;
    final Set<View> views;
    final Map<String, Long> awaited = new HashMap<>();
    final List<Write> waiting = new ArrayList<>();
    long sentAt;

    Round(long sequence, Set<View> views, long sentAt) {
      this.sequence = sequence;
      this.views = Set.copyOf(views);
      this.sentAt = sentAt;
    }
  }

  private static final class Suspension {
    final Round round;
    boolean isHot;
    int open = 1;
    long writtenAt;

    Suspension(Round round, boolean isHot, long writtenAt) {
      this.round = round;
      this.isHot = isHot;
      this.writtenAt = writtenAt;
    }
  }

  private static final class Write {
    final long number;
    final List<View> views; // in an order that a replayed run has, too
    int rounds;
    long proposal;

    Write(long number, Set<View> views) {
      this.number = number;
      this.views = List.copyOf(views);
    }
  }
}
