package com.pygmy.load.svg;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where the values of an axis lie. */
public interface Scale {

  /** 0 at the axis' begin, 1 at its end; values outside are put at the nearer one. */
  double at(double value);

  /** Where the axis has lines, from its begin to its end. */
  List<Tick> ticks();

  /** A line across the picture; without a label a faint one. */
  record Tick(double value, String label) {
    boolean isMajor() {
      return !label.isEmpty();
    }
  }

  /** Even steps from 0 to a round number that is {@code most} or more. */
  static Scale linear(double most, int steps) {
    double step = round(Math.max(most, 1e-9) / steps);
    double end = step * Math.ceil(Math.max(most, 1e-9) / step - 1e-9);
    return even(0, end, step);
  }

  /** Even steps between two values that are its ends, whatever the steps. */
  static Scale even(double begin, double end, double step) {
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; begin + i * step <= end + step * 1e-6; i++) {
      ticks.add(new Tick(begin + i * step, number(begin + i * step, step)));
    }
    return new Marked(ticks, value -> (value - begin) / (end - begin));
  }

  /** From 0 to exactly {@code end}, with about so many round steps. */
  static Scale upTo(double end, int steps) {
    double safe = Math.max(end, 1e-9);
    return even(0, safe, round(safe / steps));
  }

  /** The decades, and their 2 and 5, around values above 0. */
  static Scale logarithmic(double least, double most) {
    double low = Math.max(least, 1e-6);
    double high = Math.max(most, low);
    List<Double> lines = new ArrayList<>();
    for (int power = (int) Math.floor(Math.log10(low)); ; power++) {
      for (double digit : new double[] {1, 2, 5}) {
        double line = digit * Math.pow(10, power);
        if (!lines.isEmpty() && lines.get(lines.size() - 1) >= high && lines.size() > 1) {
          return ofLines(lines);
        }
        if (line <= low * (1 + 1e-9)) {
          lines.clear();
        }
        lines.add(line);
      }
    }
  }

  private static Scale ofLines(List<Double> lines) {
    double first = Math.log10(lines.get(0));
    double last = Math.log10(lines.get(lines.size() - 1));
    boolean isDense = lines.size() > 11;
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      double line = lines.get(i);
      double digit = line / Math.pow(10, Math.floor(Math.log10(line) + 1e-9));
      boolean isNamed = !isDense || Math.abs(digit - 1) < 1e-6;
      ticks.add(new Tick(line, isNamed ? number(line, line) : ""));
    }
    return new Marked(ticks, value -> (Math.log10(Math.max(value, 1e-9)) - first) / (last - first));
  }

  /**
   * Percentiles from 0 up, each further nine as wide as the last.
   *
   * @param nines how many of them: 3 ends at 99.9 %
   */
  static Scale percentiles(double nines) {
    List<Tick> ticks = new ArrayList<>(List.of(new Tick(0, "0"), new Tick(50, "50")));
    StringBuilder label = new StringBuilder("90");
    for (int nine = 1; nine <= nines + 1e-6; nine++) {
      ticks.add(new Tick(100 - 100 * Math.pow(10, -nine), label.toString()));
      label = nine == 1 ? new StringBuilder("99") : label.append(nine == 2 ? ".9" : "9");
    }
    return new Marked(
        ticks, value -> -Math.log10(1 - Math.min(value, 100 - 1e-9) / 100) / Math.max(nines, 1));
  }

  /** The next of 1, 2, 5, 10 … above or at it. */
  private static double round(double value) {
    double decade = Math.pow(10, Math.floor(Math.log10(value)));
    for (double digit : new double[] {1, 2, 5}) {
      if (digit * decade >= value * (1 - 1e-9)) {
        return digit * decade;
      }
    }
    return 10 * decade;
  }

  /** With as many decimals as the step needs. */
  private static String number(double value, double step) {
    int decimals = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }
}
