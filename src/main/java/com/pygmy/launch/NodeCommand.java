package com.pygmy.launch;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "node",
    description = "Run one node in the foreground.",
    footer = {"", "Example:", "  launcher/pygmy node n2 --conf conf/local.json"})
final class NodeCommand implements Callable<Integer> {

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private FolderOption data;

  @Parameters(paramLabel = "NAME", description = "as in the conf")
  private String name;

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "the topology (default: PYGMY_CONF, or conf/local.json)")
  private Path conf;

  @Option(
      names = "--bootstrap",
      description = "found a new store even if other catalog replicas do not answer")
  private boolean bootstrap;

  NodeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    return new NodeStart(surroundings, spec.commandLine().getErr())
        .run(
            surroundings.environment().conf(Optional.ofNullable(conf)),
            Optional.of(name),
            data.folder(surroundings),
            bootstrap);
  }
}
