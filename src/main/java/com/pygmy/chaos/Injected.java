package com.pygmy.chaos;

import java.util.List;

/**
 * A fault that happened, in nanoseconds of the run's clock.
 *
 * @param nodes that it hit
 * @param detail what exactly was done
 * @param begun when it was about to happen
 * @param over when it was taken back, or had happened if there was nothing to take back
 * @param level when all nodes were ready again, and had all that was there when it was over
 */
public record Injected(
    Fault fault, List<String> nodes, String detail, long begun, long over, long level) {

  public Injected {
    nodes = List.copyOf(nodes);
  }

  /** May these nodes have been unable to answer whatever they were asked? */
  boolean stopsProcesses() {
    return switch (fault.kind()) {
      case CUT, CUT_LEADER, ONE_WAY, SPLIT, SLOW_DISK -> false;
      default -> true;
    };
  }
}
