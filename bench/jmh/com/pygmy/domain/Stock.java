package com.pygmy.domain;

import com.pygmy.domain.Book.NewBook;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The books and the buys that the benchmarks work on. */
public final class Stock {

  private Stock() {}

  /** Books 1 to {@code books}, of which nobody can buy the last unit. */
  public static Catalog catalog(int books) {
    Catalog catalog = new Catalog();
    long index = 0;
    List<NewBook> rows = new ArrayList<>();
    for (int id = 1; id <= books; id++) {
      rows.add(newBook(id));
      if (rows.size() == Limits.MAX_BOOKS_PER_COMMAND || id == books) {
        Command add = new Command.AddBooks("add-" + id, 0, rows, false);
        var unused = catalog.apply(++index, add, key -> Optional.empty());
        rows = new ArrayList<>();
      }
    }
    return catalog;
  }

  /** One unit of one book, under the key that a browser makes. */
  public static Command.PlaceOrder buy(int number, int book) {
    String key = "3f6c1a52-77aa-4e0d-8b1c-%012x".formatted(number);
    List<Line> lines = List.of(new Line(new BookId(book), 1));
    return new Command.PlaceOrder(key, 0, new Purchase(lines, Optional.empty()));
  }

  /** As it is on the shelf when nobody has bought it. */
  public static Book book(int id) {
    return Book.first(new BookId(id), newBook(id));
  }

  private static NewBook newBook(int id) {
    return new NewBook(
        Optional.of(new BookId(id)),
        "How to get a good grade in 677 in 20 minutes a day, volume " + id,
        "Pygmy Press",
        "topic-" + id % 50,
        1999,
        Limits.MAX_STOCK);
  }
}
