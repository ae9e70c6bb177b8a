package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.launch.DataFolder.NodeFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "reset",
    description = "Remove all books, orders and logs of the data folder. Asks first.",
    footer = {"", "Example:", "  launcher/pygmy reset --yes"})
final class ResetCommand implements Callable<Integer> {

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private FolderOption data;

  @Option(names = "--yes", description = "do not ask")
  private boolean yes;

  ResetCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    DataFolder folder = data.folder(surroundings);
    List<NodeFolder> nodes = folder.nodes();
    if (nodes.isEmpty()
        && !Files.exists(folder.supervisorLog())
        && !Files.exists(folder.restoring())) {
      out.println("there is no data in " + folder.root());
      return ExitCode.OK;
    }
    String names = nodes.stream().map(NodeFolder::name).collect(Collectors.joining(", "));
    if (!yes && !isConfirmed("remove all data of " + names + " in " + folder.root())) {
      spec.commandLine().getErr().println("nothing was removed (--yes does it without asking)");
      return ExitCode.REFUSED;
    }
    List<FolderLock> locks = new ArrayList<>();
    try {
      Optional<String> user = lockAll(folder, locks);
      if (user.isPresent()) {
        spec.commandLine().getErr().println(user.get() + "; stop it with 'launcher/pygmy down'");
        return ExitCode.REFUSED;
      }
      remove(folder);
    } finally {
      locks.forEach(FolderLock::close);
    }
    out.println("removed all data of " + names + " in " + folder.root());
    return ExitCode.OK;
  }

  private boolean isConfirmed(String deed) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.print(deed + "? Type yes: ");
    out.flush();
    // Not closed: it is the terminal.
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
    return "yes".equals(in.readLine());
  }

  /** Takes all locks, so that nobody starts meanwhile; or says who runs. */
  private static Optional<String> lockAll(DataFolder folder, List<FolderLock> locks) {
    Optional<FolderLock> ours = FolderLock.tryLock(folder.supervisorLock());
    if (ours.isEmpty()) {
      return Optional.of("a supervisor runs on " + folder.root());
    }
    locks.add(ours.get());
    for (NodeFolder node : folder.nodes()) {
      Optional<FolderLock> lock = FolderLock.tryLock(node.lock());
      if (lock.isEmpty()) {
        return Optional.of(node.name() + " runs on " + folder.root());
      }
      locks.add(lock.get());
    }
    return Optional.empty();
  }

  /** Only what this program has written: the folder may be anybody's, named by mistake. */
  private static void remove(DataFolder folder) throws IOException {
    for (NodeFolder node : folder.nodes()) {
      // Renamed first: a node started at this moment makes a folder of its own.
      Path removed = node.path().resolveSibling(node.name() + ".removed");
      Files.move(node.path(), removed);
      removeTree(removed);
    }
    if (Files.exists(folder.restoring())) {
      removeTree(folder.restoring()); // after the nodes: it is what keeps them from being started
    }
    PidFile supervisor = folder.supervisor();
    for (Path file :
        List.of(
            supervisor.pid(),
            supervisor.process(),
            folder.adminToken(),
            folder.roster(),
            folder.supervisorLog())) {
      Files.deleteIfExists(file);
      for (int i = 1; i <= LogFile.KEPT; i++) {
        Files.deleteIfExists(file.resolveSibling(file.getFileName() + "." + i));
      }
    }
  }

  static void removeTree(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
