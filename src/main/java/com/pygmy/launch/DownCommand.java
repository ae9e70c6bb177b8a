package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.launch.Stopping.Target;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "down",
    description = "Stop what 'up' started: frontends, then orders, then catalogs.",
    footer = {"", "Example:", "  launcher/pygmy down"})
final class DownCommand implements Callable<Integer> {

  /** A supervisor gives each of three stages of nodes its time. */
  private static final long SUPERVISOR_GRACE_MILLIS =
      3 * Stopping.NODE_GRACE_MILLIS + TimeUnit.SECONDS.toMillis(20);

  private static final int MAX_NODES_TOLD = 100;

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private FolderOption data;

  DownCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    DataFolder folder = data.folder(surroundings);
    Optional<Target> supervisor =
        folder.supervisor().read().map(r -> new Target("the supervisor", List.of(), r.proof()));
    boolean wasUp = supervisor.stream().anyMatch(target -> target.proof().isAlive());
    LogFile log = new LogFile(folder.supervisorLog());
    long saidBefore = log.sizeOrZero();
    boolean gone =
        stopping(SUPERVISOR_GRACE_MILLIS, err).stop(supervisor.stream().toList()).isGone();
    log.lastLines(MAX_NODES_TOLD, saidBefore).stream()
        .filter(line -> line.endsWith(Stopping.KILLING))
        .forEach(err::println);
    if (gone) {
      folder.supervisor().clear();
    }

    // Only a supervisor that was killed leaves nodes behind.
    List<Target> orphans = orphans(folder);
    wasUp |= !orphans.isEmpty();
    boolean orphansGone = stopping(Stopping.NODE_GRACE_MILLIS, err).stop(orphans).isGone();
    if (orphansGone) {
      orphans.forEach(orphan -> folder.node(orphan.name()).pidFile().clear());
    }
    if (!gone || !orphansGone) {
      err.println("not everything has stopped; see 'launcher/pygmy status'");
      return ExitCode.UNAVAILABLE;
    }
    out.println((wasUp ? "stopped " : "nothing runs on ") + folder.root());
    return ExitCode.OK;
  }

  private Stopping stopping(long graceMillis, PrintWriter err) {
    return new Stopping(graceMillis, surroundings.nanoClock(), err::println);
  }

  private static List<Target> orphans(DataFolder folder) {
    List<Target> orphans = new ArrayList<>();
    for (DataFolder.NodeFolder node : folder.nodes()) {
      node.pidFile()
          .read()
          .filter(running -> running.proof().isAlive())
          .ifPresent(r -> orphans.add(new Target(node.name(), r.roles(), r.proof())));
    }
    return orphans;
  }
}
