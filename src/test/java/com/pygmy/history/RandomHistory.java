package com.pygmy.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * A history that is linearizable because it was made so: operations of several clients at random
 * times, each with a moment between invocation and return, carried out one at a time in the order
 * of those moments.
 */
final class RandomHistory {

  /** The shape of histories. Shares are in percent. */
  record Shape(
      int operations,
      int clients,
      int books,
      int hotShare,
      int readShare,
      int buyShare,
      int restockShare,
      int unknownShare,
      int failedShare,
      int mostUnits,
      int prices,
      int firstStock,
      int restockUnits,
      int readNanos,
      int writeNanos) {

    /** Small enough to try everything; everything can happen in it. */
    static Shape tiny(int operations) {
      return new Shape(operations, 3, 1, 100, 35, 45, 10, 25, 5, 2, 2, 3, 2, 100, 100);
    }
  }

  private record Planned(
      int client, int book, long invoked, long moment, long returned, Request request, int fate) {}

  private final RandomGenerator random;
  private final Shape shape;

  RandomHistory(RandomGenerator random, Shape shape) {
    this.random = random;
    this.shape = shape;
  }

  History next() {
    Map<Integer, BookState> initial = new HashMap<>();
    for (int book = 1; book <= shape.books(); book++) {
      if (random.nextInt(10) > 0) {
        initial.put(book, new BookState(shape.firstStock(), price(), 1 + random.nextInt(3)));
      }
    }
    List<Planned> plans = new ArrayList<>();
    long[] free = new long[shape.clients()];
    for (int i = 0; i < shape.operations(); i++) {
      int client = i % shape.clients();
      plans.add(plan(client, free[client]));
      free[client] = plans.get(i).returned();
    }
    plans.sort(Comparator.comparingLong(Planned::moment));
    Map<Integer, BookState> books = new HashMap<>(initial);
    List<Operation> operations = new ArrayList<>();
    plans.forEach(plan -> operations.add(carryOut(plan, books)));
    operations.sort(Comparator.comparingLong(Operation::invoked));
    return new History(initial, operations);
  }

  private Planned plan(int client, long free) {
    int book = random.nextInt(100) < shape.hotShare() ? 1 : 1 + random.nextInt(shape.books());
    Request request = request();
    int most = request instanceof Request.Read ? shape.readNanos() : shape.writeNanos();
    long invoked = free + 1 + random.nextInt(1 + most / 5);
    long moment = invoked + random.nextInt(1 + most / 2);
    long returned = moment + random.nextInt(1 + most / 2);
    int fate = random.nextInt(100);
    if (isUnknown(fate, request)) {
      // Its client gives up; the request may lie somewhere for long, and be carried out or not.
      moment = invoked + random.nextInt(random.nextInt(4) == 0 ? 50 * most : most);
    }
    return new Planned(client, book, invoked, moment, returned, request, fate);
  }

  private boolean isUnknown(int fate, Request request) {
    return fate < shape.unknownShare() && !(request instanceof Request.Read);
  }

  private Request request() {
    int choice = random.nextInt(100);
    if (choice < shape.readShare()) {
      return new Request.Read();
    } else if (choice < shape.readShare() + shape.buyShare()) {
      return new Request.Buy(units());
    } else if (choice < shape.readShare() + shape.buyShare() + shape.restockShare()) {
      return new Request.Restock(shape.restockUnits() * (1 + random.nextInt(2)));
    }
    return switch (random.nextInt(8)) {
      case 0 -> new Request.Add(units(), price());
      case 1 -> Request.Revise.stock(random.nextInt(2 * shape.firstStock()));
      case 2 ->
          new Request.Revise(
              OptionalLong.of(price()), OptionalLong.of(random.nextInt(2 * shape.firstStock())));
      default -> Request.Revise.price(price());
    };
  }

  private int units() {
    return 1 + random.nextInt(shape.mostUnits());
  }

  private long price() {
    return 100L + random.nextInt(shape.prices());
  }

  private Operation carryOut(Planned plan, Map<Integer, BookState> books) {
    Request request = plan.request();
    BookState before = books.getOrDefault(plan.book(), BookState.ABSENT);
    Outcome outcome;
    if (plan.fate() >= 100 - shape.failedShare()) {
      outcome = new Outcome.Failed();
    } else {
      Optional<BookState> after = Specification.step(before, request, new Outcome.Unknown());
      boolean unknown = isUnknown(plan.fate(), request);
      boolean lost = unknown && random.nextBoolean();
      if (!lost) {
        after.ifPresent(book -> books.put(plan.book(), book));
      }
      outcome = unknown ? new Outcome.Unknown() : outcome(request, before, after);
    }
    long returned = outcome instanceof Outcome.Unknown ? Operation.NEVER : plan.returned();
    return new Operation(plan.client(), plan.book(), plan.invoked(), returned, request, outcome);
  }

  private Outcome outcome(Request request, BookState before, Optional<BookState> after) {
    if (before.version() == 0 && !(request instanceof Request.Add)) {
      return new Outcome.NoSuchBook();
    } else if (after.isEmpty()) {
      return request instanceof Request.Buy
          ? new Outcome.OutOfStock(before.stock())
          : new Outcome.Failed();
    } else if (request instanceof Request.Read) {
      return new Outcome.Seen(after.get());
    } else if (request instanceof Request.Buy && random.nextInt(4) > 0) {
      return new Outcome.Sold(before.priceCents());
    }
    return request instanceof Request.Revise && random.nextInt(4) > 0
        ? new Outcome.Seen(after.get())
        : new Outcome.Done();
  }
}
