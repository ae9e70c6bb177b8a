package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.Logged;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StopBoundTest {

  private static final class Hangs {
    static void here(CountDownLatch released) {
      try {
        released.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void whatDoesNotStopIsEndedAndSaysWhereItHung() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch halted = new CountDownLatch(1);
    Thread stopping = new Thread(() -> Hangs.here(released));
    stopping.start();
    try (Logged lines = new Logged("com.pygmy.launch.StopBound")) {
      StopBound.watch(stopping, 100, halted::countDown);
      assertTrue(halted.await(30, TimeUnit.SECONDS));
      assertEquals(1, lines.marksOf("StopBoundTest$Hangs.here").size(), lines::toString);
    } finally {
      released.countDown();
    }
  }

  @Test
  void whatStopsIsLeftAlone() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch halted = new CountDownLatch(1);
    Thread stopping = new Thread(() -> Hangs.here(released));
    stopping.start();
    Thread watching = StopBound.watch(stopping, TimeUnit.MINUTES.toMillis(10), halted::countDown);
    released.countDown();
    watching.join();
    assertFalse(halted.await(0, TimeUnit.SECONDS));
  }
}
