package com.pygmy.load;

import com.pygmy.cli.ExitCode;
import com.pygmy.cli.Table;
import com.pygmy.load.Figures.Count;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Runs of one kind that differ in the buy probability, on one shop or two.
 *
 * @param seed of the first of them; each probability has the next one
 * @param cached at the shop whose frontends answer from copies
 * @param uncached at the other one; none: there was only one shop
 */
record Sweep(long seed, List<Point> cached, List<Point> uncached) {

  private static final int COUNT = 3;

  Sweep {
    cached = List.copyOf(cached);
    uncached = List.copyOf(uncached);
  }

  /** One run. */
  record Point(double probability, Figures figures) {}

  private Stream<Point> points() {
    return Stream.concat(cached.stream(), uncached.stream());
  }

  /** That of the worst run: wrong answers weigh more than none. */
  int exitCode() {
    List<Integer> codes = points().map(point -> point.figures().exitCode()).toList();
    return codes.contains(ExitCode.REFUSED)
        ? ExitCode.REFUSED
        : codes.contains(ExitCode.UNAVAILABLE) ? ExitCode.UNAVAILABLE : ExitCode.OK;
  }

  void print(PrintWriter out) {
    Table table =
        new Table(
            ">BUYS",
            "KIND",
            "CACHE",
            ">COUNT",
            ">ERRORS",
            ">REFUSED",
            ">mean ms",
            ">p50 ms",
            ">p99 ms");
    rows().forEach(row -> table.row(row.toArray()));
    table.print(out);
    out.println("seed " + seed);
    long soldOut = points().mapToLong(point -> point.figures().soldOut()).sum();
    if (soldOut > 0) {
      long visits = points().mapToLong(point -> point.figures().visits()).sum();
      out.printf(
          Locale.ROOT,
          "%,d of %,d visits found the book sold out and did not buy it.%n",
          soldOut,
          visits);
    }
  }

  /** Of the table: by probability, kind of request, and shop; without what nobody asked. */
  List<List<String>> rows() {
    return cached.stream()
        .flatMap(
            point ->
                Stream.of(Kind.values())
                    .flatMap(
                        kind ->
                            Stream.concat(
                                Stream.of(row(point, kind, "on")),
                                uncached.stream()
                                    .filter(other -> other.probability() == point.probability())
                                    .map(other -> row(other, kind, "off")))))
        .filter(row -> !row.get(COUNT).equals("0"))
        .toList();
  }

  private static List<String> row(Point point, Kind kind, String cache) {
    Count count = point.figures().of(kind);
    Latencies latencies = count.latencies();
    return List.of(
        probability(point),
        kind.label(),
        cache,
        Summary.grouped(count.count()),
        Summary.grouped(count.errors()),
        Summary.grouped(count.refused()),
        Summary.shown(latencies, latencies.mean()),
        Summary.shown(latencies, latencies.percentile(50)),
        Summary.shown(latencies, latencies.percentile(99)));
  }

  static String probability(Point point) {
    return String.format(Locale.ROOT, "%.1f", point.probability());
  }

  JsonObject json() {
    return new JsonObject()
        .put("seed", seed)
        .put("cached", json(cached))
        .put("uncached", json(uncached));
  }

  private static JsonArray json(List<Point> points) {
    JsonArray array = new JsonArray();
    for (Point point : points) {
      JsonObject kinds = new JsonObject();
      for (Kind kind : Kind.values()) {
        kinds.put(kind.label(), Summary.json(point.figures().of(kind)));
      }
      array.add(
          new JsonObject()
              .put("buyProbability", point.probability())
              .put("seconds", point.figures().seconds())
              .put("visits", point.figures().visits())
              .put("soldOut", point.figures().soldOut())
              .put("retries", point.figures().retries())
              .put("kinds", kinds));
    }
    return array;
  }
}
