package com.pygmy.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against a list of all books that is searched from end to end. */
final class ShelfTest {

  private static final int STEPS = 300;

  /** Of titles and of topics: few enough for company, enough to be deserted now and then. */
  private static final int NAMES = 10;

  static LongStream seeds() {
    return Seeds.of(5);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyShelfGoesOnToShowWhatWasOnIt(long seed) {
    Random random = new Random(seed);
    List<Shelf> shelves = new ArrayList<>();
    List<Map<BookId, Book>> contents = new ArrayList<>();
    TreeMap<BookId, Book> content = new TreeMap<>();
    Shelf shelf = new Shelf();
    for (int step = 0; step < STEPS; step++) {
      List<Book> changed =
          random.ints(random.nextInt(4), 1, 40).mapToObj(i -> book(random, i)).toList();
      changed.forEach(book -> content.put(book.id(), book));
      shelf = shelf.with(changed);
      shelves.add(shelf);
      contents.add(new TreeMap<>(content));
    }
    for (int i = 0; i < STEPS; i++) {
      assertShows(List.copyOf(contents.get(i).values()), shelves.get(i), random, seed);
    }
  }

  private static void assertShows(List<Book> books, Shelf shelf, Random random, long seed) {
    assertEquals(books, shelf.all(), Seeds.replay(seed));
    assertEquals(books.size(), shelf.size());
    assertEquals(books.isEmpty() ? 0 : books.get(books.size() - 1).id().value(), shelf.lastId());
    int after = random.nextInt(45) - 2;
    int limit = 1 + random.nextInt(10);
    assertEquals(page(books, b -> true, after, limit), shelf.page(after, limit));
    for (int n = 0; n < NAMES; n++) {
      String name = "n" + n;
      assertEquals(
          page(books, b -> b.topic().equals(name), after, limit),
          shelf.pageOfTopic(name, after, limit),
          Seeds.replay(seed));
      assertEquals(
          page(books, b -> b.title().equals(name), after, limit),
          shelf.pageOfTitle(name, after, limit),
          Seeds.replay(seed));
    }
    assertEquals(
        books.stream()
            .collect(Collectors.groupingBy(Book::topic, TreeMap::new, Collectors.counting())),
        shelf.topics().stream()
            .collect(Collectors.toMap(Shelf.TopicCount::topic, t -> (long) t.books())),
        Seeds.replay(seed));
    assertEquals(books.stream().filter(b -> b.stock() <= 2).toList(), shelf.withStockAtMost(2));
  }

  private static List<Book> page(List<Book> books, Predicate<Book> of, int after, int limit) {
    return books.stream().filter(b -> b.id().value() > after && of.test(b)).limit(limit).toList();
  }

  private static Book book(Random random, int id) {
    String title = "n" + random.nextInt(NAMES);
    String topic = "n" + random.nextInt(NAMES);
    return new Book(new BookId(id), title, "A", topic, 5, random.nextInt(6), 0, 0, 1);
  }
}
