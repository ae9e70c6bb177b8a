package com.pygmy.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.chaos.Windows.Gap;
import org.junit.jupiter.api.Test;

final class WindowsTest {

  private static final long END = 1_000;

  private final Windows windows = new Windows();

  @Test
  void theLongestTimeBetweenTwoSuccessesCounts() {
    successes(10, 20, 50, 60);
    assertEquals(new Gap(20, 50), windows.longest(5, 60, END));
  }

  @Test
  void aWindowBeginsNoEarlierThanTheFault() {
    successes(10, 90, 100);
    assertEquals(new Gap(60, 90), windows.longest(60, 100, END));
  }

  @Test
  void aWindowThatIsOpenAtTheEndOfTheFaultGoesOnToTheNextSuccess() {
    successes(10, 20, 90);
    assertEquals(new Gap(20, 90), windows.longest(10, 30, END));
  }

  @Test
  void aSuccessOnTheWayOfTheFaultDoesNotHideWhatComesAfter() {
    successes(100, 101, 1_400, 1_401);
    assertEquals(new Gap(101, 1_400), windows.longest(99, 2_000, 1_402));
  }

  @Test
  void withoutAnySuccessTheWindowLastsToTheEnd() {
    assertEquals(new Gap(10, END), windows.longest(10, 20, END));
    successes(5);
    assertEquals(new Gap(10, END), windows.longest(10, 20, END));
  }

  @Test
  void whatComesAfterTheFaultIsNotItsOwn() {
    successes(10, 20, 30, 500);
    assertEquals(new Gap(10, 20), windows.longest(10, 30, END));
  }

  @Test
  void aWindowEndsWhenTheNextFaultBegins() {
    successes(10, 20, 500);
    assertEquals(new Gap(20, 35), windows.longest(10, 30, 35));
    assertEquals(new Gap(10, 20), windows.longest(10, 20, 20));
  }

  @Test
  void successesMayComeOutOfOrder() {
    successes(30, 10, 20);
    assertEquals(new Gap(10, 20), windows.longest(10, 30, END));
    assertEquals(3, windows.count());
  }

  private void successes(long... times) {
    for (long time : times) {
      windows.success(time);
    }
  }
}
