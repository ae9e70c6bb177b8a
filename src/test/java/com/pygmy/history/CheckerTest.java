package com.pygmy.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.history.RandomHistory.Shape;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckerTest {

  private static final long SEED = Long.getLong("pygmy.seed", 7);
  private static final BookState FIRST = new BookState(3, 100, 1);

  private final List<Operation> operations = new ArrayList<>();

  @Test
  void acceptsWhatWasMadeOneAtATime() {
    for (int i = 0; i < 2_000; i++) {
      History history = random(SEED + i, Shape.tiny(4 + i % 20));
      assertInstanceOf(Verdict.Ok.class, check(history), () -> "" + history);
    }
  }

  /** The search by definition and the checker agree, on whatever answers. */
  @Test
  void agreesWithTheDefinition() {
    int illegal = 0;
    for (int i = 0; i < 4_000; i++) {
      SplittableRandom random = new SplittableRandom(SEED * 31 + i);
      History history = disturbed(random(SEED + i, Shape.tiny(3 + i % 5)), random);
      boolean legal = ExhaustiveSearch.isLinearizable(history);
      illegal += legal ? 0 : 1;
      assertEquals(
          legal, check(history) instanceof Verdict.Ok, () -> "seed " + SEED + ": " + history);
    }
    assertTrue(illegal > 200 && illegal < 3_800, illegal + " illegal ones");
  }

  @Test
  void rejectsAReadOfWhatWasBeforeACompletedWrite() {
    buy(1, 2, 1, sold());
    read(3, 4, FIRST);
    rejects();
  }

  @Test
  void rejectsANewReadFollowedByAnOldOne() {
    buy(1, 9, 1, sold());
    read(2, 3, new BookState(2, 100, 2));
    read(4, 5, FIRST);
    rejects();
  }

  @Test
  void acceptsEitherReadDuringAWrite() {
    buy(1, 9, 1, sold());
    read(2, 3, FIRST);
    read(4, 5, new BookState(2, 100, 2));
    accepts();
  }

  @Test
  void rejectsAReadOfWhatNobodyWrote() {
    buy(1, 2, 1, sold());
    read(3, 4, new BookState(1, 100, 2));
    rejects();
  }

  @Test
  void rejectsTwoSalesOfTheLastUnits() {
    buy(1, 9, 2, sold());
    buy(2, 8, 2, sold());
    rejects();
  }

  @Test
  void rejectsASaleOfMoreThanThereIs() {
    buy(1, 2, 4, sold());
    rejects();
  }

  @Test
  void rejectsARefusalAlthoughTheStockSuffices() {
    buy(1, 2, 3, new Outcome.OutOfStock(3));
    rejects();
  }

  @Test
  void acceptsARefusalOfMoreThanThereIs() {
    buy(1, 2, 4, new Outcome.OutOfStock(3));
    accepts();
  }

  @Test
  void rejectsAWriteOfUnknownOutcomeThatWasSeenAndThenUnseen() {
    add(1, Operation.NEVER, new Request.Buy(1), new Outcome.Unknown());
    read(2, 3, new BookState(2, 100, 2));
    read(4, 5, FIRST);
    rejects();
  }

  @Test
  void rejectsAWriteOfUnknownOutcomeThatTookEffectTwice() {
    add(1, Operation.NEVER, new Request.Buy(1), new Outcome.Unknown());
    read(2, 3, new BookState(2, 100, 2));
    read(4, 5, new BookState(1, 100, 3));
    rejects();
  }

  @Test
  void acceptsAWriteOfUnknownOutcomeThatTakesEffectLateOrNever() {
    add(1, Operation.NEVER, new Request.Buy(1), new Outcome.Unknown());
    read(2, 3, FIRST);
    accepts();
    read(4, 5, new BookState(2, 100, 2));
    accepts();
  }

  @Test
  void rejectsAPriceOfTheSaleThatWasNoLongerSo() {
    add(1, 2, Request.Revise.price(200), new Outcome.Seen(new BookState(3, 200, 2)));
    buy(3, 4, 1, sold());
    rejects();
  }

  @Test
  void namesTheFirstAnswerThatNothingExplains() {
    buy(1, 2, 1, sold());
    read(3, 4, FIRST);
    read(5, 6, new BookState(2, 100, 2));
    Verdict.Illegal verdict = assertInstanceOf(Verdict.Illegal.class, check(history()));
    assertEquals(operations.subList(0, 2), verdict.operations());
  }

  /** An old answer to a later read, which came after a newer one had been given. */
  @Test
  void rejectsEveryAcceptedHistoryInWhichARepeatedReadGoesBack() {
    int disturbed = 0;
    for (int i = 0; i < 500; i++) {
      History history =
          random(SEED + i, new Shape(60, 4, 1, 100, 60, 30, 5, 5, 0, 2, 3, 30, 5, 9, 9));
      List<Operation> reads =
          history.operations().stream()
              .filter(
                  o -> o.outcome() instanceof Outcome.Seen && o.request() instanceof Request.Read)
              .toList();
      for (int j = 1; j < reads.size(); j++) {
        Operation old = reads.get(0);
        Operation late = reads.get(j);
        long before = ((Outcome.Seen) old.outcome()).book().version();
        boolean wasNewerMeanwhile =
            reads.stream()
                .anyMatch(
                    r ->
                        r.precedes(late) && ((Outcome.Seen) r.outcome()).book().version() > before);
        if (wasNewerMeanwhile) {
          disturbed++;
          History back = with(history, late, old.outcome());
          assertInstanceOf(Verdict.Illegal.class, check(back), () -> "" + back);
          break;
        }
      }
    }
    assertTrue(disturbed > 300, disturbed + " histories");
  }

  @Test
  void checksAHundredThousandOperationsInTenSecondsOfOneCore() {
    History history =
        random(
            SEED, new Shape(100_000, 32, 5, 60, 70, 20, 6, 1, 0, 3, 900, 50_000, 20, 900, 2_000));
    long unknown =
        history.operations().stream().filter(o -> o.outcome() instanceof Outcome.Unknown).count();
    assertTrue(unknown > 200, unknown + " of unknown outcome");
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long begin = threads.getCurrentThreadCpuTime();
    Verdict verdict = check(history);
    long millis = TimeUnit.NANOSECONDS.toMillis(threads.getCurrentThreadCpuTime() - begin);
    System.out.printf(
        "HISTORY: %d operations, %d of unknown outcome, checked in %d ms: %s%n",
        history.operations().size(), unknown, millis, verdict);
    assertInstanceOf(Verdict.Ok.class, verdict);
    assertTrue(millis < 10_000, millis + " ms");
  }

  @Test
  void saysSoWhenItGivesUp() {
    History history = random(SEED, Shape.tiny(40));
    Verdict verdict = new Checker(3).check(history);
    assertInstanceOf(Verdict.Unknown.class, verdict);
  }

  @Test
  void aHistorySurvivesItsFile(@TempDir Path folder) throws Exception {
    History history = random(SEED, Shape.tiny(200));
    Path file = folder.resolve("history.txt");
    HistoryText.save(history, file);
    assertEquals(history, HistoryText.load(file));
  }

  private void buy(long invoked, long returned, int quantity, Outcome outcome) {
    add(invoked, returned, new Request.Buy(quantity), outcome);
  }

  private void read(long invoked, long returned, BookState seen) {
    add(invoked, returned, new Request.Read(), new Outcome.Seen(seen));
  }

  private void add(long invoked, long returned, Request request, Outcome outcome) {
    operations.add(new Operation(operations.size(), 1, invoked, returned, request, outcome));
  }

  private static Outcome sold() {
    return new Outcome.Sold(100);
  }

  private History history() {
    return new History(Map.of(1, FIRST), operations);
  }

  private void accepts() {
    assertInstanceOf(Verdict.Ok.class, check(history()));
    assertTrue(ExhaustiveSearch.isLinearizable(history()));
  }

  private void rejects() {
    assertInstanceOf(Verdict.Illegal.class, check(history()));
    assertTrue(!ExhaustiveSearch.isLinearizable(history()));
  }

  private static Verdict check(History history) {
    return new Checker(Checker.DEFAULT_STEPS).check(history);
  }

  private static History random(long seed, Shape shape) {
    return new RandomHistory(new SplittableRandom(seed), shape).next();
  }

  /** One answer is exchanged for that of another operation of the same kind. */
  private static History disturbed(History history, SplittableRandom random) {
    List<Operation> all = history.operations();
    Operation one = all.get(random.nextInt(all.size()));
    List<Outcome> others =
        all.stream()
            .filter(o -> o.request().getClass().equals(one.request().getClass()))
            .map(Operation::outcome)
            .filter(o -> !(o instanceof Outcome.Unknown))
            .toList();
    return others.isEmpty() || one.outcome() instanceof Outcome.Unknown
        ? history
        : with(history, one, others.get(random.nextInt(others.size())));
  }

  private static History with(History history, Operation one, Outcome outcome) {
    List<Operation> operations = new ArrayList<>(history.operations());
    operations.replaceAll(
        o ->
            o.equals(one)
                ? new Operation(
                    o.client(), o.book(), o.invoked(), o.returned(), o.request(), outcome)
                : o);
    return new History(history.initial(), operations);
  }
}
