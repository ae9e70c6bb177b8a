package com.pygmy.load;

import java.util.ArrayList;
import java.util.List;

/**
 * Notices when somebody waits and nobody is served. Times are of one monotonic clock and do not go
 * back.
 */
final class Waits {

  private static final int KEPT = 500;

  private final long thresholdNanos;
  private final List<Gap> gaps = new ArrayList<>();
  private Gap longest = new Gap(0, 0);
  private long count;
  private int outstanding;
  private boolean isWaiting;
  private long since;

  /** From the last service, or the first who waited after it, to the next. */
  record Gap(long from, long to) {
    long nanos() {
      return to - from;
    }
  }

  /**
   * What was noticed.
   *
   * @param gaps of the threshold or longer, the first of them
   * @param count of all such
   * @param longest also if it is shorter
   */
  record Noticed(List<Gap> gaps, long count, Gap longest) {
    Noticed {
      gaps = List.copyOf(gaps);
    }
  }

  Waits(long thresholdNanos) {
    this.thresholdNanos = thresholdNanos;
  }

  void begun(long now) {
    outstanding++;
    if (!isWaiting) {
      isWaiting = true;
      since = now;
    }
  }

  void served(long now) {
    outstanding--;
    end(now);
    isWaiting = outstanding > 0;
    since = now;
  }

  /** One waits no longer, and in vain: whoever comes next goes on waiting since then. */
  void inVain() {
    outstanding--;
  }

  /** One waits no longer, for it was answered, if wrongly: that is no service, and no wait. */
  void answeredWrongly() {
    outstanding--;
    isWaiting &= outstanding > 0;
  }

  Noticed noticed(long now) {
    Waits still = new Waits(thresholdNanos);
    still.gaps.addAll(gaps);
    still.longest = longest;
    still.count = count;
    still.isWaiting = isWaiting;
    still.since = since;
    still.end(now);
    return new Noticed(still.gaps, still.count, still.longest);
  }

  private void end(long now) {
    if (!isWaiting) {
      return;
    }
    Gap gap = new Gap(since, now);
    longest = gap.nanos() > longest.nanos() ? gap : longest;
    if (gap.nanos() >= thresholdNanos) {
      count++;
      if (gaps.size() < KEPT) {
        gaps.add(gap);
      }
    }
  }
}
