package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BuyLimitTest {

  private long nanos;
  private final Deque<Promise<String>> underWay = new ArrayDeque<>();
  private final BuyLimit limit = new BuyLimit(() -> nanos);

  private Future<String> ask() {
    return limit.admit(
        () -> {
          Promise<String> buy = Promise.promise();
          underWay.add(buy);
          return buy.future();
        });
  }

  /** As many as there is room for; all of them end when the test says so. */
  private int fill() {
    while (true) {
      Future<String> last = ask();
      if (last.failed()) {
        FailureException refused = assertInstanceOf(FailureException.class, last.cause());
        assertInstanceOf(Failure.Overloaded.class, refused.failure());
        return underWay.size();
      }
    }
  }

  private void pass(long millis) {
    nanos += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private void end(int buys) {
    for (int i = 0; i < buys; i++) {
      underWay.remove().complete("sold");
    }
  }

  @Test
  void admitsManyAsLongAsTheyEndSoon() {
    for (int i = 0; i < 100; i++) {
      assertEquals(BuyLimit.MAX, fill());
      pass(BuyLimit.AVERAGE_MILLIS);
      end(BuyLimit.MAX);
      pass(BuyLimit.WINDOW_MILLIS);
    }
  }

  /** So many a second, one after another, until the limit is set by it. */
  private void endSteadily(int perSecond) {
    for (int i = 0; i < perSecond / 4; i++) {
      nanos += TimeUnit.SECONDS.toNanos(1) / perSecond;
      end(1);
    }
  }

  @Test
  void admitsAsManyAsEndInTheTimeThatIsWantedOnceTheyTakeLonger() {
    fill();
    pass(200);
    endSteadily(2_000);
    fill();
    end(underWay.size() - 1);
    assertEquals(2_000 * BuyLimit.AVERAGE_MILLIS / 1_000.0, fill(), 1.5);
  }

  @Test
  void hasRoomForAFullRequestHoweverSlowItIs() {
    makeSmall();
    assertEquals(BuyLimit.MIN, fill());
  }

  private void makeSmall() {
    fill();
    pass(200);
    endSteadily(100);
    assertTrue(ask().failed());
    end(underWay.size());
  }

  @Test
  void admitsMoreAgainStepByStepOnceTheyEndSoon() {
    makeSmall();
    for (int room : new int[] {128, 160, 200, 250}) {
      assertEquals(room, fill());
      pass(BuyLimit.WINDOW_MILLIS / 2);
      end(underWay.size() - 1);
      pass(BuyLimit.WINDOW_MILLIS / 2);
    }
  }

  @Test
  void noneEndsWhileThereIsNoLeaderAndThatTellsNothing() {
    fill();
    pass(1_300);
    end(BuyLimit.MIN); // the first entry of the next leader
    assertEquals(BuyLimit.MAX, fill());
  }

  @Test
  void norDoesTimeInWhichNobodyBuys() {
    fill();
    for (int i = 0; i < 8; i++) {
      pass(30);
      end(BuyLimit.MAX / 8); // slow, but soon done
    }
    pass(10_000);
    assertEquals(BuyLimit.MAX, fill());
  }

  @Test
  void fewThatWaitForAFrozenReplicaHaveNobodyElseRefused() {
    for (int i = 0; i < 50; i++) {
      assertFalse(ask().isComplete());
    }
    pass(1_200); // all of those
    for (int i = 0; i < 12; i++) { // more than a window
      while (underWay.size() < 400) {
        assertFalse(ask().isComplete());
      }
      pass(10);
      end(i == 0 ? 150 : 100);
    }
    assertEquals(BuyLimit.MAX, fill());
  }

  @Test
  void aBuyThatThrowsIsNotUnderWay() {
    for (int i = 0; i < 2 * BuyLimit.MAX; i++) {
      assertTrue(
          limit
              .admit(
                  () -> {
                    throw new IllegalStateException("closed");
                  })
              .failed());
    }
    assertEquals(BuyLimit.MAX, fill());
  }

  @Test
  void aBuyThatFailsEndsToo() {
    fill();
    underWay.remove().fail("broken");
    assertFalse(ask().isComplete());
  }
}
