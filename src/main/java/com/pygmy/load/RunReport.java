package com.pygmy.load;

import com.pygmy.load.Figures.Count;
import com.pygmy.load.Waits.Gap;
import com.pygmy.load.Waits.Noticed;
import com.pygmy.load.svg.Xml;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A run in pictures. */
record RunReport(Summary summary, List<String> urls, Instant at) {

  Page page() {
    RunPictures pictures = new RunPictures(figures(), summary.plan().pace().isPresent());
    Xml body = new Xml();
    tiles(body);
    Page.figure(
        body,
        "How long answers took",
        pictures.distribution(),
        "Read it so: of all requests, so many percent were answered within this time. Refusals are"
            + " answers too; errors are left out.");
    Page.figure(body, "Over the time of the run", pictures.course(), pictures.courseCaption());
    table(body);
    gaps(body);
    complaints(body);
    return new Page("A shop under load", subtitle(), body);
  }

  private Figures figures() {
    return summary.figures();
  }

  private String subtitle() {
    Plan plan = summary.plan();
    return String.format(
        Locale.ROOT,
        "%s, %s. %s. Books %s, bought with a probability of %s.%s",
        at.truncatedTo(ChronoUnit.SECONDS),
        String.join(", ", urls),
        summary.sentence(),
        plan.popularity().label(),
        plan.buyProbability(),
        plan.pace().isEmpty()
            ? " Each client came again when its last visit was over."
            : " " + summary.paceSentence() + ".");
  }

  private void tiles(Xml out) {
    Figures figures = figures();
    out.open("ul", "class", "tiles");
    tile(out, Summary.grouped(figures.requests()), "requests", false);
    tile(
        out,
        Summary.grouped(Math.round(figures.requests() / Math.max(figures.seconds(), 1e-9))),
        "requests a second",
        false);
    for (Kind kind : Kind.values()) {
      Latencies latencies = figures.of(kind).latencies();
      tile(
          out,
          Summary.shown(latencies, latencies.percentile(99)) + " ms",
          "99 % of " + plural(kind) + " within",
          false);
    }
    tile(out, Summary.grouped(figures.errors()), "errors", figures.errors() > 0);
    tile(out, millis(figures.withoutBuy()), "longest without a buy", isLong(figures.withoutBuy()));
    tile(
        out,
        millis(figures.withoutRead()),
        "longest without a read",
        isLong(figures.withoutRead()));
    out.close().newLine();
  }

  private static void tile(Xml out, String value, String name, boolean isBad) {
    out.open("li", "class", isBad ? "bad" : "good")
        .element("strong", value)
        .element("span", name)
        .close();
  }

  private static String millis(Noticed noticed) {
    return Millis.ofNanos(noticed.longest().nanos()) + " ms";
  }

  private static boolean isLong(Noticed noticed) {
    return noticed.count() > 0;
  }

  static String plural(Kind kind) {
    return kind == Kind.LOOKUP ? "look-ups" : kind == Kind.BUY ? "buys" : "orders read";
  }

  private void table(Xml out) {
    out.element("h2", "In figures");
    List<List<String>> rows = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      Count count = figures().of(kind);
      Latencies latencies = count.latencies();
      List<String> row = new ArrayList<>();
      row.add(plural(kind));
      row.add(Summary.grouped(count.count()));
      row.add(Summary.grouped(count.refused()));
      row.add(Summary.grouped(count.mismatches()));
      row.add(Summary.grouped(count.unexpected()));
      row.add(Summary.grouped(count.unanswered()));
      row.add(Summary.shown(latencies, latencies.mean()));
      for (double percent : new double[] {50, 90, 99, 99.9, 100}) {
        row.add(Summary.shown(latencies, latencies.percentile(percent)));
      }
      rows.add(row);
    }
    Page.table(
        out,
        List.of(
            "kind",
            ">count",
            ">refused",
            ">mismatches",
            ">unexpected",
            ">unanswered",
            ">mean ms",
            ">p50 ms",
            ">p90 ms",
            ">p99 ms",
            ">p99.9 ms",
            ">max ms"),
        rows);
  }

  private void gaps(Xml out) {
    List<List<String>> rows = new ArrayList<>();
    rows.addAll(rows(figures().withoutBuy(), "no buy was decided"));
    rows.addAll(rows(figures().withoutRead(), "no read was answered"));
    out.element("h2", "Times without service");
    if (rows.isEmpty()) {
      out.element("p", "None: whoever waited was served in time.");
    } else {
      Page.table(out, List.of("what", ">from s", ">to s", ">ms"), rows);
    }
  }

  private List<List<String>> rows(Noticed noticed, String what) {
    return noticed.gaps().stream().map(gap -> row(gap, what)).toList();
  }

  private List<String> row(Gap gap, String what) {
    return List.of(
        what,
        String.format(Locale.ROOT, "%,.2f", figures().seconds(gap.from())),
        String.format(Locale.ROOT, "%,.2f", figures().seconds(gap.to())),
        Millis.ofNanos(gap.nanos()));
  }

  private void complaints(Xml out) {
    if (figures().complaints().isEmpty()) {
      return;
    }
    out.element("h2", "What was wrong");
    Page.table(
        out,
        List.of(">at s", "kind", "what"),
        figures().complaints().stream()
            .map(
                complaint ->
                    List.of(
                        String.format(Locale.ROOT, "%,.2f", figures().seconds(complaint.at())),
                        complaint.kind().label(),
                        complaint.what()))
            .toList());
    if (figures().errors() > figures().complaints().size()) {
      out.element(
          "p",
          "These are the first "
              + figures().complaints().size()
              + " of "
              + figures().errors()
              + ".");
    }
  }
}
