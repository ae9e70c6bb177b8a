package com.pygmy.load;

import com.pygmy.load.Popularity.Picker;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a customer does next, by chance. The same for the same seed, whatever the shop answers. For
 * one thread.
 */
final class Choices {

  private static final int MOST_UNITS = 5;

  private final RandomGenerator random;
  private final List<Integer> books;
  private final Picker picker;
  private final double buyProbability;

  /**
   * One visit to the shop.
   *
   * @param buys would this customer buy the book, if there are any?
   * @param byKey is the order read back by its key, or by its number?
   */
  record Choice(int book, boolean buys, int quantity, boolean byKey) {}

  Choices(RandomGenerator random, List<Integer> books, Picker picker, double probability) {
    this.random = random;
    this.books = List.copyOf(books);
    this.picker = picker;
    this.buyProbability = probability;
  }

  Choice next() {
    return new Choice(
        books.get(picker.pick(random.nextDouble())),
        random.nextDouble() < buyProbability,
        1 + random.nextInt(MOST_UNITS),
        random.nextBoolean());
  }
}
