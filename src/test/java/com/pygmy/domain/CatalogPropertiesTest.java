package com.pygmy.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds after any sequence of commands. */
class CatalogPropertiesTest {
  private static final int COMMANDS = 1_500;

  static LongStream seeds() {
    return Seeds.of(8);
  }

  private record Step(long index, Command command) {}

  private static List<Step> steps(long seed) {
    Random random = new Random(seed);
    RandomCommands commands = new RandomCommands(random);
    List<Step> steps = new ArrayList<>();
    long index = 0;
    for (int i = 0; i < COMMANDS; i++) {
      index += random.nextInt(3) == 0 ? 1 : 0;
      steps.add(new Step(index, commands.next(index)));
    }
    return steps;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void stockIsInitialPlusRestockedLessSoldAfterEveryCommand(long seed) {
    ReferenceStore store = new ReferenceStore();
    Map<BookId, Long> sold = new HashMap<>();
    for (Step step : steps(seed)) {
      Effect effect = store.apply(step.index(), step.command());
      if (effect.recorded().isPresent()
          && effect.recorded().get().outcome() instanceof Outcome.Sold sale) {
        sale.order().lines().forEach(l -> sold.merge(l.book(), (long) l.quantity(), Long::sum));
      }
      for (Book book : store.catalog.shelf().all()) {
        assertEquals(sold.getOrDefault(book.id(), 0L), book.sold(), Seeds.replay(seed));
        assertEquals(
            book.initialStock() + book.restocked() - book.sold(), book.stock(), Seeds.replay(seed));
        assertTrue(book.stock() >= 0, Seeds.replay(seed));
      }
    }
    assertTrue(store.sales.size() > COMMANDS / 10, "only " + store.sales.size() + " sales");
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aKeyHasOneOutcomeForEver(long seed) {
    ReferenceStore store = new ReferenceStore();
    Map<String, Recorded> first = new HashMap<>();
    int replays = 0;
    int conflicts = 0;
    for (Step step : steps(seed)) {
      Effect effect = store.apply(step.index(), step.command());
      Recorded known = first.get(step.command().key());
      if (known == null) {
        first.put(step.command().key(), effect.recorded().orElseThrow());
        continue;
      }
      assertTrue(effect.recorded().isEmpty(), Seeds.replay(seed));
      assertTrue(effect.changed().isEmpty(), Seeds.replay(seed));
      if (effect.decision() instanceof Decision.Decided decided) {
        assertEquals(new Decision.Decided(known.outcome(), true), decided, Seeds.replay(seed));
        assertEquals(known.fingerprint(), step.command().fingerprint());
        replays++;
      } else {
        assertEquals(new Decision.KeyConflict(), effect.decision(), Seeds.replay(seed));
        conflicts++;
      }
    }
    assertTrue(replays > 50 && conflicts > 5, replays + " replays, " + conflicts + " conflicts");
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void orderNumbersAreDenseAndEveryKeySellsOnce(long seed) {
    ReferenceStore store = new ReferenceStore();
    steps(seed).forEach(step -> store.apply(step.index(), step.command()));
    for (int i = 0; i < store.sales.size(); i++) {
      assertEquals(i + 1, store.sales.get(i).number(), Seeds.replay(seed));
    }
    assertEquals(store.sales.size(), store.catalog.lastOrderNumber());
    assertEquals(store.sales.size(), store.sales.stream().map(Order::key).distinct().count());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void twoReplicasEndInTheSameState(long seed) {
    ReferenceStore one = new ReferenceStore();
    ReferenceStore other = new ReferenceStore();
    for (Step step : steps(seed)) {
      assertEquals(
          one.apply(step.index(), step.command()),
          other.apply(step.index(), step.command()),
          Seeds.replay(seed));
    }
    assertEquals(one.books(), other.books());
    assertEquals(one.outcomes, other.outcomes);
    assertEquals(one.catalog.storeId(), other.catalog.storeId());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void duplicatesAndAReplayOfEverythingChangeNothing(long seed) {
    ReferenceStore once = new ReferenceStore();
    ReferenceStore often = new ReferenceStore();
    Random random = new Random(seed);
    List<Step> done = new ArrayList<>();
    for (Step step : steps(seed)) {
      once.apply(step.index(), step.command());
      often.apply(step.index(), step.command());
      done.add(step);
      for (int i = random.nextInt(3); i > 0; i--) {
        Step again = done.get(random.nextInt(done.size()));
        often.apply(step.index(), again.command());
      }
    }
    done.forEach(step -> often.apply(done.get(done.size() - 1).index(), step.command()));
    assertEquals(once.books(), often.books(), Seeds.replay(seed));
    assertEquals(once.sales, often.sales, Seeds.replay(seed));
    assertEquals(once.outcomes, often.outcomes, Seeds.replay(seed));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aBuyTakesAllOfItsLinesOrNone(long seed) {
    ReferenceStore store = new ReferenceStore();
    for (Step step : steps(seed)) {
      List<Book> before = store.books();
      Effect effect = store.apply(step.index(), step.command());
      if (effect.recorded().isEmpty() || !(step.command() instanceof Command.PlaceOrder buy)) {
        continue;
      }
      Outcome outcome = effect.recorded().get().outcome();
      if (outcome instanceof Outcome.Sold sold) {
        assertEquals(buy.purchase(), sold.order().purchase(), Seeds.replay(seed));
        assertEquals(buy.purchase().lines().size(), effect.changed().size());
      } else {
        assertEquals(before, store.books(), Seeds.replay(seed));
        assertTrue(effect.changed().isEmpty(), Seeds.replay(seed));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void changedBooksAreWhatTheShelfHoldsAndVersionsGrow(long seed) {
    ReferenceStore store = new ReferenceStore();
    for (Step step : steps(seed)) {
      Map<BookId, Book> before = new HashMap<>();
      store.catalog.shelf().all().forEach(book -> before.put(book.id(), book));
      Effect effect = store.apply(step.index(), step.command());
      Map<BookId, Book> changed = new HashMap<>();
      effect.changed().forEach(book -> changed.put(book.id(), book));
      assertEquals(effect.changed().size(), changed.size(), "a book is named once");
      for (Book book : store.catalog.shelf().all()) {
        Book earlier = before.get(book.id());
        boolean differs = !book.equals(earlier);
        assertEquals(differs, book.equals(changed.get(book.id())), Seeds.replay(seed));
        assertFalse(
            differs && earlier != null && book.version() <= earlier.version(), Seeds.replay(seed));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void pagesListEveryBookUnderItsTopicAndTitle(long seed) {
    ReferenceStore store = new ReferenceStore();
    steps(seed).forEach(step -> store.apply(step.index(), step.command()));
    Shelf shelf = store.catalog.shelf();
    List<Book> byTopic = new ArrayList<>();
    for (Shelf.TopicCount topic : shelf.topics()) {
      List<Book> page = shelf.pageOfTopic(topic.topic(), 0, 1_000);
      assertEquals(topic.books(), page.size());
      page.forEach(book -> assertEquals(topic.topic(), book.topic()));
      byTopic.addAll(page);
    }
    assertEquals(shelf.size(), byTopic.size(), Seeds.replay(seed));
    for (Book book : shelf.all()) {
      assertTrue(shelf.pageOfTitle(book.title(), 0, 1_000).contains(book), Seeds.replay(seed));
    }
  }
}
