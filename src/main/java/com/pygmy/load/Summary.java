package com.pygmy.load;

import com.pygmy.cli.Table;
import com.pygmy.load.Figures.Complaint;
import com.pygmy.load.Figures.Count;
import com.pygmy.load.Waits.Gap;
import com.pygmy.load.Waits.Noticed;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Locale;

/** A run in figures: for people, and for programs. */
record Summary(Plan plan, Figures figures) {

  private static final int COMPLAINTS_SHOWN = 10;
  private static final int GAPS_SHOWN = 10;

  void print(PrintWriter out) {
    Table table =
        new Table(
            "KIND", ">COUNT", ">ERRORS", ">REFUSED", ">p50 ms", ">p90 ms", ">p99 ms", ">max ms");
    for (Kind kind : Kind.values()) {
      Count count = figures.of(kind);
      Latencies latencies = count.latencies();
      table.row(
          kind.label(),
          grouped(count.count()),
          grouped(count.errors()),
          grouped(count.refused()),
          shown(latencies, latencies.percentile(50)),
          shown(latencies, latencies.percentile(90)),
          shown(latencies, latencies.percentile(99)),
          shown(latencies, latencies.max()));
    }
    table.print(out);
    out.println(sentence());
    if (plan.pace().isPresent()) {
      out.println(paceSentence());
    }
    out.println(
        "longest without a decided buy: "
            + Millis.ofNanos(figures.withoutBuy().longest().nanos())
            + " ms, without an answered read: "
            + Millis.ofNanos(figures.withoutRead().longest().nanos())
            + " ms");
    printGaps(out, "buy was decided", figures.withoutBuy());
    printGaps(out, "read was answered", figures.withoutRead());
  }

  /** What was done, in one line. */
  String sentence() {
    return String.format(
        Locale.ROOT,
        "%,.1f s: %,d visits by %,d clients, %,d requests (%,.0f/s); %,d found the book sold out;"
            + " %,d attempts failed and were tried again; seed %d",
        figures.seconds(),
        figures.visits(),
        plan.clients(),
        figures.requests(),
        figures.requests() / Math.max(figures.seconds(), 1e-9),
        figures.soldOut(),
        figures.retries(),
        plan.seed());
  }

  /** What the clock asked for, and what of it did not take place. */
  String paceSentence() {
    Plan.Pace pace = plan.pace().orElseThrow();
    String offered =
        String.format(
            Locale.ROOT, "%,.1f visits/s were due, latencies count from then; ", pace.perSecond());
    return figures.shed() == 0
        ? offered + "none was shed"
        : offered
            + String.format(
                Locale.ROOT,
                "%,d were shed (%.1f %%), for %,d were under way: the latencies are of the others",
                figures.shed(),
                100.0 * figures.shed() / (figures.shed() + figures.visits()),
                pace.maxOutstanding());
  }

  private void printGaps(PrintWriter out, String what, Noticed noticed) {
    noticed.gaps().stream()
        .limit(GAPS_SHOWN)
        .forEach(
            gap ->
                out.printf(
                    Locale.ROOT,
                    "no %s from %.1f s to %.1f s (%s ms)%n",
                    what,
                    figures.seconds(gap.from()),
                    figures.seconds(gap.to()),
                    Millis.ofNanos(gap.nanos())));
    if (noticed.count() > GAPS_SHOWN) {
      out.println("and " + grouped(noticed.count() - GAPS_SHOWN) + " more times");
    }
  }

  /**
   * What was wrong, if anything was.
   *
   * @param where before each line
   */
  static void complain(String where, Figures figures, PrintWriter err) {
    figures.complaints().stream()
        .limit(COMPLAINTS_SHOWN)
        .forEach(
            complaint ->
                err.printf(
                    Locale.ROOT,
                    "%s%s at %.1f s: %s%n",
                    where,
                    complaint.kind().label(),
                    figures.seconds(complaint.at()),
                    complaint.what()));
    if (figures.errors() > COMPLAINTS_SHOWN) {
      err.println(where + "and " + grouped(figures.errors() - COMPLAINTS_SHOWN) + " more errors");
    }
  }

  JsonObject json() {
    JsonObject kinds = new JsonObject();
    for (Kind kind : Kind.values()) {
      kinds.put(kind.label(), json(figures.of(kind)));
    }
    JsonArray complaints = new JsonArray();
    for (Complaint complaint : figures.complaints()) {
      complaints.add(
          new JsonObject()
              .put("atSeconds", figures.seconds(complaint.at()))
              .put("kind", complaint.kind().label())
              .put("what", complaint.what()));
    }
    JsonObject json =
        new JsonObject()
            .put("seed", plan.seed())
            .put("clients", plan.clients())
            .put("buyProbability", plan.buyProbability())
            .put("books", plan.popularity().label());
    plan.pace().ifPresent(pace -> json.put("visitsPerSecondDue", pace.perSecond()));
    return json.put("seconds", figures.seconds())
        .put("visits", figures.visits())
        .put("shed", figures.shed())
        .put("soldOut", figures.soldOut())
        .put("requests", figures.requests())
        .put("retries", figures.retries())
        .put("errors", figures.errors())
        .put("kinds", kinds)
        .put("withoutBuy", json(figures.withoutBuy()))
        .put("withoutRead", json(figures.withoutRead()))
        .put("complaints", complaints);
  }

  static JsonObject json(Count count) {
    Latencies latencies = count.latencies();
    JsonObject json =
        new JsonObject()
            .put("count", count.count())
            .put("errors", count.errors())
            .put("mismatches", count.mismatches())
            .put("unexpected", count.unexpected())
            .put("unanswered", count.unanswered())
            .put("refused", count.refused());
    return latencies.count() == 0
        ? json
        : json.put("meanMillis", latencies.mean())
            .put("p50Millis", latencies.percentile(50))
            .put("p90Millis", latencies.percentile(90))
            .put("p99Millis", latencies.percentile(99))
            .put("maxMillis", latencies.max());
  }

  private JsonObject json(Noticed noticed) {
    JsonArray windows = new JsonArray();
    for (Gap gap : noticed.gaps()) {
      windows.add(
          new JsonObject()
              .put("fromSeconds", figures.seconds(gap.from()))
              .put("toSeconds", figures.seconds(gap.to())));
    }
    return new JsonObject()
        .put("longestMillis", noticed.longest().nanos() / 1e6)
        .put("count", noticed.count())
        .put("windows", windows);
  }

  static String shown(Latencies latencies, double millis) {
    return latencies.count() == 0 ? "-" : Millis.of(millis);
  }

  static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
