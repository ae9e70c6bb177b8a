package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.config.NodeConf;
import com.pygmy.config.Role;
import com.pygmy.deploy.Fleet;
import com.pygmy.deploy.Found;
import com.pygmy.deploy.Host;
import com.pygmy.deploy.HostFailure;
import com.pygmy.deploy.Release;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "up",
    description = "Put jar and conf on every host, and start what does not run.",
    footer = {
      "",
      "Changes nothing as long as any of the hosts does not answer. What runs is left as it is: to",
      "have it run another jar or conf, 'deploy restart'.",
      "",
      "Example:",
      "  launcher/pygmy deploy up --hosts hosts.txt --conf shop.json"
    })
final class DeployUpCommand implements Callable<Integer> {

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private DeployOptions options;
  @Mixin private Cargo cargo;

  DeployUpCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    Optional<String> complaint = cargo.complaint(options.isSystemd());
    if (complaint.isPresent()) {
      err.println(complaint.get());
      return ExitCode.USAGE;
    }
    Path folder = Files.createTempDirectory("pygmy-deploy");
    try {
      return options.run(surroundings, err, shop -> up(shop, folder));
    } finally {
      ResetCommand.removeTree(folder);
    }
  }

  private int up(Deployment shop, Path folder)
      throws HostFailure, IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Map<Host, Release> releases = cargo.releases(shop, surroundings, folder);
    Map<Host, Found> found = shop.look(shop.chosen(), releases);
    List<String> others = new ArrayList<>();
    found.forEach(
        (host, its) ->
            its.runs()
                .filter(id -> !id.equals(releases.get(host).id()))
                .ifPresent(id -> others.add(host + " runs another jar or conf, release " + id)));
    if (!others.isEmpty()) {
      others.forEach(err::println);
      err.println("nothing was changed; 'deploy restart' changes what runs, node by node");
      return ExitCode.REFUSED;
    }
    cargo.deliver(shop, releases, found, out);
    Optional<Path> token = cargo.shareToken(shop, options.hostsFile(), surroundings.random());
    List<Host> toStart = shop.chosen().stream().filter(host -> !isUp(found.get(host))).toList();
    var unused =
        Fleet.each(
            toStart,
            host -> {
              shop.start(host, releases.get(host), cargo.waitSeconds(), cargo.javaOptions());
              return host;
            });
    List<String> missing = shop.awaitLevel(shop.chosen(), cargo.waitSeconds());
    if (!missing.isEmpty()) {
      err.println("not level after " + cargo.waitSeconds() + " s:");
      missing.forEach(line -> err.println("  " + line));
      return ExitCode.UNAVAILABLE;
    }
    shop.prune(shop.chosen());
    for (Host host : shop.chosen()) {
      String how = toStart.contains(host) ? "started" : "ran already";
      NodeConf node = shop.node(host);
      out.println((host + " " + how + "  " + node.url().orElse("")).stripTrailing());
    }
    token.ifPresent(file -> out.println("admin token: " + file + " (readable by you only)"));
    shop.conf().nodesWith(Role.FRONTEND).stream()
        .flatMap(node -> node.url().stream())
        .findFirst()
        .ifPresent(
            url -> out.println("try this: launcher/pygmy search distributed-systems --url " + url));
    return ExitCode.OK;
  }

  private boolean isUp(Found found) {
    return found.runs().isPresent() && (found.supervised() || options.isSystemd());
  }
}
