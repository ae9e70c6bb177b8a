package com.pygmy.catalog;

import com.pygmy.replication.ReplicatedLog;
import com.pygmy.replication.Takeover;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long this replica took to lead and to sell again, part by part, as {@code pygmy.failover}:
 *
 * <ul>
 *   <li>{@code detection}: from the last word of the leader before to standing for election
 *   <li>{@code election}: from standing to having won
 *   <li>{@code first-entry}: to the first entry of the term applied
 *   <li>{@code lease-wait}: to the first write proposed, which had to wait until no lease of a
 *       leader before could be alive, and for somebody to send it
 *   <li>{@code first-write}: to that write applied
 *   <li>{@code total}: all of them
 * </ul>
 *
 * The last three are known once somebody writes. Thread-safe.
 */
final class FailoverFigures {

  private static final Logger logger = LoggerFactory.getLogger(FailoverFigures.class);

  private final MeterRegistry metrics;
  private final LongSupplier nanoClock;
  private Takeover takeover = new Takeover(0, 0, 0, 0);
  private long readyNanos;
  private long proposedNanos;
  private Stage stage = Stage.DONE;

  private enum Stage {
    READY,
    PROPOSED,
    DONE
  }

  FailoverFigures(ReplicatedLog<?> log, MeterRegistry metrics, LongSupplier nanoClock) {
    this.metrics = metrics;
    this.nanoClock = nanoClock;
    log.onTakeover(this::took);
  }

  private synchronized void took(Takeover now) {
    takeover = now;
    readyNanos = nanoClock.getAsLong();
    stage = Stage.READY;
    record("detection", now.silenceNanos());
    record("election", now.electionNanos());
    record("first-entry", now.firstEntryNanos());
    logger.info(
        "leads in term {}: the leader before was silent for {} ms, election {} ms, first entry {} ms",
        now.term(),
        millis(now.silenceNanos()),
        millis(now.electionNanos()),
        millis(now.firstEntryNanos()));
  }

  /** A write of this term is on its way into the log. */
  synchronized void proposed(long term) {
    if (stage == Stage.READY && term == takeover.term()) {
      proposedNanos = nanoClock.getAsLong();
      stage = Stage.PROPOSED;
    }
  }

  /** A write of this term was decided and applied. */
  synchronized void applied(long term) {
    if (stage == Stage.PROPOSED && term == takeover.term()) {
      stage = Stage.DONE;
      long now = nanoClock.getAsLong();
      long total =
          takeover.silenceNanos()
              + takeover.electionNanos()
              + takeover.firstEntryNanos()
              + now
              - readyNanos;
      record("lease-wait", proposedNanos - readyNanos);
      record("first-write", now - proposedNanos);
      record("total", total);
      logger.info(
          "first write of term {}: proposed {} ms after the first entry, applied {} ms later, {} ms"
              + " in all",
          term,
          millis(proposedNanos - readyNanos),
          millis(now - proposedNanos),
          millis(total));
    }
  }

  private void record(String part, long nanos) {
    Timer.builder("pygmy.failover")
        .description("From the last word of a leader to the first write of its successor, by part")
        .tag("part", part)
        .register(metrics)
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}
