package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.deploy.Found;
import com.pygmy.deploy.Host;
import com.pygmy.deploy.HostFailure;
import com.pygmy.deploy.Release;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "restart",
    description =
        "Put jar and conf on every host, and restart one node after the other, the leader last.",
    footer = {
      "",
      "The shop sells meanwhile. Nothing is stopped while anything is not level, and it ends at the",
      "first node that does not come back; the rest runs on as before.",
      "",
      "Example:",
      "  launcher/pygmy deploy restart --hosts hosts.txt --conf shop.json --jar new/pygmy.jar"
    })
final class DeployRestartCommand implements Callable<Integer> {

  /** For those to become level that are about to be. */
  private static final int LEVEL_SECONDS = 5;

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private DeployOptions options;
  @Mixin private Cargo cargo;

  DeployRestartCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    return cargo.ship(options, surroundings, spec.commandLine().getErr(), this::restart);
  }

  private int restart(Deployment shop, Path folder)
      throws HostFailure, IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (shop.all().size() < 2) {
      err.println("of fewer than two nodes none can be spared: 'deploy down', then 'deploy up'");
      return ExitCode.REFUSED;
    }
    Map<Host, Release> releases = cargo.releases(shop, surroundings, folder);
    // All have to be level, also those that are left as they are.
    Map<Host, Found> found = shop.look(shop.all(), releases);
    Optional<Path> token = cargo.tokenFile(shop, options.hostsFile(), found);
    List<String> missing = shop.awaitLevel(shop.all(), Map.of(), LEVEL_SECONDS);
    if (!missing.isEmpty()) {
      err.println("not every node is level:\n  " + String.join("\n  ", missing));
      err.println("'deploy up' starts what does not run");
      return ExitCode.REFUSED;
    }
    cargo.deliver(shop, shop.chosen(), releases, found, out);
    if (token.isPresent()) {
      cargo.shareToken(shop, shop.chosen(), token.get(), surroundings.random());
    }
    List<Host> left = new ArrayList<>(shop.chosen());
    while (!left.isEmpty()) {
      Host next = next(left, shop.leader());
      left.remove(next);
      List<String> wrong = restart(shop, next, releases.get(next), out);
      if (!wrong.isEmpty()) {
        err.println("with " + next + " it ends; the rest stays as it is:");
        wrong.forEach(line -> err.println("  " + line));
        return ExitCode.UNAVAILABLE;
      }
    }
    shop.prune(shop.chosen());
    out.println("restarted " + shop.chosen().size() + " nodes");
    return ExitCode.OK;
  }

  /** Any but the leader, as long as there is one. */
  private static Host next(List<Host> left, Optional<String> leader) {
    return left.stream()
        .filter(host -> !leader.equals(Optional.of(host.node())))
        .findFirst()
        .orElse(left.get(0));
  }

  /** What is wrong then; nothing: all is level again. */
  private List<String> restart(Deployment shop, Host host, Release release, PrintWriter out)
      throws InterruptedException {
    long start = surroundings.nanoClock().getAsLong();
    try {
      boolean inOrder = shop.stop(host);
      shop.start(host, release, cargo.waitSeconds(), cargo.javaOptions());
      if (!inOrder) {
        return List.of(host + " had to be killed, so requests may have failed; it runs again");
      }
    } catch (HostFailure failure) {
      return List.of(
          failure.getMessage(),
          "see 'deploy logs'; 'deploy up', with the same options, starts what does not run");
    }
    List<String> missing = shop.awaitLevel(shop.all(), Map.of(host, release), cargo.waitSeconds());
    if (missing.isEmpty()) {
      long millis = TimeUnit.NANOSECONDS.toMillis(surroundings.nanoClock().getAsLong() - start);
      out.printf("%s restarted, release %s, in %.1f s%n", host, release.id(), millis / 1000.0);
      out.flush();
    }
    return missing;
  }
}
