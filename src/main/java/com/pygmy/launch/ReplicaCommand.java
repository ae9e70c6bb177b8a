package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "replica",
    description = "Nodes come and go while the others serve.",
    footer = {
      "",
      "Example:",
      "  launcher/pygmy replica add n4 --conf conf/five.json",
      "  launcher/pygmy replica remove n4"
    })
final class ReplicaCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}
