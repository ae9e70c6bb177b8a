package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.launch.ClusterView.ReplicaView;
import com.pygmy.launch.DataFolder.NodeFolder;
import com.pygmy.launch.PidFile.Running;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "restart",
    description = "Restart every node while the others serve: one at a time, the leader last.",
    footer = {
      "",
      "Each is asked to stop, is started again by its supervisor, and has caught up before it is the",
      "next one's turn. Nothing is stopped while anything is not level.",
      "",
      "Example:",
      "  launcher/pygmy restart --rolling"
    })
final class RestartCommand implements Callable<Integer> {

  /** Nobody waits for this: rather late than killed with requests in flight. */
  private static final long GRACE_MILLIS = 30_000;

  private static final long POLL_MILLIS = 200;

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private FolderOption data;

  @Option(names = "--rolling", description = "one node after the other")
  private boolean rolling;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "for one node to be back and level (default: ${DEFAULT-VALUE})")
  private int waitSeconds;

  RestartCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (!rolling) {
      err.println("say 'restart --rolling'; to stop all at once: 'down', then 'up'");
      return ExitCode.USAGE;
    }
    DataFolder folder = data.folder(surroundings);
    Optional<Running> supervisor =
        folder.supervisor().read().filter(running -> running.proof().isAlive());
    if (supervisor.isEmpty() || !supervisor.get().launch().equals(Supervisor.RESPAWNS)) {
      err.println("no supervisor on " + folder.root() + " would start the nodes again");
      return ExitCode.REFUSED;
    }
    Map<String, Running> nodes = running(folder);
    ClusterProbe probe = new ClusterProbe(Trust.in(folder));
    Supplier<Level> now = () -> level(folder, nodes, probe);
    Level level = now.get();
    if (nodes.size() < 2 || !awaitLevel(level, Math.min(waitSeconds, 5))) {
      err.println(
          nodes.size() < 2
              ? "of fewer than two nodes none can be spared"
              : "not every node is level:\n  " + String.join("\n  ", level.missing()));
      return ExitCode.REFUSED;
    }
    List<String> left = new ArrayList<>(nodes.keySet());
    while (!left.isEmpty()) {
      String next = next(left, now.get(), probe);
      left.remove(next);
      if (!restart(folder.node(next), nodes.get(next), now, out)) {
        err.println("with " + next + " it ends; the rest stays as it is. Not level:");
        err.println("  " + String.join("\n  ", now.get().missing()));
        return ExitCode.UNAVAILABLE;
      }
    }
    out.println("restarted " + nodes.size() + " nodes of " + folder.root());
    return ExitCode.OK;
  }

  /** Those that a supervisor started: who was started by hand would not be started again. */
  private static Map<String, Running> running(DataFolder folder) {
    Map<String, Running> nodes = new TreeMap<>();
    for (NodeFolder node : folder.nodes()) {
      node.pidFile()
          .read()
          .filter(running -> running.proof().isAlive() && !running.launch().isEmpty())
          .ifPresent(running -> nodes.put(node.name(), running));
    }
    return nodes;
  }

  /** Of these nodes, at the addresses that they have now: a conf may have changed them. */
  private static Level level(DataFolder folder, Map<String, Running> nodes, ClusterProbe probe) {
    List<Level.Mate> mates = new ArrayList<>();
    nodes.forEach(
        (name, before) -> {
          Running now = folder.node(name).pidFile().read().orElse(before);
          mates.add(new Level.Mate(name, now.roles(), now.url()));
        });
    return new Level(mates, probe::view);
  }

  /** Any but the leader, as long as there is one. */
  private static String next(List<String> left, Level level, ClusterProbe probe) {
    Optional<String> leader =
        level.running().stream()
            .flatMap(mate -> mate.url().stream())
            .flatMap(url -> probe.view(url).stream())
            .findFirst()
            .flatMap(ClusterView::leader)
            .map(ReplicaView::node);
    return left.stream()
        .filter(name -> !leader.equals(Optional.of(name)))
        .findFirst()
        .orElse(left.get(0));
  }

  private boolean restart(NodeFolder folder, Running before, Supplier<Level> level, PrintWriter out)
      throws InterruptedException {
    long start = surroundings.nanoClock().getAsLong();
    Stopping.Target target = new Stopping.Target(folder.name(), before.roles(), before.proof());
    Stopping stopping = new Stopping(GRACE_MILLIS, surroundings.nanoClock(), out::println);
    if (stopping.stop(List.of(target)) != Stopping.End.STOPPED) {
      out.println(folder.name() + " was not stopped in order, so requests may have failed");
      return false;
    }
    while (!isBack(folder, before) || !level.get().missing().isEmpty()) {
      if (passed(start) > TimeUnit.SECONDS.toMillis(waitSeconds)) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    long pid = folder.pidFile().read().map(running -> running.proof().pid()).orElse(0L);
    out.printf("%s restarted (pid %d) in %.1f s%n", folder.name(), pid, passed(start) / 1000.0);
    out.flush();
    return true;
  }

  /** As another process, which has joined its cluster. */
  private static boolean isBack(NodeFolder folder, Running before) {
    return folder
        .pidFile()
        .read()
        .filter(now -> !now.proof().equals(before.proof()) && now.joined())
        .filter(now -> now.proof().isAlive())
        .isPresent();
  }

  private boolean awaitLevel(Level level, int seconds) throws InterruptedException {
    long start = surroundings.nanoClock().getAsLong();
    while (!level.missing().isEmpty()) {
      if (passed(start) > TimeUnit.SECONDS.toMillis(seconds)) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    return true;
  }

  private long passed(long startNanos) {
    return TimeUnit.NANOSECONDS.toMillis(surroundings.nanoClock().getAsLong() - startNanos);
  }
}
