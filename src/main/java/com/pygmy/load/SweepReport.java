package com.pygmy.load;

import com.pygmy.load.Sweep.Point;
import com.pygmy.load.svg.Axis;
import com.pygmy.load.svg.Chart;
import com.pygmy.load.svg.Picture;
import com.pygmy.load.svg.Scale;
import com.pygmy.load.svg.Series;
import com.pygmy.load.svg.Xml;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** A sweep in one picture: a column for each kind of request, a row for each figure. */
record SweepReport(Sweep sweep, String told, Instant at) {

  private static final int WIDTH = 980;
  private static final int HEIGHT = 250;
  private static final double STEP = 0.2;

  private record Statistic(String name, ToDoubleFunction<Latencies> of) {}

  private static final List<Statistic> STATISTICS =
      List.of(
          new Statistic("mean", Latencies::mean),
          new Statistic("p50", latencies -> latencies.percentile(50)),
          new Statistic("p99", latencies -> latencies.percentile(99)));

  Page page() {
    Xml body = new Xml();
    Page.figure(
        body,
        "Latency of each kind of request, by how often customers buy",
        picture(),
        "Each row has one scale. A buy changes a book, so look-ups of it cannot be answered from"
            + " copies for a moment: the more buys, the less a cache can do, and what it does may"
            + " cost the buys a round to those who hold copies.");
    body.element("h2", "In figures");
    Page.table(
        body,
        List.of(
            ">buy probability",
            "kind",
            "cache",
            ">count",
            ">errors",
            ">refused",
            ">mean ms",
            ">p50 ms",
            ">p99 ms"),
        sweep.rows());
    return new Page(
        "Latency over buy probability", at.truncatedTo(ChronoUnit.SECONDS) + ". " + told, body);
  }

  private Xml picture() {
    List<Chart> charts = new ArrayList<>();
    for (Statistic statistic : STATISTICS) {
      Scale latency = Scale.linear(most(statistic), 4);
      for (Kind kind : Kind.values()) {
        charts.add(
            new Chart(
                RunReport.plural(kind) + ", " + statistic.name(),
                new Axis("buy probability", Scale.even(0, SweepCommand.LAST, STEP)),
                new Axis("ms", latency),
                lines(kind, statistic),
                List.of()));
      }
    }
    return new Picture(
            "Mean, median and 99th percentile of the latency of look-ups, buys and orders read over"
                + " the buy probability, with the cache on and off",
            lines(Kind.LOOKUP, STATISTICS.get(0)),
            charts,
            Kind.values().length,
            WIDTH,
            HEIGHT)
        .draw();
  }

  private double most(Statistic statistic) {
    return Stream.concat(sweep.cached().stream(), sweep.uncached().stream())
        .flatMap(
            point -> Stream.of(Kind.values()).map(kind -> point.figures().of(kind).latencies()))
        .mapToDouble(statistic.of())
        .max()
        .orElse(1);
  }

  private List<Series> lines(Kind kind, Statistic statistic) {
    List<Series> lines = new ArrayList<>();
    lines.add(line("cache on", "cached", sweep.cached(), kind, statistic));
    if (!sweep.uncached().isEmpty()) {
      lines.add(line("cache off", "uncached", sweep.uncached(), kind, statistic));
    }
    return lines;
  }

  private static Series line(
      String name, String style, List<Point> points, Kind kind, Statistic statistic) {
    return new Series(
        name,
        style,
        points.stream()
            .map(
                point -> {
                  Latencies latencies = point.figures().of(kind).latencies();
                  return new Series.Point(
                      point.probability(),
                      latencies.count() == 0
                          ? Double.NaN
                          : statistic.of().applyAsDouble(latencies));
                })
            .toList(),
        true);
  }
}
