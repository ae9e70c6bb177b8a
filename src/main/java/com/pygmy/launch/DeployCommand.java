package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "deploy",
    description = "A shop on several machines, over ssh.",
    footer = {
      "",
      "hosts.txt tells for each node of the conf which machine it is on, one a line:",
      "  n1  shop@10.0.0.1",
      "  n2  shop@10.0.0.2  /srv/pygmy",
      "a node, where ssh finds it, and where everything lies there (default: pygmy in its home).",
      "",
      "Example:",
      "  launcher/pygmy deploy up --hosts hosts.txt --conf shop.json",
      "  launcher/pygmy deploy status --hosts hosts.txt --conf shop.json"
    })
final class DeployCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}
