package com.pygmy.history;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What was done to some books, and how they were before.
 *
 * <p>It must be complete: every write of these books from {@code initial} on is in it, those of
 * unknown outcome too. Reads may be left out.
 *
 * @param initial the books by id; one that is not named does not exist at first
 * @param operations in any order
 */
public record History(Map<Integer, BookState> initial, List<Operation> operations) {

  public History {
    initial = Map.copyOf(initial);
    operations = List.copyOf(operations);
  }

  BookState initial(int book) {
    return initial.getOrDefault(book, BookState.ABSENT);
  }

  /** The operations of each book, by its id. */
  Map<Integer, List<Operation>> byBook() {
    return operations.stream()
        .collect(Collectors.groupingBy(Operation::book, TreeMap::new, Collectors.toList()));
  }
}
