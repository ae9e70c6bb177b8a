package com.pygmy.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a run that is interrupted by Ctrl-C or SIGTERM tell what it has seen. */
final class Interruption implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Interruption.class);
  private static final long PATIENCE_SECONDS = 20;

  private final CountDownLatch told = new CountDownLatch(1);
  private final Thread hook;

  /** From now on; {@code stop} has to be quick. */
  Interruption(Runnable stop) {
    hook =
        new Thread(
            () -> {
              stop.run();
              awaitTold();
            },
            "load-interrupted");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void awaitTold() {
    try {
      if (told.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
      LOG.warn("interrupted, and the figures did not come");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Everything has been told. */
  @Override
  public void close() {
    told.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException interrupted) {
      return;
    }
  }
}
