package com.pygmy.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One book's operations in the form that {@link Search} walks through: invocations and returns in
 * the order of time, and what the versions that clients saw say about the order of writes.
 */
final class Timeline {

  /** What an operation means for the search. */
  enum Kind {
    /** Saw the book (or that there is none) and changed nothing: fixed by the version alone. */
    READ,
    /** A refused buy: changes nothing, and says what the stock was. */
    REFUSAL,
    /** A write that took effect. */
    WRITE,
    /** A write of unknown outcome. */
    MAYBE
  }

  final BookState initial;

  /** In the order of invocation. */
  final Operation[] operations;

  final Kind[] kinds;

  /** Twice the number of the operation; one more for its return. */
  final int[] events;

  /** By event: no read from here on, the event included, allows a higher version before it. */
  final long[] ceiling;

  /** By operation: the event of its return; beyond all events if there is none. */
  final int[] returnAt;

  /** By operation: where a refusal or write is noted while it runs. Few, used again and again. */
  final int[] slot;

  final int slots;

  /** By operation: equal for those writes (or those maybes) that can stand in for one another. */
  final int[] group;

  final int writeGroups;

  /** The maybes of each group, by invocation. */
  final int[][] maybes;

  /** By write: the group of the maybes that ask the same, or -1. */
  final int[] maybesLike;

  /** Versions that were seen, ascending, and how the book was then. */
  private final long[] seenVersions;

  private final BookState[] seen;
  private boolean contradictory;

  Timeline(BookState initial, List<Operation> all) {
    this.initial = initial;
    operations =
        all.stream()
            .filter(operation -> kind(operation).isPresent())
            .sorted(Comparator.comparingLong(Operation::invoked))
            .toArray(Operation[]::new);
    int count = operations.length;
    kinds = new Kind[count];
    returnAt = new int[count];
    slot = new int[count];
    group = new int[count];
    maybesLike = new int[count];
    for (int i = 0; i < count; i++) {
      kinds[i] = kind(operations[i]).orElseThrow();
    }
    events = inOrder();
    Map<Long, BookState> sightings = sightings();
    seenVersions = sightings.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
    seen = Arrays.stream(seenVersions).mapToObj(sightings::get).toArray(BookState[]::new);
    ceiling = ceilings();
    slots = giveSlots();
    Groups groups = new Groups(initial, operations, kinds);
    maybes = groups.maybes(group);
    writeGroups = groups.writes(group, maybesLike);
  }

  /** Empty for what says nothing at all. */
  private static Optional<Kind> kind(Operation operation) {
    Outcome outcome = operation.outcome();
    boolean read = operation.request() instanceof Request.Read;
    if (outcome instanceof Outcome.Failed || (read && outcome instanceof Outcome.Unknown)) {
      return Optional.empty();
    } else if (read || outcome instanceof Outcome.NoSuchBook) {
      return Optional.of(Kind.READ);
    } else if (outcome instanceof Outcome.OutOfStock) {
      return Optional.of(Kind.REFUSAL);
    }
    return Optional.of(outcome instanceof Outcome.Unknown ? Kind.MAYBE : Kind.WRITE);
  }

  /** Invocations before returns of the same nanosecond: they count as concurrent. */
  private int[] inOrder() {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < operations.length; i++) {
      returnAt[i] = Integer.MAX_VALUE;
      order.add(2 * i);
      if (kinds[i] != Kind.MAYBE) {
        order.add(2 * i + 1);
      }
    }
    order.sort(
        Comparator.<Integer>comparingLong(event -> time(event)).thenComparing(event -> event & 1));
    int[] sorted = order.stream().mapToInt(Integer::intValue).toArray();
    for (int at = 0; at < sorted.length; at++) {
      if (isReturn(sorted[at])) {
        returnAt[sorted[at] >> 1] = at;
      }
    }
    return sorted;
  }

  private long time(int event) {
    Operation operation = operations[event >> 1];
    return isReturn(event) ? operation.returned() : operation.invoked();
  }

  static boolean isReturn(int event) {
    return (event & 1) == 1;
  }

  /** The book as this operation saw it, if it did. */
  static Optional<BookState> sight(Operation operation) {
    if (operation.outcome() instanceof Outcome.Seen sight) {
      return Optional.of(sight.book());
    }
    return operation.outcome() instanceof Outcome.NoSuchBook
        ? Optional.of(BookState.ABSENT)
        : Optional.empty();
  }

  private Map<Long, BookState> sightings() {
    Map<Long, BookState> sightings = new HashMap<>();
    sightings.put(initial.version(), initial);
    for (Operation operation : operations) {
      Optional<BookState> sight = sight(operation);
      if (sight.isPresent()) {
        BookState known = sightings.putIfAbsent(sight.get().version(), sight.get());
        contradictory |= known != null && !known.equals(sight.get());
      }
    }
    return sightings;
  }

  private long[] ceilings() {
    long[] ceilings = new long[events.length + 1];
    ceilings[events.length] = Long.MAX_VALUE;
    for (int at = events.length - 1; at >= 0; at--) {
      Operation operation = operations[events[at] >> 1];
      long version = sight(operation).map(BookState::version).orElse(Long.MAX_VALUE);
      boolean isReturn = isReturn(events[at]);
      ceilings[at] = isReturn ? ceilings[at + 1] : Math.min(ceilings[at + 1], version);
      contradictory |= isReturn && version != Long.MAX_VALUE && version > ceilings[at];
    }
    contradictory |= initial.version() > ceilings[0];
    return ceilings;
  }

  private int giveSlots() {
    int given = 0;
    List<Integer> free = new ArrayList<>();
    for (int event : events) {
      int operation = event >> 1;
      if (kinds[operation] == Kind.REFUSAL || kinds[operation] == Kind.WRITE) {
        if (isReturn(event)) {
          free.add(slot[operation]);
        } else {
          slot[operation] = free.isEmpty() ? given++ : free.remove(free.size() - 1);
        }
      }
    }
    return given;
  }

  /** Two clients saw what cannot both be, whatever was written. */
  boolean contradictory() {
    return contradictory;
  }

  /**
   * May a write that happens just before this event leave the book like this? No, if the version
   * was seen to look otherwise, or is read to be lower later.
   */
  boolean allows(int event, BookState book) {
    if (book.version() > ceiling[event]) {
      return false;
    }
    int at = Arrays.binarySearch(seenVersions, book.version());
    return at < 0 || seen[at].equals(book);
  }
}
