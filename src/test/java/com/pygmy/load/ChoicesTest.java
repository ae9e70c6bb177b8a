package com.pygmy.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.load.Choices.Choice;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ChoicesTest {

  private static final List<Integer> BOOKS = List.of(3, 5, 8, 13);

  private static List<Choice> some(long seed, double probability) {
    Choices choices =
        new Choices(
            new SplittableRandom(seed), BOOKS, Popularity.UNIFORM.among(BOOKS.size()), probability);
    return Stream.generate(choices::next).limit(2_000).toList();
  }

  @Test
  void areTheSameForTheSameSeedOnly() {
    assertEquals(some(7, 0.75), some(7, 0.75));
    assertNotEquals(some(7, 0.75), some(8, 0.75));
  }

  @Test
  void areOfAllBooksAndOfOneToFiveUnits() {
    List<Choice> choices = some(7, 0.75);
    assertEquals(Set.copyOf(BOOKS), choices.stream().map(Choice::book).collect(Collectors.toSet()));
    assertEquals(
        Set.of(1, 2, 3, 4, 5), choices.stream().map(Choice::quantity).collect(Collectors.toSet()));
    assertEquals(2, choices.stream().map(Choice::byKey).distinct().count());
  }

  @Test
  void buyAsOftenAsThePlanSays() {
    assertEquals(0, some(7, 0).stream().filter(Choice::buys).count());
    assertEquals(2_000, some(7, 1).stream().filter(Choice::buys).count());
    long buys = some(7, 0.75).stream().filter(Choice::buys).count();
    assertTrue(buys > 1_400 && buys < 1_600, () -> buys + " of 2,000");
  }

  @Test
  void aHigherProbabilityChangesNothingButWhoBuys() {
    List<Integer> few = some(7, 0.1).stream().map(Choice::book).toList();
    assertEquals(few, some(7, 0.8).stream().map(Choice::book).toList());
  }
}
