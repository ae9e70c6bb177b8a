package com.pygmy.load;

import com.pygmy.cli.ExitCode;
import com.pygmy.load.Timeline.Slots;
import com.pygmy.load.Waits.Noticed;
import java.util.List;
import java.util.Map;

/**
 * What a run has shown.
 *
 * @param begun all moments are of the clock by which this is one
 * @param visits that took place
 * @param shed visits that were due and did not take place, for too many were under way
 * @param soldOut visits that would have bought a book of which there were none
 * @param retries attempts that failed and were followed by another
 * @param complaints the first of what was wrong; the counts are with the kinds
 */
record Figures(
    long begun,
    long ended,
    Map<Kind, Count> kinds,
    long visits,
    long shed,
    long soldOut,
    long retries,
    List<Complaint> complaints,
    Noticed withoutBuy,
    Noticed withoutRead,
    Slots timeline) {

  Figures {
    kinds = Map.copyOf(kinds);
    complaints = List.copyOf(complaints);
  }

  /**
   * Of one kind of request.
   *
   * @param count of all that have ended
   * @param latencies of those that were served, refusals included
   */
  record Count(
      long count,
      long refused,
      long mismatches,
      long unexpected,
      long unanswered,
      Latencies latencies) {

    long errors() {
      return mismatches + unexpected + unanswered;
    }
  }

  /** Something that was wrong. */
  record Complaint(long at, Kind kind, String what) {}

  Count of(Kind kind) {
    return kinds.get(kind);
  }

  double seconds() {
    return seconds(ended);
  }

  /** Since the begin. */
  double seconds(long at) {
    return (at - begun) / 1e9;
  }

  long requests() {
    return kinds.values().stream().mapToLong(Count::count).sum();
  }

  long errors() {
    return kinds.values().stream().mapToLong(Count::errors).sum();
  }

  /** Wrong answers weigh more than none. */
  int exitCode() {
    boolean isWrong =
        kinds.values().stream().anyMatch(count -> count.mismatches() + count.unexpected() > 0);
    return isWrong ? ExitCode.REFUSED : errors() > 0 ? ExitCode.UNAVAILABLE : ExitCode.OK;
  }
}
