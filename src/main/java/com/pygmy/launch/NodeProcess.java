package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.replication.ratis.Outside;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This process, while it is a node: signals in, exit code out. */
final class NodeProcess {

  /** Says to the supervisor: this replica could not be trusted to go on, start it again. */
  static final int FATAL_EXIT_CODE = 70;

  /** As if somebody had killed it, which it spares them. */
  private static final int UNSTOPPED_EXIT_CODE = 137;

  private static final Logger logger = LoggerFactory.getLogger(NodeProcess.class);

  private NodeProcess() {}

  /**
   * Runs the node until SIGTERM or SIGINT stops it.
   *
   * @return {@link ExitCode#UNAVAILABLE} when it cannot start; otherwise does not return
   */
  static int run(NodeTask task) throws InterruptedException {
    Outside outside =
        new Outside(
            System::nanoTime, System::currentTimeMillis, new SecureRandom(), NodeProcess::halt);
    Node started;
    try {
      started = Node.start(task, outside, () -> UUID.randomUUID().toString());
    } catch (IOException e) {
      logger.error("node {} cannot start: {}", task.node().name(), e.getMessage(), e);
      return ExitCode.UNAVAILABLE;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started), "stop"));
    new CountDownLatch(1).await();
    return ExitCode.OK;
  }

  private static void stop(Node node) {
    var unused =
        StopBound.watch(
            Thread.currentThread(),
            StopBound.STOP_MILLIS,
            () -> Runtime.getRuntime().halt(UNSTOPPED_EXIT_CODE));
    node.close();
  }

  /** Ends this process at once: whatever it holds in memory must not reach anybody. */
  private static void halt(Throwable cause) {
    logger.error("this replica cannot go on, the process ends", cause);
    Runtime.getRuntime().halt(FATAL_EXIT_CODE);
  }
}
