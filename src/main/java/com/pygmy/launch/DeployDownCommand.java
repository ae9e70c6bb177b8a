package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.config.Role;
import com.pygmy.deploy.Fleet;
import com.pygmy.deploy.Found;
import com.pygmy.deploy.Host;
import com.pygmy.deploy.HostFailure;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "down",
    description = "Stop the nodes on all hosts: frontends, then orders, then catalogs.",
    footer = {
      "",
      "Changes nothing as long as any of the hosts does not answer; --node leaves some out. Data",
      "stays where it is.",
      "",
      "Example:",
      "  launcher/pygmy deploy down --hosts hosts.txt --conf shop.json"
    })
final class DeployDownCommand implements Callable<Integer> {

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private DeployOptions options;

  DeployDownCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    return options.run(surroundings, spec.commandLine().getErr(), this::down);
  }

  private int down(Deployment shop) throws HostFailure, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Map<Host, Found> found = shop.look(shop.chosen(), Map.of());
    TreeMap<Integer, List<Host>> stages = new TreeMap<>();
    for (Host host : shop.chosen()) {
      List<String> roles = shop.node(host).roles().stream().map(Role::label).toList();
      stages.computeIfAbsent(Stopping.stage(roles), stage -> new ArrayList<>()).add(host);
    }
    for (List<Host> stage : stages.values()) {
      Map<Host, Boolean> stopped = Fleet.each(stage, shop::stop);
      stopped.forEach(
          (host, inOrder) -> {
            String how = inOrder ? " stopped" : " had to be killed";
            out.println(host + (found.get(host).runs().isPresent() ? how : " did not run"));
          });
    }
    return ExitCode.OK;
  }
}
