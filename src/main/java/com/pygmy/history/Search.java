package com.pygmy.history;

import com.pygmy.history.Timeline.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for an order of one book's operations that explains every answer, depth first.
 *
 * <p>It walks through the invocations and returns in the order of time. A write gets its moment as
 * late as possible: only when a return cannot be passed without it (just-in-time linearization). At
 * such a return it tries the running writes one after the other, goes on, and comes back when it
 * gets stuck. A configuration that it has been in is not entered again.
 *
 * <p>What keeps it short, and why nothing is lost:
 *
 * <ul>
 *   <li>Versions count the changes. So a read of version v is explained exactly if the version is
 *       at most v when it is invoked, and at least v when it returns, and the write that made v
 *       left the book as it was read. The first and the last are known ahead ({@link
 *       Timeline#allows}): a write that would break them is not tried.
 *   <li>A running operation that the book as it is explains without a change has its moment at
 *       once. It could do nothing else later.
 *   <li>Of writes in one group only that which returns first is tried: in any order that takes
 *       another one first, the two can change places.
 *   <li>A write of unknown outcome is not tried where a known one that asks the same can be: they
 *       too can change places, and the unknown one need not happen at all. Within a group of them,
 *       only the number that has happened matters.
 * </ul>
 */
final class Search {

  /** What became of it, after so many steps. */
  sealed interface Result {
    long steps();

    /** The writes in an order that explains everything. */
    record Found(List<Change> order, long steps) implements Result {}

    /** There is no order. */
    record None(long steps) implements Result {}

    /** The budget was spent. */
    record GaveUp(long steps) implements Result {}
  }

  /** A write, and the book as it left it. */
  record Change(Operation operation, BookState after) {}

  /**
   * Where the search is.
   *
   * @param event the return that cannot be passed yet
   * @param done the slots of running operations that have had their moment; never changed
   * @param used how many maybes of each group have had theirs
   */
  private record Configuration(int event, BookState book, BitSet done, Used used) {}

  private record Candidate(int operation, BookState after) {}

  private static final class Choice {
    final Configuration from;
    final List<Candidate> candidates;

    /** Writes in order so far. */
    final int depth;

    int next;

    Choice(Configuration from, List<Candidate> candidates, int depth) {
      this.from = from;
      this.candidates = candidates;
      this.depth = depth;
    }
  }

  private static final int NOBODY = -1;

  private final Timeline timeline;
  private final long budget;
  private final Set<Configuration> visited = new HashSet<>();
  private final Deque<Choice> choices = new ArrayDeque<>();
  private final List<Change> order = new ArrayList<>();
  private long steps;

  /** The next event. Those before it are reflected by the two arrays below. */
  private int position;

  /** By slot: the operation that runs, or nobody. */
  private final int[] running;

  /** By group of maybes: how many have been invoked. */
  private final int[] invoked;

  /** By group of writes, empty between uses: the one that returns first. */
  private final Candidate[] first;

  Search(Timeline timeline, long budget) {
    this.timeline = timeline;
    this.budget = budget;
    running = new int[timeline.slots];
    Arrays.fill(running, NOBODY);
    invoked = new int[timeline.maybes.length];
    first = new Candidate[timeline.writeGroups];
  }

  Result run() {
    if (timeline.contradictory()) {
      return new Result.None(steps);
    }
    Configuration at =
        new Configuration(0, timeline.initial, new BitSet(), Used.none(invoked.length));
    while (true) {
      at = advanced(at);
      if (at.event() == timeline.events.length) {
        return new Result.Found(List.copyOf(order), steps);
      }
      if (visited.add(at)) {
        choices.push(new Choice(at, candidates(at), order.size()));
      }
      while (!choices.isEmpty() && choices.peek().next == choices.peek().candidates.size()) {
        choices.pop();
      }
      if (choices.isEmpty()) {
        return new Result.None(steps);
      }
      if (++steps > budget) {
        return new Result.GaveUp(budget);
      }
      Choice choice = choices.peek();
      Candidate candidate = choice.candidates.get(choice.next++);
      order.subList(choice.depth, order.size()).clear();
      order.add(new Change(timeline.operations[candidate.operation()], candidate.after()));
      moveBackTo(choice.from.event());
      at = after(choice.from, candidate);
    }
  }

  /** Passes every event up to the first return that is not explained yet. */
  private Configuration advanced(Configuration from) {
    BookState book = from.book();
    BitSet done = (BitSet) from.done().clone();
    while (position < timeline.events.length) {
      int event = timeline.events[position];
      int operation = event >> 1;
      if (Timeline.isReturn(event)) {
        if (!isExplained(operation, book, done)) {
          break;
        }
        if (timeline.kinds[operation] != Kind.READ) {
          done.clear(timeline.slot[operation]);
        }
      }
      pass(event, 1);
      position++;
      if (!Timeline.isReturn(event)) {
        explain(operation, book, done);
      }
    }
    return new Configuration(position, book, done, from.used());
  }

  private boolean isExplained(int operation, BookState book, BitSet done) {
    return timeline.kinds[operation] == Kind.READ
        ? Timeline.sight(timeline.operations[operation]).orElseThrow().version() <= book.version()
        : done.get(timeline.slot[operation]);
  }

  /** Notes that an operation runs or has returned; or, backwards, the other way round. */
  private void pass(int event, int direction) {
    int operation = event >> 1;
    Kind kind = timeline.kinds[operation];
    if (kind == Kind.MAYBE) {
      invoked[timeline.group[operation]] += direction;
    } else if (kind != Kind.READ) {
      boolean begins = Timeline.isReturn(event) == (direction < 0);
      running[timeline.slot[operation]] = begins ? operation : NOBODY;
    }
  }

  private void moveBackTo(int event) {
    while (position > event) {
      position--;
      pass(timeline.events[position], -1);
    }
  }

  /** Gives its moment to an operation that the book explains as it is, if it can only be so. */
  private void explain(int operation, BookState book, BitSet done) {
    if (timeline.kinds[operation] == Kind.REFUSAL
        || (timeline.kinds[operation] == Kind.WRITE
            && timeline.operations[operation].outcome() instanceof Outcome.Seen)) {
      Optional<BookState> after = step(operation, book);
      if (after.isPresent() && after.get().equals(book)) {
        done.set(timeline.slot[operation]);
      }
    }
  }

  private Optional<BookState> step(int operation, BookState book) {
    Operation one = timeline.operations[operation];
    return Specification.step(book, one.request(), one.outcome());
  }

  private Configuration after(Configuration from, Candidate candidate) {
    BitSet done = (BitSet) from.done().clone();
    Used used = from.used();
    int chosen = candidate.operation();
    if (timeline.kinds[chosen] == Kind.MAYBE) {
      used = used.oneMoreOf(timeline.group[chosen]);
    } else {
      done.set(timeline.slot[chosen]);
    }
    for (int slot = 0; slot < running.length; slot++) {
      if (running[slot] != NOBODY && !done.get(slot)) {
        explain(running[slot], candidate.after(), done);
      }
    }
    return new Configuration(from.event(), candidate.after(), done, used);
  }

  /** The writes that may come next, those first that return first. */
  private List<Candidate> candidates(Configuration at) {
    List<Candidate> writes = new ArrayList<>();
    BitSet sparedMaybes = new BitSet();
    for (int slot = 0; slot < running.length; slot++) {
      int operation = running[slot];
      if (operation != NOBODY && timeline.kinds[operation] == Kind.WRITE && !at.done().get(slot)) {
        Optional<Candidate> candidate = candidate(operation, at);
        candidate.ifPresent(this::keepIfFirst);
        if (candidate.isPresent() && timeline.maybesLike[operation] >= 0) {
          sparedMaybes.set(timeline.maybesLike[operation]);
        }
      }
    }
    for (int slot = 0; slot < running.length; slot++) {
      takeFirst(running[slot]).ifPresent(writes::add);
    }
    writes.sort(Comparator.comparingInt(candidate -> timeline.returnAt[candidate.operation()]));
    for (int group = 0; group < invoked.length; group++) {
      int used = at.used().of(group);
      if (used < invoked[group] && !sparedMaybes.get(group)) {
        candidate(timeline.maybes[group][used], at)
            .filter(candidate -> !candidate.after().equals(at.book()))
            .ifPresent(writes::add);
      }
    }
    return writes;
  }

  private Optional<Candidate> candidate(int operation, Configuration at) {
    return step(operation, at.book())
        .filter(after -> after.equals(at.book()) || timeline.allows(at.event(), after))
        .map(after -> new Candidate(operation, after));
  }

  private void keepIfFirst(Candidate candidate) {
    int group = timeline.group[candidate.operation()];
    Candidate known = first[group];
    if (known == null
        || timeline.returnAt[candidate.operation()] < timeline.returnAt[known.operation()]) {
      first[group] = candidate;
    }
  }

  private Optional<Candidate> takeFirst(int operation) {
    if (operation == NOBODY || timeline.kinds[operation] != Kind.WRITE) {
      return Optional.empty();
    }
    Candidate candidate = first[timeline.group[operation]];
    first[timeline.group[operation]] = null;
    return Optional.ofNullable(candidate);
  }
}
