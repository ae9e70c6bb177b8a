package com.pygmy.load;

import com.pygmy.load.Figures.Complaint;
import com.pygmy.load.Figures.Count;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Keeps what customers tell, in a space that does not grow with the time. Thread-safe. */
final class Meter {

  private static final int KEPT = 100;

  private final long begun;
  private final Map<Kind, Tally> tallies = new EnumMap<>(Kind.class);
  private final Waits buys;
  private final Waits reads;
  private final Timeline timeline;
  private final List<Complaint> complaints = new ArrayList<>();
  private final Latencies recent = new Latencies();
  private long errors;
  private long visits;
  private long shed;
  private long soldOut;
  private long retries;

  private static final class Tally {
    final Latencies latencies = new Latencies();
    long count;
    long refused;
    long mismatches;
    long unexpected;
    long unanswered;

    Count count() {
      return new Count(count, refused, mismatches, unexpected, unanswered, latencies.copy());
    }
  }

  /**
   * What is worth watching meanwhile.
   *
   * @param served since it was asked for last, as is the percentile
   */
  record Glance(long visits, long served, double p99, long errors) {}

  Meter(long begun, long gapNanos) {
    this.begun = begun;
    this.buys = new Waits(gapNanos);
    this.reads = new Waits(gapNanos);
    this.timeline = new Timeline(begun);
    for (Kind kind : Kind.values()) {
      tallies.put(kind, new Tally());
    }
  }

  synchronized void begun(Kind kind, long now) {
    waits(kind).begun(now);
  }

  /**
   * A request has come to its end.
   *
   * @param due when it should have been sent, from which its latency counts
   */
  synchronized void ended(Kind kind, long due, long now, Verdict verdict) {
    Tally tally = tallies.get(kind);
    tally.count++;
    if (verdict.isServed()) {
      long micros = Latencies.micros(now - due);
      tally.latencies.add(micros);
      recent.add(micros);
      timeline.served(kind, now, micros);
      waits(kind).served(now);
      tally.refused += verdict instanceof Verdict.Refused ? 1 : 0;
      return;
    }
    if (verdict instanceof Verdict.Unanswered) {
      waits(kind).inVain();
    } else {
      waits(kind).answeredWrongly();
    }
    timeline.failed(now);
    errors++;
    if (verdict instanceof Verdict.Mismatch mismatch) {
      tally.mismatches++;
      complain(now, kind, "mismatch: " + mismatch.what());
    } else if (verdict instanceof Verdict.Unexpected unexpected) {
      tally.unexpected++;
      complain(now, kind, "unexpected: " + unexpected.what());
    } else if (verdict instanceof Verdict.Unanswered unanswered) {
      tally.unanswered++;
      complain(now, kind, "no answer: " + unanswered.why());
    }
  }

  private void complain(long now, Kind kind, String what) {
    if (complaints.size() < KEPT) {
      complaints.add(new Complaint(now, kind, what));
    }
  }

  synchronized void retried(long now) {
    retries++;
    timeline.retried(now);
  }

  synchronized void visited() {
    visits++;
  }

  synchronized void shed(long now) {
    shed++;
    timeline.shed(now);
  }

  synchronized void soldOut() {
    soldOut++;
  }

  synchronized Glance glance() {
    Glance glance = new Glance(visits + shed, recent.count(), recent.percentile(99), errors);
    recent.forget();
    return glance;
  }

  synchronized Figures figures(long now) {
    Map<Kind, Count> kinds = new EnumMap<>(Kind.class);
    tallies.forEach((kind, tally) -> kinds.put(kind, tally.count()));
    return new Figures(
        begun,
        now,
        kinds,
        visits,
        shed,
        soldOut,
        retries,
        complaints,
        buys.noticed(now),
        reads.noticed(now),
        timeline.until(now));
  }

  private Waits waits(Kind kind) {
    return kind == Kind.BUY ? buys : reads;
  }
}
