package com.pygmy.launch;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When the certificate that this node shows to others expires: in the metrics, and each day in the
 * log from {@link #WARN_BEFORE} on. Connections that stand stay as they are then, but none that
 * breaks comes back, and no node starts.
 */
record CertificateWatch(Path file, Instant end, LongSupplier wallClockMillis) {
  /** Whoever reads logs has so long to make a node another certificate. */
  static final Duration WARN_BEFORE = Duration.ofDays(30);

  private static final Logger logger = LoggerFactory.getLogger(CertificateWatch.class);

  /** As long as Vert.x runs. */
  void start(Vertx vertx, MeterRegistry metrics) {
    TimeGauge.builder(
            "pygmy.certificate.expiry.timestamp",
            this,
            TimeUnit.SECONDS,
            watch -> watch.end().getEpochSecond())
        .description("When the certificate that this node shows to others expires (Unix time)")
        .strongReference(true)
        .register(metrics);
    if (isDue()) {
      warn();
    } else {
      logger.info("speaks TLS to other nodes, by {}, which expires at {}", file, end);
    }
    vertx.setPeriodic(
        Duration.ofDays(1).toMillis(),
        day -> {
          if (isDue()) {
            warn();
          }
        });
  }

  boolean isDue() {
    Instant now = Instant.ofEpochMilli(wallClockMillis.getAsLong());
    return end.isBefore(now.plus(WARN_BEFORE));
  }

  private void warn() {
    logger.warn("{} expires at {}: other nodes will not believe it then", file, end);
  }
}
