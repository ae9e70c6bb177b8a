package com.pygmy.domain;

import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.Book.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Any sequence of commands: few books, so that stock runs out; few keys, so that they meet again,
 * with the same request or another one.
 */
public final class RandomCommands {
  private static final int BOOKS = 12;
  private static final int REMEMBERED = 40;

  private final RandomGenerator random;
  private final List<Command> earlier = new ArrayList<>();
  private long made;

  public RandomCommands(RandomGenerator random) {
    this.random = random;
  }

  /** The next command, for an entry at {@code index}. */
  public Command next(long index) {
    if (!earlier.isEmpty() && random.nextInt(5) == 0) {
      return earlier.get(random.nextInt(earlier.size()));
    }
    String key = !earlier.isEmpty() && random.nextInt(25) == 0 ? earlierKey() : "key-" + made++;
    Command command = fresh(key, Math.max(0, index - random.nextInt(10)));
    if (earlier.size() < REMEMBERED) {
      earlier.add(command);
    } else {
      earlier.set(random.nextInt(REMEMBERED), command);
    }
    return command;
  }

  private String earlierKey() {
    return earlier.get(random.nextInt(earlier.size())).key();
  }

  private Command fresh(String key, long admitted) {
    int choice = random.nextInt(100);
    if (choice < 75) {
      Optional<String> customer = maybe(() -> "customer " + random.nextInt(5));
      return new Command.PlaceOrder(key, admitted, new Purchase(lines(4, 5), customer));
    } else if (choice < 81) {
      return new Command.Restock(key, admitted, lines(3, 50));
    } else if (choice < 87) {
      return new Command.RestockTo(
          key, admitted, maybe(() -> random.nextInt(60)), random.nextInt(10), ids());
    } else if (choice < 93) {
      return new Command.ReviseBook(
          key, admitted, id(), maybe(() -> random.nextLong(1, 30)), revision());
    } else if (choice < 99) {
      return new Command.AddBooks(key, admitted, newBooks(), random.nextBoolean());
    }
    return new Command.FoundStore(key, "store-" + random.nextInt(3));
  }

  private List<Line> lines(int most, int quantity) {
    List<Line> lines = new ArrayList<>();
    for (int i = random.nextInt(most); i >= 0; i--) {
      lines.add(new Line(id(), random.nextInt(1, quantity + 1)));
    }
    return lines;
  }

  private List<BookId> ids() {
    List<BookId> ids = new ArrayList<>();
    for (int i = random.nextInt(BOOKS); i >= 0; i--) {
      ids.add(id());
    }
    return ids;
  }

  private Revision revision() {
    return new Revision(
        maybe(() -> random.nextLong(5_000)),
        maybe(() -> random.nextInt(100)),
        maybe(() -> "title " + random.nextInt(5)),
        maybe(() -> "author " + random.nextInt(5)),
        maybe(() -> "topic " + random.nextInt(3)));
  }

  private List<NewBook> newBooks() {
    List<NewBook> books = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int id = random.nextInt(1, BOOKS + 1);
      books.add(
          new NewBook(
              random.nextInt(4) == 0 ? Optional.empty() : Optional.of(new BookId(id)),
              "title " + id % 5,
              "author é, \uD83D\uDCDA " + random.nextInt(2),
              "topic " + random.nextInt(3),
              random.nextLong(5_000),
              random.nextInt(40)));
    }
    return books;
  }

  private BookId id() {
    return new BookId(random.nextInt(1, BOOKS + 3));
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }
}
