package com.pygmy.coherence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.coherence.CoherenceMessage.Ack;
import com.pygmy.coherence.CoherenceMessage.Renew;
import com.pygmy.coherence.CoherenceMessage.Resume;
import com.pygmy.coherence.LeaseKeeper.Action;
import com.pygmy.coherence.LeaseKeeper.Fate;
import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The leader of term 3, which won at millisecond 0: what comes in, at which millisecond, and what
 * is to be done then.
 */
final class LeaseKeeperTest {
  private static final View BOOK_1 = new View.OfBook(new BookId(1));
  private static final View BOOK_2 = new View.OfBook(new BookId(2));
  private static final View TOPIC = new View.OfTopic("topic");

  private final Map<BookId, Book> shelf = new HashMap<>();
  private final LeaseKeeper keeper =
      new LeaseKeeper(3, nanos(0), id -> Optional.ofNullable(shelf.get(id)));

  /** The applied index when time passes. */
  private long appliedAtTick = 40;

  @Test
  void aNewLeaderProposesOnlyWhenNoEarlierLeaseCanBeAlive() {
    says(admit(10, BOOK_1));
    says(tick(499));
    says(tick(500), "propose 1");
    says(admit(501, BOOK_2), "propose 2");
  }

  @Test
  void aNewLeaderSuspendsAndGrantsWhileItWaits() {
    says(renew(10, "f1", 1, 40), "f1: grant 3.1 of request 1, index 40, suspended []");
    says(admit(20, BOOK_1), "f1: suspend 3.2 [book 1]");
    says(ack("f1", 2));
    says(renew(30, "f1", 2, 40), "f1: grant 3.3 of request 2, index 40, suspended [book 1]");
    says(tick(500), "propose 1");
  }

  @Test
  void aWriteIsProposedWhenEachHolderHasAcknowledged() {
    grant(1_000, "f1", "f2");
    says(admit(1_010, BOOK_1), "f1: suspend 3.3 [book 1]", "f2: suspend 3.3 [book 1]");
    says(ack("f2", 3));
    says(ack("f2", 3));
    says(ack("f1", 3), "propose 1");
    says(ack("f1", 3));
  }

  @Test
  void anAckOfAnotherNumberTermOrHolderCountsForNothing() {
    grant(1_000, "f1");
    says(admit(1_010, BOOK_1), "f1: suspend 3.2 [book 1]");
    says(ack("f1", 1));
    says(ack("f1", 0));
    says(keeper.acknowledged(new Ack("f1", 2, 2)));
    says(ack("f2", 2));
    says(ack("f1", 2), "propose 1");
  }

  @Test
  void aHolderThatDoesNotAnswerIsAskedAgainEveryFiftyMillis() {
    grant(1_000, "f1", "f2");
    says(admit(1_010, BOOK_1), "f1: suspend 3.3 [book 1]", "f2: suspend 3.3 [book 1]");
    says(ack("f1", 3));
    says(tick(1_059));
    says(tick(1_060), "f2: suspend 3.3 [book 1]");
    says(tick(1_100));
    says(tick(1_110), "f2: suspend 3.3 [book 1]");
  }

  @Test
  void aHolderIsWaitedForUntilTheLeaseEndsThatItHadThoughItRenewedSince() {
    grant(1_000, "f1");
    says(admit(1_100, BOOK_1), "f1: suspend 3.2 [book 1]");
    says(renew(1_120, "f1", 2, 40), "f1: grant 3.3 of request 2, index 40, suspended [book 1]");
    says(tick(1_499), "f1: suspend 3.2 [book 1]");
    says(tick(1_500), "propose 1");
  }

  @Test
  void aHolderThatRenewedIsAHolderUntilItsLastLeaseEnds() {
    grant(1_000, "f1");
    says(admit(1_100, BOOK_1), "f1: suspend 3.2 [book 1]");
    says(renew(1_120, "f1", 2, 40), "f1: grant 3.3 of request 2, index 40, suspended [book 1]");
    says(tick(1_500), "propose 1");
    // The probe that it is due has number 4.
    says(admit(1_600, BOOK_2), "f1: suspend 3.5 [book 2]");
    says(tick(1_619));
    says(tick(1_620), "propose 2");
  }

  @Test
  void whoLetItsLeaseEndWithoutAWordIsProbedBeforeItGetsAnother() {
    grant(1_000, "f1");
    says(admit(1_010, BOOK_1), "f1: suspend 3.2 [book 1]");
    says(tick(1_500), "propose 1");
    says(renew(1_600, "f1", 2, 40), "f1: suspend 3.3 []");
    says(ack("f1", 2));
    says(renew(1_700, "f1", 3, 40), "f1: suspend 3.3 []");
    assertEquals(0, keeper.holders());
    says(ack("f1", 3));
    says(renew(1_800, "f1", 4, 40), "f1: grant 3.4 of request 4, index 40, suspended [book 1]");
  }

  @Test
  void aWriteToSuspendedViewsSendsNothingAndWaitsForTheSameAnswers() {
    grant(1_000, "f1");
    says(admit(1_010, BOOK_1), "f1: suspend 3.2 [book 1]");
    says(admit(1_020, BOOK_1));
    says(ack("f1", 2), "propose 1", "propose 2");
    says(admit(1_030, BOOK_1), "propose 3");
  }

  @Test
  void aWriteToSuspendedViewsWaitsThoughTheWriteThatSuspendedThemIsGivenUp() {
    grant(1_000, "f1");
    says(admit(1_010, BOOK_1), "f1: suspend 3.2 [book 1]");
    says(admit(1_020, BOOK_1));
    says(settle(1_030, 1, Fate.NEVER, 40));
    says(ack("f1", 2), "propose 2");
  }

  @Test
  void onlyTheViewsThatAreNotSuspendedYetAreMadeKnown() {
    grant(1_000, "f1");
    says(admit(1_010, BOOK_1), "f1: suspend 3.2 [book 1]");
    says(admit(1_020, BOOK_1, BOOK_2), "f1: suspend 3.3 [book 2]");
    says(ack("f1", 3));
    says(ack("f1", 2), "propose 1", "propose 2");
  }

  @Test
  void aWriteToATopicOvertakesNoneThatWasAdmittedBefore() {
    grant(1_000, "f1");
    says(admit(1_010, BOOK_1), "f1: suspend 3.2 [book 1]");
    says(admit(1_020, TOPIC), "f1: suspend 3.3 [topic]");
    says(ack("f1", 3));
    says(ack("f1", 2), "propose 1", "propose 2");
  }

  @Test
  void aWriteToBooksAloneMayOvertake() {
    grant(1_000, "f1");
    says(admit(1_010, BOOK_1), "f1: suspend 3.2 [book 1]");
    says(admit(1_020, BOOK_2), "f1: suspend 3.3 [book 2]");
    says(ack("f1", 3), "propose 2");
    says(ack("f1", 2), "propose 1");
  }

  @Test
  void aWriteThatIsGivenUpIsNotProposed() {
    grant(1_000, "f1");
    says(admit(1_010, BOOK_1), "f1: suspend 3.2 [book 1]");
    says(settle(1_030, 1, Fate.NEVER, 40), "f1: resume 3.3 [book 1] index 40");
    says(ack("f1", 2));
    assertEquals(0, keeper.openWrites());
  }

  @Test
  void anAppliedWriteLiftsItsViewsFromTheAppliedIndexOnWithFreshBooks() {
    shelve(1);
    grant(1_000, "f1");
    says(admit(1_010, BOOK_1, TOPIC), "f1: suspend 3.2 [book 1, topic]");
    assertEquals(Set.of(BOOK_1, TOPIC), keeper.suspended());
    says(ack("f1", 2), "propose 1");
    says(settle(1_020, 1, Fate.APPLIED, 41), "f1: resume 3.3 [book 1, topic] index 41, fresh [1]");
    assertEquals(Set.of(), keeper.suspended());
    assertEquals(0, keeper.openWrites());
    says(renew(1_030, "f1", 2, 41), "f1: grant 3.4 of request 2, index 41, suspended []");
  }

  @Test
  void aWriteThatIsCertainlyNotInTheLogLiftsItsViews() {
    grant(1_000, "f1");
    says(admit(1_010, BOOK_1), "f1: suspend 3.2 [book 1]");
    says(ack("f1", 2), "propose 1");
    says(settle(1_020, 1, Fate.NEVER, 40), "f1: resume 3.3 [book 1] index 40");
  }

  @Test
  void aWriteThatWasNeverProposedIsNotUndecided() {
    grant(1_000, "f1");
    says(admit(1_010, BOOK_1), "f1: suspend 3.2 [book 1]");
    says(settle(1_020, 1, Fate.UNKNOWN, 40), "f1: resume 3.3 [book 1] index 40");
    assertEquals(0, keeper.openWrites());
  }

  @Test
  void aViewIsLiftedOnlyWhenItsLastWriteIsSettled() {
    says(tick(500));
    says(admit(1_010, BOOK_1, BOOK_2), "propose 1");
    says(admit(1_011, BOOK_1), "propose 2");
    says(settle(1_012, 1, Fate.APPLIED, 41));
    says(tick(1_061));
    assertEquals(Set.of(BOOK_1), keeper.suspended());
    says(settle(1_062, 2, Fate.APPLIED, 42));
    says(tick(1_063));
    assertEquals(Set.of(), keeper.suspended());
  }

  @Test
  void aViewWrittenWhileSuspendedIsLiftedWhenItHasBeenQuietForFiftyMillis() {
    grant(1_000, "f1");
    says(admit(1_010, BOOK_1), "f1: suspend 3.2 [book 1]");
    says(ack("f1", 2), "propose 1");
    says(admit(1_030, BOOK_1), "propose 2");
    says(settle(1_031, 1, Fate.APPLIED, 41));
    says(settle(1_032, 2, Fate.APPLIED, 42));
    appliedAtTick = 42;
    says(tick(1_079));
    says(tick(1_080), "f1: resume 3.3 [book 1] index 42");
    says(tick(1_200));
  }

  @Test
  void aViewThatRestsIsWrittenAgainWithoutAWord() {
    grant(1_000, "f1");
    says(admit(1_010, BOOK_1), "f1: suspend 3.2 [book 1]");
    says(ack("f1", 2), "propose 1");
    says(admit(1_020, BOOK_1), "propose 2");
    says(settle(1_021, 1, Fate.APPLIED, 41));
    says(settle(1_022, 2, Fate.APPLIED, 42));
    says(admit(1_060, BOOK_1), "propose 3");
    says(tick(1_120));
    says(settle(1_130, 3, Fate.APPLIED, 43));
    appliedAtTick = 43;
    says(tick(1_131), "f1: resume 3.3 [book 1] index 43");
  }

  @Test
  void aViewWrittenShortlyAfterItWasLiftedIsLiftedLazily() {
    grant(1_000, "f1");
    says(admit(1_010, BOOK_1), "f1: suspend 3.2 [book 1]");
    says(ack("f1", 2), "propose 1");
    says(settle(1_020, 1, Fate.APPLIED, 41), "f1: resume 3.3 [book 1] index 41");
    says(admit(1_069, BOOK_1), "f1: suspend 3.4 [book 1]");
    says(ack("f1", 4), "propose 2");
    says(settle(1_070, 2, Fate.APPLIED, 42));
    appliedAtTick = 42;
    says(tick(1_119), "f1: resume 3.5 [book 1] index 42");
  }

  @Test
  void aWriteOfUnknownFateKeepsItsViewsSuspended() {
    says(tick(500));
    says(admit(1_010, BOOK_1), "propose 1");
    assertEquals(1, keeper.openWrites());
    says(settle(1_020, 1, Fate.UNKNOWN, 40));
    says(tick(9_000));
    assertEquals(Set.of(BOOK_1), keeper.suspended());
    assertEquals(0, keeper.openWrites());
  }

  @Test
  void aWriteOfUnknownFateIsSettledByALaterOneThatWasAppliedBeforeThatWasHeard() {
    says(tick(500));
    says(admit(1_010, BOOK_1), "propose 1");
    says(admit(1_020, BOOK_2), "propose 2");
    says(settle(1_030, 2, Fate.APPLIED, 42));
    says(settle(1_040, 1, Fate.UNKNOWN, 42));
    assertEquals(Set.of(), keeper.suspended());
  }

  @Test
  void fatesMayBeHeardInAnyOrder() {
    says(tick(500));
    says(admit(1_010, BOOK_1), "propose 1");
    says(admit(1_020, BOOK_2), "propose 2");
    says(admit(1_030, TOPIC), "propose 3");
    says(settle(1_040, 3, Fate.APPLIED, 43));
    says(settle(1_050, 1, Fate.APPLIED, 43));
    says(settle(1_060, 2, Fate.UNKNOWN, 43));
    assertEquals(Set.of(), keeper.suspended());
  }

  @Test
  void aWriteOfUnknownFateIsSettledByALaterOneThatIsApplied() {
    says(tick(500));
    says(admit(1_010, BOOK_1), "propose 1");
    says(admit(1_020, BOOK_2), "propose 2");
    says(settle(1_030, 1, Fate.UNKNOWN, 40));
    says(settle(1_040, 2, Fate.APPLIED, 42));
    assertEquals(Set.of(), keeper.suspended());
    says(admit(1_200, TOPIC), "propose 3");
    says(settle(1_210, 3, Fate.APPLIED, 43));
    assertEquals(Set.of(), keeper.suspended());
  }

  @Test
  void aWriteOfUnknownFateIsNotSettledByAnEarlierOneNorByOneThatIsNotInTheLog() {
    says(tick(500));
    says(admit(1_010, BOOK_2), "propose 1");
    says(admit(1_020, BOOK_1), "propose 2");
    says(admit(1_030, TOPIC), "propose 3");
    says(settle(1_040, 2, Fate.UNKNOWN, 40));
    says(settle(1_050, 1, Fate.APPLIED, 41));
    says(settle(1_060, 3, Fate.NEVER, 41));
    assertEquals(Set.of(BOOK_1), keeper.suspended());
  }

  @Test
  void anUnknownWriteIsNotSettledTwice() {
    says(tick(500));
    says(settle(1_000, 7, Fate.APPLIED, 40));
    says(admit(1_010, BOOK_1), "propose 1");
    says(settle(1_020, 1, Fate.UNKNOWN, 40));
    says(settle(1_030, 1, Fate.APPLIED, 41));
    assertEquals(Set.of(BOOK_1), keeper.suspended());
  }

  @Test
  void aResumeGoesOnlyToThoseWhoseLeaseIsAlive() {
    grant(1_000, "f1");
    says(renew(1_300, "f2", 1, 40), "f2: grant 3.2 of request 1, index 40, suspended []");
    says(admit(1_310, BOOK_1), "f1: suspend 3.3 [book 1]", "f2: suspend 3.3 [book 1]");
    says(ack("f1", 3));
    says(ack("f2", 3), "propose 1");
    says(settle(1_500, 1, Fate.APPLIED, 41), "f2: resume 3.4 [book 1] index 41");
  }

  @Test
  void aLeaseThatHasEndedIsNotWaitedFor() {
    grant(1_000, "f1");
    assertEquals(1, keeper.holders());
    says(admit(1_500, BOOK_1), "propose 1");
    says(tick(1_501));
    assertEquals(0, keeper.holders());
  }

  @Test
  void aHolderTooManyGoesWithoutUntilAnotherIsGone() {
    for (int i = 0; i < LeaseKeeper.MAX_HOLDERS; i++) {
      grant(1_000, "f" + i);
    }
    says(renew(1_010, "late", 1, 40));
    says(renew(1_020, "f0", 2, 40), "f0: grant 3.257 of request 2, index 40, suspended []");
    says(tick(1_500));
    says(renew(1_510, "late", 2, 40), "late: grant 3.258 of request 2, index 40, suspended []");
  }

  @Test
  void aLargeWriteResumesWithSomeFreshBooksOnly() {
    Set<View> views = new HashSet<>();
    for (int id = 1; id <= 2 * LeaseKeeper.MAX_FRESH; id++) {
      shelve(id);
      views.add(new View.OfBook(new BookId(id)));
    }
    says(tick(500));
    List<Action> out = new ArrayList<>();
    keeper.admit(views, nanos(600), out);
    grant(610, "f1");
    Action.Send only = (Action.Send) settle(620, 1, Fate.APPLIED, 41).get(0);
    Resume resume = (Resume) only.message();
    assertEquals(views, resume.views());
    assertEquals(LeaseKeeper.MAX_FRESH, resume.fresh().size());
  }

  @Test
  void theClockMayPassItsLargestValue() {
    long won = Long.MAX_VALUE - nanos(600);
    LeaseKeeper late = new LeaseKeeper(3, won, id -> Optional.empty());
    assertTrue(late.tick(won + nanos(500), 40).isEmpty());
    says(late.renew(new Renew("f1", 1, "store"), won + nanos(550), 40), grantWords());
    List<Action> out = new ArrayList<>();
    late.admit(Set.of(BOOK_1), won + nanos(1_000), out);
    says(out, "f1: suspend 3.2 [book 1]");
    says(late.tick(won + nanos(1_049), 40));
    says(late.tick(won + nanos(1_050), 40), "propose 1");
  }

  private static String grantWords() {
    return "f1: grant 3.1 of request 1, index 40, suspended []";
  }

  private static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private void shelve(int id) {
    BookId book = new BookId(id);
    shelf.put(book, new Book(book, "title", "author", "topic", 100, 5, 0, 0, 1));
  }

  /** The waiting of the new leader is over, and each of these has a lease from {@code at} on. */
  private void grant(long at, String... holders) {
    says(tick(at));
    for (String holder : holders) {
      assertEquals(1, renew(at, holder, 1, 40).size());
    }
  }

  private List<Action> admit(long at, View... views) {
    List<Action> out = new ArrayList<>();
    keeper.admit(Set.of(views), nanos(at), out);
    return out;
  }

  private List<Action> ack(String holder, long sequence) {
    return keeper.acknowledged(new Ack(holder, 3, sequence));
  }

  private List<Action> renew(long at, String holder, long request, long appliedIndex) {
    return keeper.renew(new Renew(holder, request, "store"), nanos(at), appliedIndex);
  }

  private List<Action> settle(long at, long write, Fate fate, long appliedIndex) {
    return keeper.settle(write, fate, nanos(at), appliedIndex);
  }

  private List<Action> tick(long at) {
    return keeper.tick(nanos(at), appliedAtTick);
  }

  /** To the holders in the order of their names: which of them comes first is not promised. */
  private static void says(List<Action> actions, String... expected) {
    List<String> said = new ArrayList<>();
    for (Action action : actions) {
      said.add(
          action instanceof Action.Send send
              ? send.holder() + ": " + Spoken.of(send.message())
              : "propose " + ((Action.Propose) action).write());
    }
    said.sort((some, other) -> isSent(some) && isSent(other) ? some.compareTo(other) : 0);
    assertEquals(List.of(expected), said);
  }

  private static boolean isSent(String said) {
    return said.startsWith("f");
  }
}
