package com.pygmy.sim;

/**
 * A process: up or down, running or frozen, cut off or not, with a clock of its own. The rates of
 * any two clocks differ by less than a tenth, and nothing can be told from what they show.
 */
final class Node {
  /** Whichever start it is by then. */
  static final int ANY_START = 0;

  private static final int DRIFT_PPM = 45_000; // 1.045 to 0.955: 9.4 %

  final String name;
  private final World world;
  private long offset;
  private long driftPpm;
  private long frozenUntil;
  private long cutUntil;
  private boolean isUp = true;
  private int starts = 1;

  Node(World world, String name) {
    this.world = world;
    this.name = name;
    newClock();
  }

  private void newClock() {
    offset =
        world.dice.chance(0.2)
            ? Long.MAX_VALUE - world.dice.between(0, 4_000_000_000L)
            : world.dice.any();
    int way = world.dice.below(3);
    driftPpm =
        way == 0 ? DRIFT_PPM : way == 1 ? -DRIFT_PPM : world.dice.between(-DRIFT_PPM, DRIFT_PPM);
  }

  /** Makes the clock go wrong beyond the allowance. */
  void drift(long ppm) {
    driftPpm = ppm;
  }

  /** What this process's monotonic clock shows, nanoseconds. */
  long clock() {
    return offset + world.now + world.now / 1_000 * driftPpm / 1_000;
  }

  boolean isUp() {
    return isUp;
  }

  boolean isRunning() {
    return isUp && frozenUntil <= world.now;
  }

  boolean isCut() {
    return cutUntil > world.now;
  }

  /** Which start of the process this is: 1, 2, 3 … */
  int starts() {
    return starts;
  }

  /** A step of this process, some time from now: later if it is frozen then, never if it dies. */
  void later(long delay, Runnable step) {
    laterIn(starts, delay, step);
  }

  /** A step of one start of this process. */
  void laterIn(int start, long delay, Runnable step) {
    world.agenda.add(world.now + delay, () -> run(start, step));
  }

  private void run(int start, Runnable step) {
    if (!isUp || (start != starts && start != ANY_START)) {
      return;
    } else if (frozenUntil > world.now) {
      long thaw = frozenUntil + world.dice.below(200_000);
      world.agenda.add(thaw, () -> run(start, step));
    } else {
      step.run();
    }
  }

  void freeze(long until) {
    frozenUntil = Math.max(frozenUntil, until);
  }

  void cut(long until) {
    cutUntil = Math.max(cutUntil, until);
  }

  void crash() {
    isUp = false;
  }

  void restart() {
    isUp = true;
    starts++;
    frozenUntil = 0;
    newClock();
  }

  /** The faults are over. */
  void heal() {
    frozenUntil = 0;
    cutUntil = 0;
  }

  @Override
  public String toString() {
    return name;
  }
}
