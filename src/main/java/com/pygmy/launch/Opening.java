package com.pygmy.launch;

import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message.Service;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * When a node that starts opens its port for HTTP: once it has heard of replicas that can serve. So
 * a node that comes back into a running shop refuses no request that the others would have taken.
 */
final class Opening {

  /** A shop that starts as a whole has nobody ready for a while, and says so over HTTP. */
  static final long PATIENCE_MILLIS = 10 * Addresses.HEARTBEAT_MILLIS;

  private static final long LOOK_MILLIS = 10;

  /** What waits, on a thread that may. */
  interface Pause {
    void millis(long millis) throws InterruptedException;
  }

  private Opening() {}

  /**
   * Returns when some catalog replica and some order replica are ready; after {@link
   * #PATIENCE_MILLIS} anyway.
   */
  static void await(ReplicaDirectory directory, LongSupplier nanoClock, Pause pause)
      throws InterruptedException {
    long start = nanoClock.getAsLong();
    while (Stream.of(Service.CATALOG, Service.ORDER)
            .anyMatch(service -> directory.ready(service).isEmpty())
        && nanoClock.getAsLong() - start < TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS)) {
      pause.millis(LOOK_MILLIS);
    }
  }
}
