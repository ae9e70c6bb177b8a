package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.config.Conf;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "up",
    description = "Start the nodes of a conf on this machine, and again when they die.",
    footer = {
      "",
      "Without --detach, Ctrl-C stops all. What a killed supervisor left running is kept",
      "if it was started the same way, and replaced otherwise.",
      "",
      "Example:",
      "  launcher/pygmy up --conf conf/separate.json --detach"
    })
final class UpCommand implements Callable<Integer> {

  /** Variables of this program that are not for its nodes. */
  private static final List<String> LAUNCHER_VARIABLES =
      List.of("PYGMY_HOME", "PYGMY_JAVA_OPTS", "PYGMY_URL", "PYGMY_DATA", "PYGMY_CONF");

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private FolderOption data;

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "the topology (default: PYGMY_CONF, or conf/local.json)")
  private Path conf;

  @Option(
      names = "--node",
      split = ",",
      paramLabel = "NAME",
      description = "only these; the others are on other machines")
  private List<String> names = new ArrayList<>();

  @Option(names = "--detach", description = "return when all is ready; 'down' stops it")
  private boolean detach;

  @Option(names = "--no-respawn", description = "leave a dead node dead")
  private boolean noRespawn;

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

  /** This process is what {@code --detach} left behind. */
  @Option(names = "--supervise", hidden = true)
  private boolean supervise;

  UpCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    Path confFile =
        surroundings.environment().conf(Optional.ofNullable(conf)).toAbsolutePath().normalize();
    Optional<Conf> loaded =
        ConfFile.loadToStart(confFile, surroundings.environment().variables(), this::isWanted, err);
    if (loaded.isEmpty()) {
      return ExitCode.USAGE;
    }
    for (String name : names) {
      if (loaded.get().node(name).isEmpty()) {
        err.println("there is no node " + name + " in " + confFile);
        return ExitCode.USAGE;
      }
    }
    Conf wanted =
        loaded
            .get()
            .withNodes(loaded.get().nodes().stream().filter(n -> isWanted(n.name())).toList());
    DataFolder folder = data.folder(surroundings);
    try {
      Files.createDirectories(folder.root());
      return detach
          ? new Detached(surroundings.program(), folder, spec.commandLine().getOut(), err)
              .start(arguments(confFile, folder), waitSeconds)
          : supervise(confFile, wanted, folder);
    } catch (IOException e) {
      err.println("cannot use the data folder " + folder.root() + ": " + reason(e));
      return ExitCode.REFUSED;
    }
  }

  private boolean isWanted(String node) {
    return names.isEmpty() || names.contains(node);
  }

  private int supervise(Path confFile, Conf loaded, DataFolder folder) throws IOException {
    CommandLine console = spec.commandLine();
    Voice voice = new Voice(console.getOut(), console.getErr(), supervise);
    Optional<FolderLock> lock = FolderLock.tryLock(folder.supervisorLock());
    if (lock.isEmpty()) {
      String pid = folder.supervisor().alive().map(p -> " (pid " + p.pid() + ")").orElse("");
      voice.complain("already running on " + folder.root() + pid + "; see 'launcher/pygmy status'");
      return ExitCode.REFUSED;
    }
    try {
      if (Files.exists(folder.restoring())) {
        voice.complain(folder.interruptedRestore());
        return ExitCode.REFUSED;
      }
      Map<String, String> environment = nodeEnvironment();
      boolean makeToken = loaded.adminTokens().isEmpty();
      if (makeToken) {
        // The nodes read it themselves, at each start: so one that was changed comes into use.
        var unused = new AdminTokenFile(folder.adminToken()).readOrMake(surroundings.random());
      }
      Launch launch =
          new Launch(surroundings.program(), confFile, loaded, folder, nodeOptions(), environment);
      return new SupervisorProcess(launch, !noRespawn, voice, surroundings.nanoClock(), makeToken)
          .run(waitSeconds);
    } finally {
      lock.get().close();
    }
  }

  private List<String> arguments(Path confFile, DataFolder folder) {
    List<String> arguments = new ArrayList<>(List.of("up", "--supervise"));
    arguments.addAll(List.of("--conf", confFile.toString(), "--data", folder.root().toString()));
    arguments.addAll(List.of("--wait", Integer.toString(waitSeconds)));
    if (!names.isEmpty()) {
      arguments.addAll(List.of("--node", String.join(",", names)));
    }
    if (noRespawn) {
      arguments.add("--no-respawn");
    }
    if (javaOptions != null) {
      arguments.add("--java-opts=" + javaOptions);
    }
    return arguments;
  }

  private List<String> nodeOptions() {
    String given =
        Optional.ofNullable(javaOptions)
            .or(() -> surroundings.environment().variable("PYGMY_JAVA_OPTS"))
            .orElse("");
    return given.isBlank() ? List.of() : List.of(given.strip().split("\\s+", -1));
  }

  private Map<String, String> nodeEnvironment() {
    Map<String, String> environment = new TreeMap<>(surroundings.environment().variables());
    LAUNCHER_VARIABLES.forEach(environment::remove);
    environment.putIfAbsent("MALLOC_ARENA_MAX", "2"); // glibc would keep megabytes per thread
    return environment;
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.FileSystemException
        ? e.getClass().getSimpleName() + ": " + e.getMessage()
        : e.getMessage();
  }
}
