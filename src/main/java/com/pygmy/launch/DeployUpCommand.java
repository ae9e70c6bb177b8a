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
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
    return cargo.ship(options, surroundings, spec.commandLine().getErr(), this::up);
  }

  private int up(Deployment shop, Path folder)
      throws HostFailure, IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Map<Host, Release> releases = cargo.releases(shop, surroundings, folder);
    Map<Host, Found> found = shop.look(shop.chosen(), releases);
    Optional<Path> token = cargo.tokenFile(shop, options.hostsFile(), found);
    List<Host> others =
        shop.chosen().stream()
            .filter(host -> isAnother(found.get(host), releases.get(host)))
            .toList();
    List<Host> hosts = shop.chosen().stream().filter(host -> !others.contains(host)).toList();
    cargo.deliver(shop, hosts, releases, found, out);
    if (token.isPresent()) {
      cargo.shareToken(shop, hosts, token.get(), surroundings.random());
    }
    // What nobody looks after gets a supervisor, also if it runs.
    List<Host> toStart = hosts.stream().filter(host -> !found.get(host).isKept()).toList();
    var unused =
        Fleet.each(
            toStart,
            host -> {
              shop.start(host, releases.get(host), cargo.waitSeconds(), cargo.javaOptions());
              return host;
            });
    Map<Host, Release> expected = new LinkedHashMap<>(releases);
    expected.keySet().removeAll(others);
    List<String> missing = shop.awaitLevel(shop.chosen(), expected, cargo.waitSeconds());
    if (!missing.isEmpty()) {
      err.println("not level after " + cargo.waitSeconds() + " s:");
      missing.forEach(line -> err.println("  " + line));
      return ExitCode.UNAVAILABLE;
    }
    shop.prune(hosts);
    for (Host host : hosts) {
      String how = toStart.contains(host) ? "started" : "ran already";
      NodeConf node = shop.node(host);
      out.println((host + " " + how + "  " + node.toldUrl().orElse("")).stripTrailing());
    }
    token.ifPresent(file -> out.println("admin token: " + file + " (readable by you only)"));
    if (!others.isEmpty()) {
      others.forEach(
          host ->
              err.printf(
                  "%s runs another jar or conf, release %s, and was left alone%n",
                  host, found.get(host).taken().orElseThrow()));
      err.println("'deploy restart' changes what runs, node by node");
      return ExitCode.REFUSED;
    }
    shop.conf().nodesWith(Role.FRONTEND).stream()
        .flatMap(node -> node.toldUrl().stream())
        .findFirst()
        .ifPresent(
            url -> out.println("try this: launcher/pygmy search distributed-systems --url " + url));
    return ExitCode.OK;
  }

  private static boolean isAnother(Found found, Release release) {
    return found.taken().filter(id -> !id.equals(release.id())).isPresent();
  }
}
