package com.pygmy.history;

import java.util.Arrays;

/** How many of each group have been used. Immutable; configurations share it. */
final class Used {

  private final int[] counts;
  private final int hash;

  private Used(int[] counts) {
    this.counts = counts;
    this.hash = Arrays.hashCode(counts);
  }

  static Used none(int groups) {
    return new Used(new int[groups]);
  }

  int of(int group) {
    return counts[group];
  }

  Used oneMoreOf(int group) {
    int[] more = counts.clone();
    more[group]++;
    return new Used(more);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Used used
        && (this == used || (hash == used.hash && Arrays.equals(counts, used.counts)));
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
