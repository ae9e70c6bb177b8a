package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.deploy.Fleet;
import com.pygmy.deploy.Host;
import com.pygmy.deploy.HostFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "logs",
    description = "Show the end of every node's log, or collect the logs.",
    footer = {
      "",
      "Exits 3 when a host does not answer; the others' logs are there.",
      "",
      "Example:",
      "  launcher/pygmy deploy logs --hosts hosts.txt --conf shop.json --node n1,n2",
      "  launcher/pygmy deploy logs --hosts hosts.txt --conf shop.json --to logs"
    })
final class DeployLogsCommand implements Callable<Integer> {

  private static final int SHOW_SECONDS = 30;
  private static final int COLLECT_SECONDS = 120;

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private DeployOptions options;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "COUNT",
      defaultValue = "100",
      description = "so many lines from the end (default: ${DEFAULT-VALUE})")
  private int lines;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "put them there whole: DIR/NODE/node.log, and supervisor.log")
  private Path folder;

  DeployLogsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    if (lines < 0) {
      err.println("--lines must be 0 or more");
      return ExitCode.USAGE;
    }
    return options.run(
        surroundings, err, shop -> folder == null ? show(shop) : collect(shop, folder));
  }

  private int show(Deployment shop) throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Map<Host, HostFailure> failed = new LinkedHashMap<>();
    Map<Host, String> logs =
        Fleet.each(
            shop.chosen(),
            host ->
                shop.ssh()
                    .run(
                        host,
                        shop.seconds(SHOW_SECONDS),
                        Optional.empty(),
                        "log",
                        List.of(host.node(), "node", Integer.toString(lines)))
                    .out(),
            failed);
    logs.forEach(
        (host, log) -> {
          out.println("==> " + host + " <==");
          out.print(log);
        });
    out.flush();
    return tell(failed);
  }

  private int collect(Deployment shop, Path to) throws InterruptedException, IOException {
    for (Host host : shop.chosen()) {
      Files.createDirectories(to.resolve(host.node()));
    }
    Map<Host, HostFailure> failed = new LinkedHashMap<>();
    Map<Host, Path> there =
        Fleet.each(
            shop.chosen(),
            host -> {
              collect(shop, host, "node", to.resolve(host.node()));
              collect(shop, host, "supervisor", to.resolve(host.node()));
              return to.resolve(host.node());
            },
            failed);
    there.forEach((host, path) -> spec.commandLine().getOut().println(host + ": " + path));
    return tell(failed);
  }

  private static void collect(Deployment shop, Host host, String what, Path to)
      throws HostFailure, InterruptedException {
    Path draft = to.resolve(what + ".log.new");
    var unused =
        shop.ssh()
            .run(
                host,
                shop.seconds(COLLECT_SECONDS),
                Optional.empty(),
                draft,
                "log",
                List.of(host.node(), what, "all"));
    try {
      Files.move(draft, to.resolve(what + ".log"), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new HostFailure(ExitCode.REFUSED, draft + " cannot be renamed: " + e.getMessage());
    }
  }

  private int tell(Map<Host, HostFailure> failed) {
    failed.values().forEach(failure -> spec.commandLine().getErr().println(failure.getMessage()));
    return failed.values().stream().mapToInt(HostFailure::exitCode).max().orElse(ExitCode.OK);
  }
}
