package com.pygmy.launch;

import com.pygmy.config.Role;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Ends processes in order, politely first, in a bounded time. */
record Stopping(long graceMillis, LongSupplier nanoClock, Consumer<String> say) {

  /** For a node to answer what it has taken and to close its databases. */
  static final long NODE_GRACE_MILLIS = 15_000;

  /** In what is said of a process that did not stop when it was asked to. */
  static final String KILLING = ": killing it";

  private static final long KILL_MILLIS = 5_000;
  private static final long POLL_MILLIS = 20;

  /**
   * A node to be stopped.
   *
   * @param roles as in the conf; decide when it is its turn
   */
  record Target(String name, List<String> roles, ProcessProof proof) {
    Target {
      roles = List.copyOf(roles);
    }

    private int stage() {
      return Stopping.stage(roles);
    }
  }

  /** How an attempt to stop some processes ended. */
  enum End {
    /** All went when they were asked to. */
    STOPPED,
    /** All are gone, but some had to be killed. */
    KILLED,
    /** Some are still there. */
    STILL_THERE;

    boolean isGone() {
      return this != STILL_THERE;
    }

    private End worse(End other) {
      return compareTo(other) >= 0 ? this : other;
    }
  }

  /** First those who ask others: what a frontend has taken still finds orders and catalogs. */
  static int stage(List<String> roles) {
    if (roles.contains(Role.CATALOG.label())) {
      return 2;
    }
    return roles.contains(Role.ORDER.label()) ? 1 : 0;
  }

  /** Stops frontends, then orders, then whatever is a catalog. */
  End stop(List<Target> targets) {
    TreeMap<Integer, List<Target>> stages = new TreeMap<>();
    for (Target target : targets) {
      stages.computeIfAbsent(target.stage(), stage -> new java.util.ArrayList<>()).add(target);
    }
    End end = End.STOPPED;
    for (List<Target> stage : stages.values()) {
      end = end.worse(stopTogether(stage));
    }
    return end;
  }

  private End stopTogether(List<Target> targets) {
    targets.forEach(target -> target.proof().alive().ifPresent(ProcessHandle::destroy));
    if (awaitGone(targets, graceMillis)) {
      return End.STOPPED;
    }
    for (Target target : targets) {
      target
          .proof()
          .alive()
          .ifPresent(
              process -> {
                say.accept(
                    "%s (pid %d) did not stop within %d s"
                            .formatted(target.name(), process.pid(), graceMillis / 1000)
                        + KILLING);
                process.destroyForcibly();
              });
    }
    return awaitGone(targets, KILL_MILLIS) ? End.KILLED : End.STILL_THERE;
  }

  private boolean awaitGone(List<Target> targets, long millis) {
    long start = nanoClock.getAsLong();
    while (targets.stream().anyMatch(target -> target.proof().isAlive())) {
      if (nanoClock.getAsLong() - start > TimeUnit.MILLISECONDS.toNanos(millis)) {
        return false;
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
