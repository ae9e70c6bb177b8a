package com.pygmy.launch;

import com.pygmy.launch.DataFolder.NodeFolder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Ends the process of a node that the roster has left to itself. Its supervisor may start it anew
 * just before it sees that: so once it must have seen it, what runs is looked for again.
 *
 * @param say takes lines for people
 */
record Farewell(NodeFolder node, LongSupplier nanoClock, Consumer<String> say) {

  /** Some ticks of a supervisor. */
  private static final long SEEN_MILLIS = 1_000;

  /** Blocks, for a bounded time. True if nothing runs there. */
  boolean stop() throws InterruptedException {
    boolean unused = stopWhatRuns();
    TimeUnit.MILLISECONDS.sleep(SEEN_MILLIS);
    return stopWhatRuns();
  }

  private boolean stopWhatRuns() {
    List<Stopping.Target> targets =
        node.pidFile().read().stream()
            .map(found -> new Stopping.Target(node.name(), found.roles(), found.proof()))
            .toList();
    return new Stopping(Stopping.NODE_GRACE_MILLIS, nanoClock, say).stop(targets).isGone();
  }
}
