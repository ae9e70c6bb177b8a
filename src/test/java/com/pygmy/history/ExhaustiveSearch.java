package com.pygmy.history;

import java.util.ArrayList;
import java.util.List;

/**
 * Linearizability by its definition: tries every order of every choice of the writes of unknown
 * outcome. Shares nothing with the checker but the specification. For a handful of operations.
 */
final class ExhaustiveSearch {

  private ExhaustiveSearch() {}

  static boolean isLinearizable(History history) {
    return history.byBook().entrySet().stream()
        .allMatch(book -> canFollow(history.initial(book.getKey()), book.getValue()));
  }

  private static boolean canFollow(BookState state, List<Operation> rest) {
    if (rest.stream().allMatch(operation -> operation.returned() == Operation.NEVER)) {
      return true;
    }
    for (Operation next : rest) {
      if (rest.stream().noneMatch(other -> other.precedes(next))) {
        List<Operation> others = new ArrayList<>(rest);
        others.remove(next);
        if (Specification.step(state, next.request(), next.outcome())
            .filter(after -> canFollow(after, others))
            .isPresent()) {
          return true;
        }
      }
    }
    return false;
  }
}
