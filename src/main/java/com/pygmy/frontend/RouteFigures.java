package com.pygmy.frontend;

import com.pygmy.wire.json.Route;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/**
 * How many requests of one route were answered, how, and how long it took. The meters are looked up
 * once: a look-up for each request would cost more than to answer it from the cache.
 */
final class RouteFigures {

  private static final int CLASSES = 6;

  private final Traffic.Count count;
  private final Timer[] byStatusClass = new Timer[CLASSES];

  RouteFigures(Route route, MeterRegistry metrics, Traffic traffic) {
    this.count = traffic.count(route);
    for (int status = 2; status < CLASSES; status++) {
      byStatusClass[status] =
          Timer.builder("pygmy.http.requests")
              .description("Requests answered, and the time from their head to their answer")
              .tag("method", route.method())
              .tag("route", route.template())
              .tag("status", status + "xx")
              .register(metrics);
    }
  }

  void answered(int status, long nanos) {
    count.answered(status, nanos);
    byStatusClass[status / 100].record(nanos, TimeUnit.NANOSECONDS);
  }
}
