package com.pygmy.launch;

import com.pygmy.chaos.Findings;
import com.pygmy.chaos.Findings.Effect;
import com.pygmy.chaos.Ledger.Counts;
import com.pygmy.chaos.Windows.Gap;
import com.pygmy.cli.Table;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** A run of the fault suite in figures, for people and for programs. */
record ChaosReport(Findings findings, long seed) {

  void print(PrintWriter out) {
    List<Effect> effects = findings.effects();
    if (!effects.isEmpty()) {
      printEffects(out, effects);
      out.println();
      printKinds(out, effects);
      out.println();
    }
    Counts counts = findings.evidence().ledger().counts();
    out.printf(
        Locale.ROOT,
        "%.1f s: %,d reads, %,d buys confirmed, %,d refused, %,d undecided, %,d restocks and"
            + " prices, %,d requests failed and tried elsewhere%n",
        (findings.ended() - findings.begun()) / 1e9,
        counts.reads(),
        counts.bought(),
        counts.refused(),
        counts.undecided(),
        counts.changes(),
        counts.retries());
    out.println(
        "longest without a confirmed buy: "
            + millis(findings.withoutBuy().nanos())
            + " ms, without a read: "
            + millis(findings.withoutRead().nanos())
            + " ms; this process was held up for "
            + millis(findings.heldUp())
            + " ms at most");
    findings.judgement().violations().forEach(what -> out.println("violated: " + what));
    findings.judgement().undecided().forEach(what -> out.println("undecided: " + what));
  }

  private static void printEffects(PrintWriter out, List<Effect> effects) {
    Table table =
        new Table(
            ">AT s",
            "FAULT",
            "NODE",
            ">HELD ms",
            ">NO BUY ms",
            ">NO READ ms",
            ">LEVEL ms",
            "DETAIL");
    for (Effect effect : effects) {
      table.row(
          String.format(Locale.ROOT, "%.3f", effect.sinceBegin() / 1e9),
          effect.fault().fault().kind().label(),
          String.join(",", effect.fault().nodes()),
          millis(effect.fault().over() - effect.fault().begun()),
          millis(effect.withoutBuy().nanos()),
          millis(effect.withoutRead().nanos()),
          millis(effect.recovery()),
          effect.fault().detail());
    }
    table.print(out);
  }

  private static void printKinds(PrintWriter out, List<Effect> effects) {
    Table table =
        new Table(
            "KIND",
            ">FAULTS",
            ">NO BUY median",
            ">worst",
            ">NO READ median",
            ">worst",
            ">LEVEL median",
            ">worst");
    byKind(effects)
        .forEach(
            (kind, some) -> {
              List<Object> cells = new ArrayList<>(List.of(kind, some.size()));
              for (ToLongFunction<Effect> figure : FIGURES) {
                long[] sorted = some.stream().mapToLong(figure).sorted().toArray();
                cells.add(millis(sorted[(sorted.length - 1) / 2]));
                cells.add(millis(sorted[sorted.length - 1]));
              }
              table.row(cells.toArray());
            });
    table.print(out);
  }

  private static final List<ToLongFunction<Effect>> FIGURES =
      List.of(e -> e.withoutBuy().nanos(), e -> e.withoutRead().nanos(), Effect::recovery);

  private static Map<String, List<Effect>> byKind(List<Effect> effects) {
    Map<String, List<Effect>> byKind = new TreeMap<>();
    effects.forEach(
        effect ->
            byKind
                .computeIfAbsent(effect.fault().fault().kind().label(), kind -> new ArrayList<>())
                .add(effect));
    return byKind;
  }

  JsonObject json() {
    Counts counts = findings.evidence().ledger().counts();
    JsonArray faults = new JsonArray();
    for (Effect effect : findings.effects()) {
      faults.add(
          new JsonObject()
              .put("kind", effect.fault().fault().kind().label())
              .put("nodes", new JsonArray(effect.fault().nodes()))
              .put("detail", effect.fault().detail())
              .put("atMillis", millis(effect.sinceBegin()))
              .put("heldMillis", millis(effect.fault().over() - effect.fault().begun()))
              .put("withoutBuyMillis", millis(effect.withoutBuy().nanos()))
              .put("withoutBuyAtMillis", millis(effect.withoutBuy().begin() - findings.begun()))
              .put("withoutReadMillis", millis(effect.withoutRead().nanos()))
              .put("recoveryMillis", millis(effect.recovery())));
    }
    return new JsonObject()
        .put("verdict", findings.judgement().isSound() ? "sound" : "not sound")
        .put("violations", new JsonArray(findings.judgement().violations()))
        .put("undecided", new JsonArray(findings.judgement().undecided()))
        .put("seed", seed)
        .put("millis", millis(findings.ended() - findings.begun()))
        .put("reads", counts.reads())
        .put("confirmed", counts.bought())
        .put("refused", counts.refused())
        .put("unknown", counts.undecided())
        .put("changes", counts.changes())
        .put("retries", counts.retries())
        .put("withoutBuyMillis", gap(findings.withoutBuy()))
        .put("withoutReadMillis", gap(findings.withoutRead()))
        .put("heldUpMillis", millis(findings.heldUp()))
        .put("faults", faults);
  }

  private static long gap(Gap gap) {
    return millis(gap.nanos());
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}
