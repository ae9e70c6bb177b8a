package com.pygmy.launch;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that was asked to stop ends, whatever it waits for: everything that it has confirmed is on
 * a disk. Whoever asked kills it otherwise, and nobody learns where it hung.
 */
final class StopBound {
  /** Less than containers and service managers give by default, which is 30 s or more. */
  static final long STOP_MILLIS = 25_000;

  private static final Logger logger = LoggerFactory.getLogger(StopBound.class);

  private StopBound() {}

  /**
   * Looks after a thread that stops this process.
   *
   * @param halt runs if it is not done after so long
   * @return the thread that looks, which ends with the other one at the latest
   */
  static Thread watch(Thread stopping, long millis, Runnable halt) {
    Thread watching =
        new Thread(
            () -> {
              try {
                stopping.join(millis);
              } catch (InterruptedException never) {
                Thread.currentThread().interrupt();
              }
              if (stopping.isAlive()) {
                logger.error(
                    "not stopped within {} s, and ended. Its threads:{}",
                    TimeUnit.MILLISECONDS.toSeconds(millis),
                    threads());
                halt.run();
              }
            },
            "stop-bound");
    watching.setDaemon(true);
    watching.start();
    return watching;
  }

  private static String threads() {
    StringBuilder lines = new StringBuilder();
    Thread.getAllStackTraces()
        .forEach(
            (thread, stack) -> {
              lines.append("\n").append(thread.getName()).append(' ').append(thread.getState());
              for (StackTraceElement element : stack) {
                lines.append("\n\tat ").append(element);
              }
            });
    return lines.toString();
  }
}
