package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class CertificateWatchTest {
  private static final Instant END = Instant.parse("2030-01-31T00:00:00Z");

  private static CertificateWatch at(Instant now) {
    return new CertificateWatch(Path.of("n1.pem"), END, now::toEpochMilli);
  }

  @Test
  void theMetricsSayWhenItExpiresInSecondsAsPrometheusDoes(Vertx vertx) {
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    at(END.minus(Duration.ofDays(365))).start(vertx, metrics);
    String line = "pygmy_certificate_expiry_timestamp_seconds " + (double) END.getEpochSecond();
    assertTrue(metrics.scrape().contains(line + "\n"), metrics::scrape);
  }

  @Test
  void itIsSaidFromAMonthBefore() {
    assertFalse(at(END.minus(Duration.ofDays(30))).isDue());
    assertTrue(at(END.minus(Duration.ofDays(30)).plusSeconds(1)).isDue());
    assertTrue(at(END.plusSeconds(1)).isDue());
  }
}
