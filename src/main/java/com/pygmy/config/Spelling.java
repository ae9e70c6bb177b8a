package com.pygmy.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Guesses which known name was meant. */
final class Spelling {

  /** " (did you mean …?)" or nothing, to end an error message with. */
  static String hint(String written, Collection<String> known) {
    return hint(written, "", known);
  }

  /** Like {@link #hint(String, Collection)}, among names that all start alike. */
  static String hint(String written, String prefix, Collection<String> known) {
    int tolerated = Math.max(1, Math.min(3, (written.length() - prefix.length()) / 3));
    return known.stream()
        .min(Comparator.comparingInt(name -> edits(written, name)))
        .filter(name -> edits(written, name) <= tolerated)
        .map(name -> " (did you mean " + name + "?)")
        .orElse("");
  }

  /** How many letters to insert, drop or replace to make one of the other; case is free. */
  private static int edits(String a, String b) {
    String from = a.toLowerCase(Locale.ROOT);
    String to = b.toLowerCase(Locale.ROOT);
    if (Math.abs(from.length() - to.length()) > 3) {
      return Integer.MAX_VALUE; // Far beyond what is tolerated; also bounds the work.
    }
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }

  private Spelling() {}
}
