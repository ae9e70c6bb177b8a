package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    description = "Print a script by which bash and zsh complete commands and options.",
    footer = {
      "",
      "To have it in every shell, put the line of the example into ~/.bashrc or ~/.zshrc, with the",
      "path of the launcher.",
      "",
      "Example:",
      "  source <(launcher/pygmy completion)"
    })
final class CompletionCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    spec.commandLine().getOut().print(AutoComplete.bash(root.getCommandName(), root));
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }
}
