package com.pygmy.launch;

import com.pygmy.cli.Commands;
import com.pygmy.cli.Context;
import com.pygmy.cli.Environment;
import com.pygmy.cli.ExitCode;
import com.pygmy.load.LoadCommand;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where every process of Pygmy begins: a node if a conf is given, otherwise a command. */
@Command(
    name = "pygmy",
    synopsisHeading = "Usage: ",
    customSynopsis = {
      "launcher/pygmy COMMAND [OPTIONS]",
      "       java -jar target/pygmy.jar --conf FILE [--node NAME] [--data DIR] [--bootstrap]"
    },
    description = "A replicated bookstore that never sells a book twice.",
    footer = {
      "",
      "Example:",
      "  launcher/pygmy up --detach",
      "  launcher/pygmy search distributed-systems",
      "",
      "'launcher/pygmy COMMAND --help' tells more of each."
    })
public final class Main implements Callable<Integer> {

  /** Set by the launcher, which can tell. */
  private static final String TERMINAL_PROPERTY = "pygmy.terminal";

  private static final int HELP_WIDTH = 100;

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private FolderOption data;

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "run a node of this topology in the foreground")
  private Path conf;

  @Option(
      names = "--node",
      paramLabel = "NAME",
      description = "which one; the only one of its conf needs no name")
  private String node;

  @Option(
      names = "--bootstrap",
      description = "found a new store even if other catalog replicas do not answer")
  private boolean bootstrap;

  private Main(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  public static void main(String[] args) {
    HostNames.believeBriefly();
    System.exit(run(Main.class, NodeProcess::run, args));
  }

  /**
   * Runs a command in this process.
   *
   * @param main by which this program is started again, with the same runner
   */
  static int run(Class<?> main, NodeRunner runner, String... args) {
    Surroundings surroundings =
        new Surroundings(
            Program.ofThisProcess(main),
            runner,
            new Environment(System.getenv()),
            System::nanoTime,
            new SecureRandom());
    return commandLine(surroundings).execute(withTwoDashes(args));
  }

  /** {@code -conf FILE} is {@code --conf FILE}, everywhere. */
  static String[] withTwoDashes(String... args) {
    return Arrays.stream(args)
        .map(arg -> arg.matches("-(conf|node|data)(=.*)?") ? "-" + arg : arg)
        .toArray(String[]::new);
  }

  static CommandLine commandLine(Surroundings surroundings) {
    CommandLine root = new CommandLine(new Main(surroundings));
    root.addSubcommand(new UpCommand(surroundings));
    root.addSubcommand(new DownCommand(surroundings));
    root.addSubcommand(new StatusCommand(surroundings));
    root.addSubcommand(new RestartCommand(surroundings));
    CommandLine replica = new CommandLine(new ReplicaCommand());
    replica.addSubcommand(new ReplicaAddCommand(surroundings));
    replica.addSubcommand(new ReplicaRemoveCommand(surroundings));
    root.addSubcommand(replica);
    root.addSubcommand(new NodeCommand(surroundings));
    root.addSubcommand(new LogsCommand(surroundings));
    root.addSubcommand(new ResetCommand(surroundings));
    root.addSubcommand(new AuditCommand(surroundings));
    root.addSubcommand(new BackupCommand(surroundings));
    root.addSubcommand(new RestoreCommand(surroundings));
    root.addSubcommand(new CertsCommand(surroundings));
    CommandLine deploy = new CommandLine(new DeployCommand());
    deploy.addSubcommand(new DeployUpCommand(surroundings));
    deploy.addSubcommand(new DeployDownCommand(surroundings));
    deploy.addSubcommand(new DeployRestartCommand(surroundings));
    deploy.addSubcommand(new DeployStatusCommand(surroundings));
    deploy.addSubcommand(new DeployLogsCommand(surroundings));
    root.addSubcommand(deploy);
    root.addSubcommand(new ChaosCommand(surroundings));
    root.addSubcommand(new RehearseCommand(surroundings));
    root.addSubcommand(new CompletionCommand());
    Context client =
        new Context(
            surroundings.environment(),
            surroundings.nanoClock(),
            Instant::now,
            UUID::randomUUID,
            Boolean.getBoolean(TERMINAL_PROPERTY));
    Commands.addTo(root, client);
    LoadCommand.addTo(root, client);
    withHelp(root);
    root.setExecutionStrategy(
        parsed -> {
          if (parsed.hasSubcommand() && !parsed.subcommand().commandSpec().name().equals("node")) {
            LogStyle.ofCommand();
          }
          return new CommandLine.RunLast().execute(parsed);
        });
    root.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          command.getErr().println(command.getCommandName() + " failed: " + e);
          return ExitCode.UNAVAILABLE;
        });
    return root;
  }

  private static void withHelp(CommandLine command) {
    command.getCommandSpec().addOption(HELP);
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    List<String> footer = new ArrayList<>(List.of(usage.footer()));
    if (footer.stream().noneMatch(line -> line.startsWith(EXIT_CODES))) {
      footer.addAll(
          List.of(
              "", EXIT_CODES + " 0 ok, 1 refused or not found, 2 usage or conf, 3 unavailable."));
    }
    usage.sortOptions(false).width(HELP_WIDTH).footer(footer.toArray(String[]::new));
    command.getSubcommands().values().forEach(Main::withHelp);
  }

  private static final String EXIT_CODES = "Exit codes:";

  private static final CommandLine.Model.OptionSpec HELP =
      CommandLine.Model.OptionSpec.builder("-h", "--help")
          .usageHelp(true)
          .description("show this")
          .build();

  @Override
  public Integer call() throws Exception {
    if (conf != null) {
      return new NodeStart(surroundings, spec.commandLine().getErr())
          .run(conf, Optional.ofNullable(node), data.folder(surroundings), bootstrap);
    }
    if (node != null || bootstrap) {
      spec.commandLine().getErr().println("--node and --bootstrap need --conf FILE");
      return ExitCode.USAGE;
    }
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCode.OK;
  }
}
