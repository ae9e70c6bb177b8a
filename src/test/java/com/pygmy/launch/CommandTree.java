package com.pygmy.launch;

import com.pygmy.cli.Environment;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** Every command of the program that people are told of, the root first. */
final class CommandTree {

  static CommandLine root() {
    return Main.commandLine(
        new Surroundings(
            Program.ofThisProcess(StandIn.class),
            task -> 0,
            new Environment(Map.of()),
            System::nanoTime,
            new SecureRandom()));
  }

  static List<CommandLine> all() {
    List<CommandLine> all = new ArrayList<>();
    add(root(), all);
    return all;
  }

  /** The words behind {@code pygmy} that lead to it. */
  static List<String> path(CommandLine command) {
    List<String> names = List.of(command.getCommandSpec().qualifiedName().split(" ", -1));
    return names.subList(1, names.size());
  }

  static boolean isHidden(CommandLine command) {
    return command.getCommandSpec().usageMessage().hidden();
  }

  private static void add(CommandLine command, List<CommandLine> all) {
    if (!isHidden(command)) {
      all.add(command);
      command.getSubcommands().values().forEach(below -> add(below, all));
    }
  }

  private CommandTree() {}
}
