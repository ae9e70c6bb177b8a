package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.config.Role;
import com.pygmy.launch.DataFolder.NodeFolder;
import com.pygmy.launch.MembersCall.Said;
import com.pygmy.launch.PidFile.Running;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "remove",
    description = "Have a node leave: its catalog replica loses its vote, then it is stopped.",
    footer = {
      "",
      "Its data stays. 'replica add' lets it in again, as a new replica with an old state.",
      "",
      "Example:",
      "  launcher/pygmy replica remove n4"
    })
final class ReplicaRemoveCommand implements Callable<Integer> {

  private static final int NOT_FOUND = 404;
  private static final long POLL_MILLIS = 300;

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private FolderOption data;
  @Mixin private MembersOptions options;

  @Parameters(paramLabel = "NAME", description = "as 'launcher/pygmy status' shows it")
  private String name;

  ReplicaRemoveCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    DataFolder folder = data.folder(surroundings);
    Optional<FolderLock> lock = FolderLock.tryLock(folder.rosterLock());
    if (lock.isEmpty()) {
      err.println("another 'replica' command works on " + folder.root());
      return ExitCode.REFUSED;
    }
    try {
      return remove(folder);
    } finally {
      lock.get().close();
    }
  }

  private int remove(DataFolder folder) throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    NodeFolder node = folder.node(name);
    Optional<Running> known = node.pidFile().read();
    List<ClusterView> views = views(folder);
    if (views.isEmpty()) {
      err.println(name + " stays: no frontend answers, so who else is there is not known");
      return ExitCode.UNAVAILABLE;
    }
    Optional<String> needed = views.stream().flatMap(v -> v.needs(name).stream()).findFirst();
    if (needed.isPresent()) {
      err.println(name + " stays: " + needed.get());
      return ExitCode.REFUSED;
    }
    if (known.isEmpty() || known.get().roles().contains(Role.CATALOG.label())) {
      Said said = loseVote(folder);
      if (said.isDone()) {
        out.println("catalog replicas: " + said.members());
      } else if (said.status() == NOT_FOUND && known.isPresent()) {
        out.println(name + " has no vote: it is only stopped");
      } else {
        err.println(name + " stays: " + said.why());
        return said.isOpen() ? ExitCode.UNAVAILABLE : ExitCode.REFUSED;
      }
    }
    if (known.isEmpty()) {
      out.println(name + " does not run on " + folder.root() + ": stop it where it does");
      return ExitCode.OK;
    }
    // First, so that its supervisor does not start it again.
    Roster.read(folder).with(name, Optional.empty()).write(folder);
    if (!new Farewell(node, surroundings.nanoClock(), err::println).stop()) {
      err.println(name + " does not stop; see 'launcher/pygmy status'");
      return ExitCode.UNAVAILABLE;
    }
    node.pidFile().clear();
    out.println(name + " has left and is stopped; its data is kept in " + node.path());
    return ExitCode.OK;
  }

  /** Of all frontends that can be asked; whether the catalog can spare it, its log decides. */
  private List<ClusterView> views(DataFolder folder) {
    ClusterProbe probe = new ClusterProbe(options.trust(folder));
    return options.urls(folder, Optional.empty()).stream()
        .flatMap(url -> probe.view(url).stream())
        .toList();
  }

  private Said loseVote(DataFolder folder) throws InterruptedException {
    MembersCall call = options.call(surroundings, folder, Optional.empty());
    long start = surroundings.nanoClock().getAsLong();
    Said said = call.remove(name);
    while (said.isOpen() && !isOver(start)) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      said = call.remove(name);
    }
    return said;
  }

  private boolean isOver(long startNanos) {
    long passed = surroundings.nanoClock().getAsLong() - startNanos;
    return passed > TimeUnit.SECONDS.toNanos(options.waitSeconds());
  }
}
