package com.pygmy.load;

import com.pygmy.load.Timeline.Slot;
import com.pygmy.load.Timeline.Slots;
import com.pygmy.load.Waits.Noticed;
import com.pygmy.load.svg.Axis;
import com.pygmy.load.svg.Chart;
import com.pygmy.load.svg.Lane;
import com.pygmy.load.svg.Lane.Span;
import com.pygmy.load.svg.Picture;
import com.pygmy.load.svg.Scale;
import com.pygmy.load.svg.Series;
import com.pygmy.load.svg.Series.Point;
import com.pygmy.load.svg.Xml;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleBinaryOperator;
import java.util.function.ToLongFunction;

/**
 * The pictures of a run.
 *
 * @param isByTheClock could visits be shed?
 */
record RunPictures(Figures figures, boolean isByTheClock) {

  private static final int WIDTH = 980;
  private static final int HEIGHT = 380;
  private static final int MOST_POINTS = 160;
  private static final int FEWEST_POINTS = 30;
  private static final int REQUESTS_PER_POINT = 20;
  private static final int STEPS_PER_NINE = 25;
  private static final int TALL = 6;

  Xml distribution() {
    List<Kind> kinds =
        Arrays.stream(Kind.values())
            .filter(kind -> figures.of(kind).latencies().count() > 0)
            .toList();
    double nines =
        Math.log10(
            kinds.stream()
                .mapToDouble(kind -> (double) figures.of(kind).latencies().count())
                .max()
                .orElse(10));
    double end = Math.max(2, Math.min(TALL, nines));
    double least =
        kinds.stream()
            .mapToDouble(kind -> figures.of(kind).latencies().percentile(0))
            .min()
            .orElse(1);
    double most =
        kinds.stream().mapToDouble(kind -> figures.of(kind).latencies().max()).max().orElse(10);
    List<Series> lines =
        kinds.stream()
            .map(
                kind ->
                    new Series(RunReport.plural(kind), kind.label(), quantiles(kind, end), false))
            .toList();
    Chart chart =
        new Chart(
            "",
            new Axis("percentile (%)", Scale.percentiles(end)),
            new Axis("latency, ms (logarithmic)", Scale.logarithmic(least, most)),
            lines,
            List.of());
    return new Picture(
            "Latency over percentile, for each kind of request",
            lines,
            List.of(chart),
            1,
            WIDTH,
            HEIGHT)
        .draw();
  }

  /** Up to the last percentile that so few requests can tell of. */
  private List<Point> quantiles(Kind kind, double nines) {
    Latencies latencies = figures.of(kind).latencies();
    double told = Math.min(nines, Math.log10((double) latencies.count()));
    List<Point> points = new ArrayList<>();
    for (int i = 0; i <= Math.floor(told * STEPS_PER_NINE); i++) {
      double percent = 100 - 100 * Math.pow(10, -(double) i / STEPS_PER_NINE);
      points.add(new Point(percent, latencies.percentile(percent)));
    }
    return points;
  }

  Xml course() {
    Slots slots = slots();
    Scale time = Scale.upTo(figures.seconds(), 10);
    List<Series> rates = over(slots, (slot, seconds) -> slot / seconds, Slot::served, 0);
    List<Series> slowest =
        over(slots, (slot, seconds) -> slot / 1e3, Slot::slowestMicros, Double.NaN);
    List<Lane> lanes =
        List.of(
            new Lane("no buy", "nobuy", spans(figures.withoutBuy(), "no buy was decided")),
            new Lane("no read", "noread", spans(figures.withoutRead(), "no read was answered")),
            new Lane("retries", "retries", counts(slots, Slot::retried, "attempts tried again")),
            new Lane("errors", "errors", counts(slots, Slot::failed, "errors")),
            new Lane("shed", "shed", counts(slots, Slot::shed, "visits shed")));
    List<Lane> shown =
        lanes.stream().filter(lane -> !lane.style().equals("shed") || isByTheClock).toList();
    double top = most(rates);
    Chart throughput =
        new Chart(
            "Throughput",
            new Axis("seconds since the begin", time),
            new Axis("answers a second", Scale.linear(top, 5)),
            rates,
            shown);
    Chart latency =
        new Chart(
            "Slowest answer of each moment",
            new Axis("seconds since the begin", time),
            new Axis("latency, ms (logarithmic)", Scale.logarithmic(least(slowest), most(slowest))),
            slowest,
            List.of());
    return new Picture(
            "Throughput and slowest answers over time, with the times without service",
            rates,
            List.of(throughput, latency),
            1,
            WIDTH,
            HEIGHT)
        .draw();
  }

  /** So wide that a point is an average of some requests. */
  private Slots slots() {
    long points = figures.requests() / REQUESTS_PER_POINT;
    return figures.timeline().coarser((int) Math.max(FEWEST_POINTS, Math.min(MOST_POINTS, points)));
  }

  String courseCaption() {
    Slots slots = slots();
    return String.format(
        Locale.ROOT,
        "A point is %.1f s. No buy, no read: somebody waited and nobody was served (a refusal is a"
            + " service); shown from the length that --gap says. Retries: attempts that failed and"
            + " were answered elsewhere. Errors: requests without a right answer in the end.",
        slots.widthSeconds());
  }

  /** A line for each kind that there was. */
  private List<Series> over(
      Slots slots, DoubleBinaryOperator value, KindFigure figure, double none) {
    List<Series> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      List<Point> points = new ArrayList<>();
      for (int i = 0; i < slots.slots().size(); i++) {
        double begin = i * slots.widthSeconds();
        double seconds = Math.min(slots.widthSeconds(), figures.seconds() - begin);
        long counted = figure.of(slots.slots().get(i), kind);
        // The rest of a slot in which the run ended says nothing of a rate.
        if (seconds >= slots.widthSeconds() / 2) {
          double y = counted == 0 ? none : value.applyAsDouble((double) counted, seconds);
          points.add(new Point(begin + seconds / 2, y));
        }
      }
      if (figures.of(kind).count() > 0) {
        all.add(new Series(RunReport.plural(kind), kind.label(), points, false));
      }
    }
    return all;
  }

  private interface KindFigure {
    long of(Slot slot, Kind kind);
  }

  private static double most(List<Series> lines) {
    return lines.stream()
        .flatMap(line -> line.points().stream())
        .mapToDouble(Point::y)
        .filter(Double::isFinite)
        .max()
        .orElse(1);
  }

  private static double least(List<Series> lines) {
    return lines.stream()
        .flatMap(line -> line.points().stream())
        .mapToDouble(Point::y)
        .filter(Double::isFinite)
        .min()
        .orElse(1);
  }

  private List<Span> spans(Noticed noticed, String what) {
    return noticed.gaps().stream()
        .map(
            gap ->
                new Span(
                    figures.seconds(gap.from()),
                    figures.seconds(gap.to()),
                    what + " for " + Millis.ofNanos(gap.nanos()) + " ms"))
        .toList();
  }

  private static List<Span> counts(Slots slots, ToLongFunction<Slot> count, String what) {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < slots.slots().size(); i++) {
      long counted = count.applyAsLong(slots.slots().get(i));
      if (counted > 0) {
        double begin = i * slots.widthSeconds();
        spans.add(new Span(begin, begin + slots.widthSeconds(), counted + " " + what));
      }
    }
    return spans;
  }
}
