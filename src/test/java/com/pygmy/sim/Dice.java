package com.pygmy.sim;

import java.util.SplittableRandom;

/** All chance of a run. */
final class Dice {
  private final SplittableRandom random;

  Dice(long seed) {
    random = new SplittableRandom(seed);
  }

  boolean chance(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  /** From 0 to {@code bound - 1}. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** From {@code low} to {@code high}, both included. */
  long between(long low, long high) {
    return low + random.nextLong(high - low + 1);
  }

  double upTo(double most) {
    return random.nextDouble() * most;
  }

  long any() {
    return random.nextLong();
  }
}
