package com.pygmy.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Says whether a history is linearizable. Thread-safe; the work of each check is bounded. */
public final class Checker {

  /** Enough for a hundred thousand operations. */
  public static final long DEFAULT_STEPS = 2_000_000;

  private final long stepsPerBook;

  /**
   * @param stepsPerBook of the search, at most; beyond it the verdict is {@link Verdict.Unknown}
   */
  public Checker(long stepsPerBook) {
    this.stepsPerBook = stepsPerBook;
  }

  /** The verdict on all books; of several that have no order, one is named. */
  public Verdict check(History history) {
    long steps = 0;
    Verdict.Unknown unknown = null;
    Map<Integer, List<Operation>> books = history.byBook();
    for (Map.Entry<Integer, List<Operation>> book : books.entrySet()) {
      BookState initial = history.initial(book.getKey());
      Search.Result result = search(initial, book.getValue());
      steps += result.steps();
      if (result instanceof Search.Result.None) {
        return illegal(book.getKey(), initial, book.getValue());
      } else if (result instanceof Search.Result.GaveUp && unknown == null) {
        String why = "more than " + stepsPerBook + " steps";
        unknown = new Verdict.Unknown(book.getKey(), why, result.steps());
      }
    }
    return unknown != null
        ? unknown
        : new Verdict.Ok(books.size(), history.operations().size(), steps);
  }

  private Search.Result search(BookState initial, List<Operation> operations) {
    return new Search(new Timeline(initial, operations), stepsPerBook).run();
  }

  /** The first answer that nothing explains: every history that goes on from there is illegal. */
  private Verdict illegal(int book, BookState initial, List<Operation> operations) {
    long[] returns =
        operations.stream()
            .mapToLong(Operation::returned)
            .filter(at -> at != Operation.NEVER)
            .sorted()
            .distinct()
            .toArray();
    int legal = -1;
    int illegal = returns.length - 1;
    while (illegal - legal > 1) {
      int middle = (legal + illegal) >>> 1;
      boolean hasOrder =
          !(search(initial, upTo(returns[middle], operations)) instanceof Search.Result.None);
      legal = hasOrder ? middle : legal;
      illegal = hasOrder ? illegal : middle;
    }
    long moment = returns[illegal];
    List<Operation> around =
        operations.stream()
            .filter(operation -> operation.invoked() <= moment && operation.returned() >= moment)
            .toList();
    List<Operation> before =
        operations.stream().filter(operation -> operation.returned() < moment).toList();
    List<Operation> named =
        new ArrayList<>(before.subList(Math.max(0, before.size() - 10), before.size()));
    named.addAll(around);
    String explanation =
        "book %d: nothing explains the answer at %d; before it, and at the same time:%n%s"
            .formatted(
                book, moment, String.join("\n", named.stream().map(Operation::toString).toList()));
    return new Verdict.Illegal(book, explanation, named);
  }

  private static List<Operation> upTo(long moment, List<Operation> operations) {
    return operations.stream()
        .filter(operation -> operation.invoked() <= moment)
        .map(operation -> operation.returned() <= moment ? operation : operation.unanswered())
        .toList();
  }
}
