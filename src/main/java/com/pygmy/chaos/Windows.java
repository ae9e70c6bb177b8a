package com.pygmy.chaos;

import java.util.Arrays;

/**
 * When something went well, and how long it did not. Times are of one monotonic clock. Thread-safe.
 */
public final class Windows {

  private long[] times = new long[1_024];
  private int count;

  /** A time without success. */
  public record Gap(long begin, long end) {
    public long nanos() {
      return end - begin;
    }
  }

  public synchronized void success(long at) {
    if (count == times.length) {
      times = Arrays.copyOf(times, 2 * count);
    }
    // Clocks are read by several threads: the order of arrival is only nearly that of time.
    int place = count;
    while (place > 0 && times[place - 1] > at) {
      place--;
    }
    System.arraycopy(times, place, times, place + 1, count - place);
    times[place] = at;
    count++;
  }

  public synchronized long count() {
    return count;
  }

  /**
   * The longest time without a success that overlaps the time between these two moments. It begins
   * no earlier than {@code from}, and ends with the next success, even after {@code to}, but at
   * {@code end} at the latest.
   *
   * @param end of what was watched, or of what counts
   */
  public synchronized Gap longest(long from, long to, long end) {
    int next = Arrays.binarySearch(times, 0, count, from);
    next = next < 0 ? -next - 1 : next;
    Gap longest = new Gap(from, from);
    for (long begin = from; begin < Math.min(to, end); next++) {
      long until = next < count ? Math.min(times[next], end) : end;
      if (until - begin > longest.nanos()) {
        longest = new Gap(begin, until);
      }
      begin = until;
    }
    return longest;
  }
}
