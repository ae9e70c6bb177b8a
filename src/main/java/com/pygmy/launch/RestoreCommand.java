package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.config.Conf;
import com.pygmy.config.NodeConf;
import com.pygmy.config.Role;
import com.pygmy.domain.Origin;
import com.pygmy.store.CatalogBase;
import com.pygmy.store.StoreAudit.CatalogFindings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "restore",
    description = "Start a new store from a back-up, in a data folder without nodes.",
    footer = {
      "",
      "Order numbers go on after the last one of the back-up, and keys that it knows give the same",
      "orders again. What was sold after it was taken is not there. The new store has an identity",
      "of its own: order logs and replicas of the old one do not join it.",
      "",
      "Nodes on several machines: restore the same file on each with --no-start and --node for",
      "those that run there, then start them.",
      "",
      "Example:",
      "  launcher/pygmy restore store.db --data restored --detach"
    })
final class RestoreCommand implements Callable<Integer> {

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private FolderOption data;

  @Parameters(index = "0", paramLabel = "FILE", description = "what 'backup' has made")
  private Path file;

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "the topology (default: PYGMY_CONF, or conf/local.json)")
  private Path conf;

  @Option(
      names = "--node",
      paramLabel = "NAME",
      description =
          "fill the folder of this catalog node only; repeatable (default: all of the conf)")
  private List<String> names = new ArrayList<>();

  @Option(names = "--no-start", description = "only fill the folders; 'up' starts the nodes")
  private boolean noStart;

  @Option(names = "--detach", description = "return when all is ready; 'down' stops it")
  private boolean detach;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "50",
      description = "give up and stop if not ready after so long (default: ${DEFAULT-VALUE})")
  private int waitSeconds;

  @Option(
      names = "--java-opts",
      paramLabel = "FLAGS",
      description = "for the nodes, over their own flags (default: PYGMY_JAVA_OPTS)")
  private String javaOptions;

  RestoreCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    Path confFile =
        surroundings.environment().conf(Optional.ofNullable(conf)).toAbsolutePath().normalize();
    Optional<Conf> loaded =
        ConfFile.loadToStart(
            confFile, surroundings.environment().variables(), node -> !noStart, err);
    if (loaded.isEmpty()) {
      return ExitCode.USAGE;
    }
    DataFolder folder = data.folder(surroundings);
    List<String> catalogs =
        loaded.get().nodesWith(Role.CATALOG).stream().map(NodeConf::name).toList();
    if (!catalogs.containsAll(names)) {
      err.println("--node takes the catalog nodes of " + confFile + ": " + catalogs);
      return ExitCode.USAGE;
    }
    List<String> nodes = names.isEmpty() ? catalogs : names.stream().distinct().toList();
    try {
      int restored = restore(nodes, folder);
      return restored != ExitCode.OK || noStart ? restored : up(confFile, folder);
    } catch (IOException e) {
      err.println("nothing was restored: " + e.getMessage());
      return ExitCode.REFUSED;
    }
  }

  private int restore(List<String> nodes, DataFolder folder) throws IOException {
    CatalogFindings found = CatalogBase.check(file.toAbsolutePath().normalize());
    Files.createDirectories(folder.root());
    PrintWriter err = spec.commandLine().getErr();
    Optional<FolderLock> lock = FolderLock.tryLock(folder.supervisorLock());
    if (lock.isEmpty()) {
      err.println("a supervisor runs on " + folder.root() + "; stop it with 'launcher/pygmy down'");
      return ExitCode.REFUSED;
    }
    try {
      RestoredFolders folders = new RestoredFolders(folder, nodes, !names.isEmpty());
      Optional<String> obstacle = folders.obstacle();
      if (obstacle.isPresent()) {
        err.println(obstacle.get());
        return ExitCode.REFUSED;
      }
      tell(folders.lay(file), found, folder);
      return ExitCode.OK;
    } finally {
      lock.get().close();
    }
  }

  private void tell(Origin origin, CatalogFindings found, DataFolder folder) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "restored store %s as of order %d, with %d books, into %s"
            .formatted(
                origin.parentStoreId(),
                origin.parentOrders(),
                found.books().size(),
                folder.root()));
    out.println("base: " + origin.base());
  }

  private int up(Path confFile, DataFolder folder) {
    List<String> arguments = new ArrayList<>(List.of("--conf", confFile.toString()));
    arguments.addAll(List.of("--data", folder.root().toString()));
    arguments.addAll(List.of("--wait", Integer.toString(waitSeconds)));
    if (javaOptions != null) {
      arguments.add("--java-opts=" + javaOptions);
    }
    if (detach) {
      arguments.add("--detach");
    }
    return spec.root().subcommands().get("up").execute(arguments.toArray(String[]::new));
  }
}
