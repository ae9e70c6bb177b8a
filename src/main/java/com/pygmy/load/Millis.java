package com.pygmy.load;

import java.util.Locale;

/** Milliseconds as people read them: three digits, or all before the point. */
final class Millis {

  static String of(double millis) {
    int decimals = millis < 10 ? 2 : millis < 100 ? 1 : 0;
    return String.format(Locale.ROOT, "%,." + decimals + "f", millis);
  }

  static String ofNanos(long nanos) {
    return String.format(Locale.ROOT, "%,d", Math.round(nanos / 1e6));
  }

  private Millis() {}
}
