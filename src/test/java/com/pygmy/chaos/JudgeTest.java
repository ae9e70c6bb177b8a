package com.pygmy.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.chaos.Ledger.Slow;
import com.pygmy.history.BookState;
import com.pygmy.history.Outcome;
import com.pygmy.history.Recorder;
import com.pygmy.history.Request;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A made-up run that is sound, and what each lie in it is called. */
final class JudgeTest {

  private static final String URL = "http://n1";
  private static final String OTHER = "http://n2";
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Load load = new Load(2, 1, 1, 0, 100, 10, 500, 1);
  private final Ledger ledger = new Ledger();
  private final AtomicLong clock = new AtomicLong();
  private final Recorder recorder = new Recorder(load.initial(), clock::incrementAndGet, 1_000);
  private final List<JsonObject> listed = new ArrayList<>();
  private final Map<Integer, BookState> books = new HashMap<>(load.initial());
  private final List<Injected> faults = new ArrayList<>();
  private final List<String> audit = new ArrayList<>();

  /** Three buys of book 2, a refused one of book 1, a restock of it. */
  @BeforeEach
  void aSoundRun() {
    for (int i = 1; i <= 3; i++) {
      sell("k" + i, i, 2, 1);
    }
    ledger.asked("k4");
    recorder.invoke(1, 1, new Request.Buy(11)).answer(new Outcome.OutOfStock(10));
    ledger.refused("k4");
    ledger.asked("k5");
    recorder.invoke(1, 1, new Request.Restock(5)).answer(new Outcome.Done());
    ledger.changed("k5", 1, 5);
    books.put(1, new BookState(15, 500, 2));
  }

  private void sell(String key, int number, int book, int quantity) {
    ledger.asked(key);
    Recorder.Call call = recorder.invoke(1, book, new Request.Buy(quantity));
    JsonObject order = order(key, number, book, quantity);
    call.answer(new Outcome.Sold(500));
    ledger.confirmed(key, order, clock.get());
    listed.add(order);
    BookState before = books.get(book);
    books.put(
        book, new BookState(before.stock() - quantity, before.priceCents(), before.version() + 1));
  }

  private static JsonObject order(String key, int number, int book, int quantity) {
    JsonObject line =
        new JsonObject().put("book", book).put("quantity", quantity).put("priceCents", 500);
    return new JsonObject()
        .put("number", number)
        .put("key", key)
        .put("items", new JsonArray().add(line));
  }

  @Test
  void aRunWithoutALieIsSound() {
    Judgement judgement = judge();
    assertTrue(judgement.isSound(), judgement::line);
    assertEquals("verdict: sound", judgement.line());
  }

  @Test
  void aConfirmedOrderThatNobodyListsIsLost() {
    listed.remove(2);
    books.put(2, new BookState(98, 500, 3));
    isNotSound("confirmed and lost");
  }

  @Test
  void anOrderThatIsListedOtherwiseThanConfirmedIsNotSound() {
    listed.set(1, order("k2", 2, 2, 1).put("totalCents", 1));
    isNotSound("listed as");
  }

  @Test
  void aHoleInTheNumbersIsNotSound() {
    listed.remove(1);
    isNotSound("order 2 is missing");
  }

  @Test
  void twoOrdersOfOneKeyAreNotSound() {
    listed.add(order("k3", 4, 2, 1));
    books.put(2, new BookState(96, 500, 5));
    isNotSound("one key, two orders");
  }

  @Test
  void twoAnswersForOneKeyAreNotSound() {
    ledger.confirmed("k3", order("k3", 4, 2, 1), clock.get());
    isNotSound("key k3 was answered with");
  }

  @Test
  void oneNumberForTwoKeysIsNotSound() {
    ledger.asked("k6");
    ledger.confirmed("k6", order("k6", 3, 2, 1), clock.get());
    isNotSound("order 3 was confirmed for key k3 and for key k6");
  }

  @Test
  void anOrderForARefusedKeyIsNotSound() {
    listed.add(order("k4", 4, 1, 11));
    isNotSound("refused and sold");
  }

  @Test
  void anOrderThatNobodyAskedForIsNotSound() {
    listed.add(order("k9", 4, 2, 1));
    isNotSound("nobody asked for");
  }

  @Test
  void aUnitThatIsMissingFromTheShelfIsNotSound() {
    books.put(1, new BookState(14, 500, 2));
    isNotSound("book 1 has 14 units");
  }

  @Test
  void aStaleReadIsNotSound() {
    recorder.invoke(2, 2, new Request.Read()).answer(new Outcome.Seen(new BookState(100, 500, 1)));
    isNotSound("not linearizable");
  }

  @Test
  void aKeyWithoutAnOutcomeIsNotSound() {
    ledger.asked("k6");
    isNotSound("never got an outcome, among them k6");
  }

  @Test
  void anAnswerOfAServerErrorIsNotSound() {
    ledger.violated("GET /books/1 was answered with 500");
    isNotSound("answered with 500");
  }

  @Test
  void aDifferenceBetweenDatabasesIsNotSound() {
    audit.add("n1 catalog: book 1");
    isNotSound("audit: n1 catalog");
  }

  @Test
  void aRequestOverItsDeadlineIsNotSound() {
    ledger.slow(new Slow(URL, "GET /books/1", 0, 7 * SECOND, 0));
    isNotSound("GET /books/1 at http://n1 took 7000 ms");
  }

  @Test
  void aNodeThatWasFrozenMeanwhileMayBeLateButNoOther() {
    freeze("n1");
    ledger.slow(new Slow(URL, "GET /books/1", 3 * SECOND, 10 * SECOND, 0));
    assertTrue(judge().isSound());
    ledger.slow(new Slow(OTHER, "GET /books/2", 3 * SECOND, 10 * SECOND, 0));
    isNotSound("GET /books/2 at http://n2");
  }

  @Test
  void aFreezeExcusesNoMoreThanItLasted() {
    freeze("n1");
    ledger.slow(new Slow(URL, "GET /books/1", 5 * SECOND - 1, 12 * SECOND, 0));
    isNotSound("GET /books/1");
  }

  @Test
  void whoAsksAfterTheFreezeGetsHisAnswerInTime() {
    freeze("n1");
    ledger.slow(new Slow(URL, "GET /books/1", 6 * SECOND, 13 * SECOND, 0));
    isNotSound("GET /books/1");
  }

  @Test
  void theTimeInWhichTheClientDidNotRunIsNotTheFrontends() {
    ledger.slow(new Slow(URL, "GET /books/1", 0, 7 * SECOND, 2 * SECOND));
    assertTrue(judge().isSound());
  }

  @Test
  void whatTheCheckerCannotDecideIsNotSoundEither() {
    Judgement judgement = new Judgement(List.of(), List.of("the history of book 3: too long"));
    assertFalse(judgement.isSound());
    assertEquals("verdict: undecided: the history of book 3: too long", judgement.line());
  }

  private void freeze(String node) {
    Fault fault = new Fault(1, FaultKind.FREEZE, 2_000, 0);
    faults.add(new Injected(fault, List.of(node), "", 2 * SECOND, 5 * SECOND, 9 * SECOND));
  }

  private void isNotSound(String why) {
    Judgement judgement = judge();
    assertFalse(judgement.isSound());
    assertTrue(
        judgement.violations().stream().anyMatch(violation -> violation.contains(why)),
        () -> why + " is not among " + judgement.violations());
    assertTrue(judgement.line().startsWith("verdict: NOT SOUND: "), judgement.line());
  }

  private Judgement judge() {
    return Judge.judge(
        new Evidence(
            load,
            recorder.history(),
            ledger,
            List.of(new Inventory(URL, listed, books)),
            faults,
            Map.of(URL, "n1", OTHER, "n2"),
            List.of(),
            audit));
  }
}
