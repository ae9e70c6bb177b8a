package com.pygmy.load;

import java.util.Arrays;
import java.util.Locale;

/** Which of the books customers want. */
enum Popularity {
  /** All the same. */
  UNIFORM,

  /** The n-th book one n-th as often as the first: a few are wanted by everybody. */
  ZIPF;

  /** Turns chance into the place of a book. */
  interface Picker {

    /** From 0, for a number from 0 to below 1. */
    int pick(double chance);
  }

  Picker among(int books) {
    if (books < 1) {
      throw new IllegalArgumentException("there are no books to pick from");
    }
    return this == UNIFORM ? chance -> (int) (chance * books) : zipf(books);
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static Picker zipf(int books) {
    double[] upTo = new double[books];
    double sum = 0;
    for (int i = 0; i < books; i++) {
      sum += 1.0 / (i + 1);
      upTo[i] = sum;
    }
    double all = sum;
    return chance -> {
      int found = Arrays.binarySearch(upTo, chance * all);
      return Math.min(books - 1, found < 0 ? -found - 1 : found + 1);
    };
  }
}
