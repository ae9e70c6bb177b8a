package com.pygmy.coherence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.coherence.CoherenceMessage.Ack;
import com.pygmy.coherence.CoherenceMessage.Grant;
import com.pygmy.coherence.CoherenceMessage.Renew;
import com.pygmy.coherence.CoherenceMessage.Resume;
import com.pygmy.coherence.CoherenceMessage.Suspend;
import com.pygmy.coherence.ViewLease.Verdict;
import com.pygmy.domain.BookId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A frontend: what it asked and heard, at which millisecond, and what its caches may serve then.
 */
final class ViewLeaseTest {
  private static final View BOOK = new View.OfBook(new BookId(1));
  private static final View TOPIC = new View.OfTopic("topic");

  private final ViewLease lease = new ViewLease("f1", "store");

  @Test
  void servesNothingBeforeTheFirstGrant() {
    assertEquals(new Renew("f1", 1, "store"), lease.renew(nanos(0)));
    assertEquals(Verdict.NO_LEASE, check(BOOK, 99, 1));
    assertEquals(0, lease.losses());
  }

  @Test
  void servesUntilNineTenthsOfTheLeaseHavePassedSinceItAsked() {
    ask(100);
    grant(500, 3, 1, 1, 40);
    assertEquals(Verdict.SERVE, check(BOOK, 40, 549));
    assertEquals(Verdict.NO_LEASE, check(BOOK, 40, 550));
  }

  @Test
  void aGrantThatComesTooLateIsNoLease() {
    ask(100);
    grant(550, 3, 1, 1, 40);
    assertFalse(lease.isValid(nanos(550)));
  }

  @Test
  void aGrantIsReckonedFromTheRequestThatItAnswers() {
    ask(0);
    ask(150);
    grant(200, 3, 1, 1, 40);
    assertFalse(lease.isValid(nanos(450)));
  }

  @Test
  void anAnswerToNoRequestOrToOneOfLongAgoIsIgnored() {
    grant(0, 3, 1, 1, 40);
    for (int i = 0; i < 17; i++) {
      ask(i);
    }
    grant(20, 3, 2, 1, 40);
    assertFalse(lease.isValid(nanos(20)));
    grant(20, 3, 3, 2, 40);
    assertTrue(lease.isValid(nanos(20)));
  }

  @Test
  void theFirstGrantOfALeaseRaisesEveryFloorToItsIndex() {
    ask(0);
    grant(1, 3, 1, 1, 40);
    assertEquals(Verdict.STALE, check(BOOK, 39, 2));
    assertEquals(Verdict.SERVE, check(BOOK, 40, 2));
    assertEquals(Verdict.STALE, check(TOPIC, 39, 2));
  }

  @Test
  void aFurtherGrantMakesTheLeaseLongerAndLeavesTheFloors() {
    ask(0);
    ask(150);
    grant(1, 3, 1, 1, 40);
    grant(151, 3, 2, 2, 60);
    assertEquals(Verdict.SERVE, check(BOOK, 40, 599));
    assertEquals(Verdict.NO_LEASE, check(BOOK, 40, 600));
    assertEquals(0, lease.losses());
  }

  @Test
  void anAnswerToAnEarlierRequestDoesNotShortenTheLease() {
    ask(0);
    ask(150);
    grant(151, 3, 1, 2, 40);
    grant(152, 3, 2, 1, 40);
    assertTrue(lease.isValid(nanos(599)));
  }

  @Test
  void aViewThatIsNoLongerSuspendedInAGrantGetsItsIndexAsFloor() {
    ask(0);
    grant(1, 3, 1, 1, 40, BOOK);
    ask(150);
    assertEquals(Verdict.SUSPENDED, check(BOOK, 99, 2));
    grant(151, 3, 2, 2, 60);
    assertEquals(Verdict.STALE, check(BOOK, 59, 152));
    assertEquals(Verdict.SERVE, check(BOOK, 60, 152));
    assertEquals(Verdict.SERVE, check(TOPIC, 40, 152));
  }

  @Test
  void aViewThatIsSuspendedInAGrantIsNotServed() {
    ask(0);
    grant(1, 3, 1, 1, 40);
    ask(150);
    grant(151, 3, 2, 2, 60, BOOK);
    assertEquals(Verdict.SUSPENDED, check(BOOK, 99, 152));
  }

  @Test
  void aGrantTakenAfterTheLeaseRanOutBeginsANewOne() {
    ask(0);
    grant(1, 3, 1, 1, 40);
    ask(440);
    grant(450, 3, 2, 2, 60);
    assertEquals(Verdict.STALE, check(BOOK, 59, 451));
    assertEquals(1, lease.losses());
  }

  @Test
  void aGrantOfANewTermBeginsANewLease() {
    ask(0);
    ask(10);
    grant(11, 3, 5, 2, 40);
    grant(12, 4, 1, 1, 60);
    assertEquals(Verdict.STALE, check(BOOK, 59, 13));
    assertEquals(Verdict.SERVE, check(BOOK, 60, 449));
    assertEquals(Verdict.NO_LEASE, check(BOOK, 60, 450));
    assertEquals(1, lease.losses());
  }

  @Test
  void aNewLeaseLowersNoFloor() {
    ask(0);
    grant(1, 3, 1, 1, 40);
    resume(3, 2, 70, BOOK);
    resume(3, 3, 50, TOPIC);
    ask(500);
    grant(501, 4, 1, 2, 60);
    assertEquals(Verdict.STALE, check(BOOK, 69, 502));
    assertEquals(Verdict.STALE, check(TOPIC, 59, 502));
    assertEquals(Verdict.SERVE, check(TOPIC, 60, 502));
  }

  @Test
  void aGrantOfAnOlderTermOrNumberIsIgnored() {
    ask(0);
    ask(100);
    grant(101, 4, 5, 1, 40, BOOK);
    grant(102, 3, 9, 2, 90);
    grant(103, 4, 4, 2, 90);
    grant(104, 4, 5, 2, 90);
    assertEquals(Verdict.SUSPENDED, check(BOOK, 99, 105));
    assertFalse(lease.isValid(nanos(450)));
  }

  @Test
  void aGrantOlderThanASuspendIsIgnored() {
    ask(0);
    suspend(3, 2, BOOK);
    grant(1, 3, 1, 1, 40);
    assertFalse(lease.isValid(nanos(2)));
    ask(150);
    grant(151, 3, 3, 2, 40, BOOK);
    assertEquals(Verdict.SUSPENDED, check(BOOK, 99, 152));
  }

  @Test
  void aSuspendIsObeyedAndAcknowledgedWhateverItsNumberAndHoweverOften() {
    ask(0);
    grant(1, 3, 5, 1, 40);
    assertEquals(Optional.of(new Ack("f1", 3, 6)), suspend(3, 6, BOOK));
    assertEquals(Optional.of(new Ack("f1", 3, 2)), suspend(3, 2, TOPIC));
    assertEquals(Optional.of(new Ack("f1", 3, 6)), suspend(3, 6, BOOK));
    assertEquals(Verdict.SUSPENDED, check(BOOK, 99, 2));
    assertEquals(Verdict.SUSPENDED, check(TOPIC, 99, 2));
  }

  @Test
  void aSuspendOfAnOlderTermIsIgnored() {
    ask(0);
    grant(1, 4, 1, 1, 40);
    assertEquals(Optional.empty(), suspend(3, 9, BOOK));
    assertEquals(Verdict.SERVE, check(BOOK, 40, 2));
  }

  @Test
  void aSuspendOfANewTermIsObeyedUnderTheOldLease() {
    ask(0);
    ask(100);
    grant(101, 3, 5, 1, 40);
    assertEquals(Optional.of(new Ack("f1", 4, 1)), suspend(4, 1, BOOK));
    assertEquals(Verdict.SUSPENDED, check(BOOK, 99, 102));
    assertEquals(Verdict.SERVE, check(TOPIC, 40, 102));
    grant(103, 3, 6, 2, 99);
    assertFalse(lease.isValid(nanos(450)));
  }

  @Test
  void aProbeIsAcknowledgedAndSuspendsNothing() {
    assertEquals(Optional.of(new Ack("f1", 3, 7)), suspend(3, 7));
    ask(0);
    grant(1, 3, 8, 1, 40);
    assertEquals(Verdict.SERVE, check(BOOK, 40, 2));
  }

  @Test
  void aResumeLiftsAndRaisesTheFloorOfItsViewsOnly() {
    ask(0);
    grant(1, 3, 1, 1, 40);
    suspend(3, 2, BOOK);
    assertTrue(resume(3, 3, 50, BOOK));
    assertEquals(Verdict.STALE, check(BOOK, 49, 2));
    assertEquals(Verdict.SERVE, check(BOOK, 50, 2));
    assertEquals(Verdict.SERVE, check(TOPIC, 40, 2));
  }

  @Test
  void aResumeLowersNoFloor() {
    ask(0);
    grant(1, 3, 1, 1, 40);
    assertTrue(resume(3, 2, 60, BOOK));
    assertTrue(resume(3, 3, 50, BOOK));
    assertTrue(resume(3, 4, 30, TOPIC));
    assertEquals(Verdict.STALE, check(BOOK, 59, 2));
    assertEquals(Verdict.STALE, check(TOPIC, 39, 2));
  }

  @Test
  void aResumeOfAnOlderTermOrNumberIsIgnored() {
    ask(0);
    grant(1, 4, 1, 1, 40);
    suspend(4, 5, BOOK);
    assertFalse(resume(3, 9, 50, BOOK));
    assertFalse(resume(4, 4, 50, BOOK));
    assertFalse(resume(4, 5, 50, BOOK));
    assertEquals(Verdict.SUSPENDED, check(BOOK, 99, 2));
  }

  @Test
  void aResumeThatComesTwiceIsObeyedOnce() {
    assertTrue(resume(3, 3, 50, BOOK));
    assertFalse(resume(3, 3, 50, BOOK));
  }

  @Test
  void floorsBeyondTheMostKeptAreForgottenIntoTheDefaultFromTheLowestOn() {
    ask(0);
    grant(1, 3, 1, 1, 40);
    for (int i = 0; i <= ViewLease.MAX_FLOORS; i++) {
      resume(3, 2 + i, 100 + i, new View.OfBook(new BookId(1 + i)));
    }
    int half = 100 + ViewLease.MAX_FLOORS / 2;
    assertEquals(Verdict.STALE, check(TOPIC, half - 1, 2));
    assertEquals(Verdict.SERVE, check(TOPIC, half, 2));
    View first = new View.OfBook(new BookId(1));
    assertEquals(Verdict.STALE, check(first, half - 1, 2));
    View last = new View.OfBook(new BookId(1 + ViewLease.MAX_FLOORS));
    assertEquals(Verdict.STALE, check(last, 99 + ViewLease.MAX_FLOORS, 2));
    assertEquals(Verdict.SERVE, check(last, 100 + ViewLease.MAX_FLOORS, 2));
  }

  @Test
  void theClockMayPassItsLargestValue() {
    long start = Long.MAX_VALUE - nanos(10);
    lease.renew(start);
    lease.granted(new Grant(3, 1, 1, 40, Set.of()), start + nanos(1));
    assertEquals(Verdict.SERVE, lease.check(BOOK, 40, start + nanos(5)));
    assertEquals(Verdict.SERVE, lease.check(BOOK, 40, start + nanos(449)));
    assertEquals(Verdict.NO_LEASE, lease.check(BOOK, 40, start + nanos(450)));
  }

  private static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private void ask(long at) {
    Renew unusedRequest = lease.renew(nanos(at));
  }

  private void grant(
      long at, long term, long sequence, long request, long index, View... suspended) {
    lease.granted(new Grant(term, sequence, request, index, Set.of(suspended)), nanos(at));
  }

  private Optional<Ack> suspend(long term, long sequence, View... views) {
    return lease.suspend(new Suspend(term, sequence, Set.of(views)));
  }

  private boolean resume(long term, long sequence, long index, View... views) {
    return lease.resume(new Resume(term, sequence, Set.of(views), index, List.of()));
  }

  private Verdict check(View view, long asOf, long at) {
    return lease.check(view, asOf, nanos(at));
  }
}
