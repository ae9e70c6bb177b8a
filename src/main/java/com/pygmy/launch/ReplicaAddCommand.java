package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.config.Conf;
import com.pygmy.config.NodeConf;
import com.pygmy.config.Role;
import com.pygmy.launch.MembersCall.Said;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "add",
    description = "Have a node join: started, caught up, and its catalog replica given a vote.",
    footer = {
      "",
      "The conf names the new node beside the others, which go on with the conf that they have.",
      "Where no supervisor runs on the data folder, start the node by hand first.",
      "",
      "Example:",
      "  launcher/pygmy replica add n4 --conf conf/five.json"
    })
final class ReplicaAddCommand implements Callable<Integer> {

  private static final long POLL_MILLIS = 300;

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private FolderOption data;
  @Mixin private MembersOptions options;

  @Parameters(paramLabel = "NAME", description = "as in the conf")
  private String name;

  @Option(names = "--conf", paramLabel = "FILE", required = true, description = "has the new node")
  private Path conf;

  ReplicaAddCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    Path file = surroundings.environment().conf(Optional.of(conf)).toAbsolutePath().normalize();
    DataFolder folder = data.folder(surroundings);
    boolean starts = folder.supervisor().alive().isPresent();
    Optional<Conf> loaded =
        ConfFile.loadToStart(
            file, surroundings.environment().variables(), node -> starts && node.equals(name), err);
    if (loaded.isEmpty()) {
      return ExitCode.USAGE;
    }
    Optional<NodeConf> node = loaded.get().node(name);
    if (node.isEmpty()) {
      err.println("there is no node " + name + " in " + file);
      return ExitCode.USAGE;
    }
    Files.createDirectories(folder.root());
    Optional<FolderLock> lock = FolderLock.tryLock(folder.rosterLock());
    if (lock.isEmpty()) {
      err.println("another 'replica' command works on " + folder.root());
      return ExitCode.REFUSED;
    }
    try {
      return add(loaded.get(), node.get(), file, folder);
    } finally {
      lock.get().close();
    }
  }

  private int add(Conf all, NodeConf node, Path file, DataFolder folder)
      throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    Roster before = Roster.read(folder);
    boolean supervised = folder.supervisor().alive().isPresent();
    boolean ran = folder.node(name).pidFile().alive().isPresent();
    if (supervised) {
      before.with(name, Optional.of(file)).write(folder);
    } else if (!ran) {
      err.println("no supervisor runs on " + folder.root() + ": start " + name + " by hand");
    }
    long start = surroundings.nanoClock().getAsLong();
    Optional<Said> said = Optional.empty();
    if (node.has(Role.CATALOG)) {
      MembersCall call = options.call(surroundings, folder, Optional.of(all));
      said = Optional.of(call.add(name, node.host(), node.raftPort().orElseThrow()));
      while (said.get().isOpen() && !isOver(start)) {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        said = Optional.of(call.add(name, node.host(), node.raftPort().orElseThrow()));
      }
    }
    if (said.isPresent() && !said.get().isDone()) {
      err.println(name + " is no member: " + said.get().why());
      if (!said.get().isOpen()) {
        if (supervised) {
          takeBack(before, folder, ran);
        }
        return ExitCode.REFUSED;
      }
      err.println("ask again: what was begun goes on from there");
      return ExitCode.UNAVAILABLE;
    }
    return awaitLevel(all, node, folder, start, said);
  }

  /** As it was before this command, which may have had the node started. */
  private void takeBack(Roster before, DataFolder folder, boolean ran)
      throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    before.write(folder);
    boolean asBefore =
        ran || new Farewell(folder.node(name), surroundings.nanoClock(), err::println).stop();
    if (!asBefore) {
      err.println(name + " does not stop; see 'launcher/pygmy status'");
    } else if (!ran) {
      folder.node(name).pidFile().clear();
    }
  }

  private int awaitLevel(
      Conf all, NodeConf node, DataFolder folder, long start, Optional<Said> said)
      throws InterruptedException {
    List<String> urls = options.urls(folder, Optional.of(all));
    ClusterProbe probe = new ClusterProbe(options.trust(folder));
    while (!isLevel(node, urls, probe)) {
      if (isOver(start)) {
        spec.commandLine()
            .getErr()
            .println(name + " is not level yet; see 'launcher/pygmy status'");
        return ExitCode.UNAVAILABLE;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(name + " has joined" + node.url().map(url -> " and serves " + url).orElse(""));
    said.ifPresent(done -> out.println("catalog replicas: " + done.members()));
    return ExitCode.OK;
  }

  private static boolean isLevel(NodeConf node, List<String> urls, ClusterProbe probe) {
    List<String> roles = node.roles().stream().map(Role::label).toList();
    return urls.stream()
        .flatMap(url -> probe.view(url).stream())
        .findFirst()
        .filter(
            view -> Level.missing(new Level.Mate(node.name(), roles, node.url()), view).isEmpty())
        .isPresent();
  }

  private boolean isOver(long startNanos) {
    long passed = surroundings.nanoClock().getAsLong() - startNanos;
    return passed > TimeUnit.SECONDS.toNanos(options.waitSeconds());
  }
}
