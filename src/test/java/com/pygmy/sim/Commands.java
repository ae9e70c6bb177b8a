package com.pygmy.sim;

import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.Book.Revision;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Line;
import com.pygmy.domain.Purchase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Commands on few books in few topics, so that they meet. */
final class Commands {
  private static final String[] TOPICS = {"topic:a", "topic:b", "topic:c", "topic:d"};

  private Commands() {}

  static BookId someBook(World world) {
    return new BookId(1 + world.dice.below(Scenario.MAX_BOOK));
  }

  static String someTopic(World world) {
    return TOPICS[world.dice.below(world.scenario.topics + 1)];
  }

  static Command found(World world) {
    List<NewBook> books = new ArrayList<>();
    for (int i = 0; i < world.scenario.books; i++) {
      books.add(row(Optional.empty(), TOPICS[i % world.scenario.topics], i));
    }
    return new Command.FoundStore("found", "store", books);
  }

  private static NewBook row(Optional<BookId> id, String topic, long price) {
    return new NewBook(id, "title", "author", topic, price, 5);
  }

  static List<Command> batch(World world, String key) {
    List<Command> batch = new ArrayList<>();
    for (int i = world.dice.below(world.scenario.batch); i >= 0; i--) {
      batch.add(some(world, key + "." + i));
    }
    return batch;
  }

  private static BookId target(World world) {
    return world.dice.chance(world.scenario.hot) ? new BookId(1) : someBook(world);
  }

  private static Command some(World world, String key) {
    Dice dice = world.dice;
    int kind = dice.chance(world.scenario.listed) ? 30 + dice.below(40) : dice.below(100);
    BookId book = target(world);
    if (kind < 30) {
      List<Line> lines = new ArrayList<>();
      for (int i = dice.below(3); i >= 0; i--) {
        lines.add(new Line(i == 0 ? book : someBook(world), 1 + dice.below(2)));
      }
      return new Command.PlaceOrder(key, 0, new Purchase(lines, Optional.empty()));
    } else if (kind < 45) {
      return revise(key, book, Optional.of((long) dice.below(50)), Optional.empty());
    } else if (kind < 70) {
      return revise(key, book, Optional.empty(), Optional.of(someTopic(world)));
    } else if (kind < 78) {
      return new Command.Restock(key, 0, List.of(new Line(book, 1 + dice.below(5))));
    } else if (kind < 83) {
      return new Command.RestockTo(
          key, 0, Optional.of(5), 2, List.of(book, new BookId(1 + book.value() % 3)));
    } else if (world.truth.has(Scenario.MAX_BOOK) || dice.chance(0.7)) {
      NewBook row = row(Optional.of(book), someTopic(world), dice.below(50));
      return new Command.AddBooks(key, 0, List.of(row), dice.chance(0.5));
    }
    return new Command.AddBooks(
        key, 0, List.of(row(Optional.empty(), someTopic(world), dice.below(50))), false);
  }

  private static Command revise(
      String key, BookId book, Optional<Long> price, Optional<String> topic) {
    Revision revision =
        new Revision(price, Optional.empty(), Optional.empty(), Optional.empty(), topic);
    return new Command.ReviseBook(key, 0, book, Optional.empty(), revision);
  }

  /** A write that is sure to be decided and may change nothing. */
  static List<Command> last(String key) {
    return List.of(new Command.Restock(key, 0, List.of(new Line(new BookId(1), 1))));
  }
}
