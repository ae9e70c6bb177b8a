package com.pygmy.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.load.Timeline.Slots;
import org.junit.jupiter.api.Test;

final class TimelineTest {

  private static final long SECOND = 1_000_000_000;

  @Test
  void countsWhatHappenedInEachTenthOfASecond() {
    Timeline timeline = new Timeline(SECOND);
    timeline.served(Kind.BUY, SECOND, 7_000);
    timeline.served(Kind.BUY, SECOND + SECOND / 20, 9_000);
    timeline.served(Kind.LOOKUP, SECOND + SECOND / 4, 1_000);
    timeline.retried(SECOND + SECOND / 4);
    timeline.failed(SECOND + SECOND / 4);

    Slots slots = timeline.until(SECOND + SECOND / 2);

    assertEquals(0.1, slots.widthSeconds());
    assertEquals(6, slots.slots().size());
    assertEquals(2, slots.slots().get(0).served(Kind.BUY));
    assertEquals(9_000, slots.slots().get(0).slowestMicros(Kind.BUY));
    assertEquals(1, slots.slots().get(2).served(Kind.LOOKUP));
    assertEquals(1, slots.slots().get(2).retried());
    assertEquals(1, slots.slots().get(2).failed());
  }

  @Test
  void neverHasMoreSlotsThanItMayAndLosesNothing() {
    Timeline timeline = new Timeline(0);
    int day = 24 * 60 * 60;
    for (int second = 0; second < day; second++) {
      timeline.served(Kind.LOOKUP, second * SECOND, second == 4_711 ? 99 : 1);
    }
    Slots slots = timeline.until(day * SECOND);
    assertTrue(slots.slots().size() <= Timeline.MOST_SLOTS, () -> "" + slots.slots().size());
    assertEquals(day, slots.slots().stream().mapToLong(s -> s.served(Kind.LOOKUP)).sum());
    int slow = (int) (4_711 / slots.widthSeconds());
    assertEquals(99, slots.slots().get(slow).slowestMicros(Kind.LOOKUP));

    Slots coarser = slots.coarser(100);
    assertTrue(coarser.slots().size() <= 100);
    assertEquals(day, coarser.slots().stream().mapToLong(s -> s.served(Kind.LOOKUP)).sum());
  }
}
