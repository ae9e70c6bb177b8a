package com.pygmy.history;

import com.pygmy.history.Timeline.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Which of a book's operations can stand in for one another: those that ask the same and were
 * answered the same. Among writes of unknown outcome also those that set a price which nobody else
 * sets and nobody ever sees: exchanging two such prices everywhere changes no answer.
 */
final class Groups {

  private static final OptionalLong ANY_UNSEEN = OptionalLong.of(Long.MIN_VALUE);

  private final Operation[] operations;
  private final Kind[] kinds;
  private final Map<Long, Integer> writersOfPrice = new HashMap<>();
  private final Set<Long> seenPrices = new HashSet<>();
  private final Map<Request, Integer> maybeGroups = new HashMap<>();

  Groups(BookState initial, Operation[] operations, Kind[] kinds) {
    this.operations = operations;
    this.kinds = kinds;
    seenPrices.add(initial.priceCents());
    for (Operation operation : operations) {
      Timeline.sight(operation).ifPresent(book -> seenPrices.add(book.priceCents()));
      if (operation.outcome() instanceof Outcome.Sold sold) {
        seenPrices.add(sold.priceCents());
      }
      if (operation.request() instanceof Request.Revise revise) {
        revise.priceCents().ifPresent(price -> writersOfPrice.merge(price, 1, Integer::sum));
      } else if (operation.request() instanceof Request.Add add) {
        writersOfPrice.merge(add.priceCents(), 1, Integer::sum);
      }
    }
  }

  /** Gives every maybe its group. To be called first. */
  int[][] maybes(int[] group) {
    List<List<Integer>> members = new ArrayList<>();
    for (int i = 0; i < operations.length; i++) {
      if (kinds[i] == Kind.MAYBE) {
        group[i] =
            maybeGroups.computeIfAbsent(
                general(operations[i].request()), request -> maybeGroups.size());
        if (group[i] == members.size()) {
          members.add(new ArrayList<>());
        }
        members.get(group[i]).add(i);
      }
    }
    return members.stream()
        .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
        .toArray(int[][]::new);
  }

  private Request general(Request request) {
    if (request instanceof Request.Revise revise && revise.priceCents().isPresent()) {
      long price = revise.priceCents().getAsLong();
      if (Objects.equals(writersOfPrice.get(price), 1) && !seenPrices.contains(price)) {
        return new Request.Revise(ANY_UNSEEN, revise.stock());
      }
    }
    return request;
  }

  /** Gives every write its group, and the group of the maybes that ask the same. */
  int writes(int[] group, int[] maybesLike) {
    record Answered(Request request, Outcome outcome) {}
    Map<Answered, Integer> groups = new HashMap<>();
    for (int i = 0; i < operations.length; i++) {
      if (kinds[i] == Kind.WRITE) {
        Request request = operations[i].request();
        group[i] =
            groups.computeIfAbsent(
                new Answered(request, operations[i].outcome()), answered -> groups.size());
        maybesLike[i] = maybeGroups.getOrDefault(request, -1);
      }
    }
    return groups.size();
  }
}
