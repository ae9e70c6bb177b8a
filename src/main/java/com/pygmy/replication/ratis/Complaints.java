package com.pygmy.replication.ratis;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what keeps a replica waiting: when it has lasted a little, then once a minute. */
final class Complaints {
  private static final Logger LOG = LoggerFactory.getLogger(Complaints.class);
  private static final long AFTER_SECONDS = 3;
  private static final long EVERY_SECONDS = 60;

  private final LongSupplier nanoClock;
  private long nextNanos;
  private boolean troubled;

  Complaints(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  void about(ReplicaId who, String what, Object seen) {
    long now = nanoClock.getAsLong();
    if (!troubled) {
      troubled = true;
      nextNanos = now + TimeUnit.SECONDS.toNanos(AFTER_SECONDS);
    } else if (now - nextNanos >= 0) {
      nextNanos = now + TimeUnit.SECONDS.toNanos(EVERY_SECONDS);
      LOG.warn("{} {}. Answering: {}", who, what, seen);
    }
  }

  void none() {
    troubled = false;
  }
}
