package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.config.Conf;
import com.pygmy.deploy.Host;
import com.pygmy.deploy.HostFailure;
import com.pygmy.deploy.HostsFile;
import com.pygmy.deploy.Ssh;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which shop, on which machines: the same for every {@code deploy} command. */
final class DeployOptions {

  /** Nobody waits an hour for one step. */
  static final int MAX_SECONDS = 3_600;

  @Option(
      names = "--hosts",
      required = true,
      paramLabel = "FILE",
      description = "which machine each node is on, one line a node: NODE [USER@HOST [DIRECTORY]]")
  private Path hosts;

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description =
          "the topology (default: PYGMY_CONF, or conf/local.json); no variable changes it")
  private Path conf;

  @Option(names = "--node", split = ",", paramLabel = "NAME", description = "only these nodes")
  private List<String> nodes = new ArrayList<>();

  @Option(
      names = "--ssh-config",
      paramLabel = "FILE",
      description = "for ssh, in place of your own (its -F)")
  private Path sshConfig;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "for a host to answer (default: ${DEFAULT-VALUE})")
  private int timeoutSeconds;

  @Option(
      names = "--systemd",
      description = "nodes are units pygmy@NODE there, rather than under a supervisor")
  private boolean systemd;

  /** What a command does with the shop. */
  interface Task {
    int with(Deployment shop) throws HostFailure, IOException, InterruptedException;
  }

  Path hostsFile() {
    return hosts.toAbsolutePath().normalize();
  }

  boolean isSystemd() {
    return systemd;
  }

  /** Does it, or tells why not; answers the exit code. */
  int run(Surroundings surroundings, PrintWriter err, Task task) throws InterruptedException {
    Path confFile =
        surroundings.environment().conf(Optional.ofNullable(conf)).toAbsolutePath().normalize();
    // The hosts have the file and nothing else.
    Optional<Conf> loaded = ConfFile.load(confFile, Map.of(), err);
    if (loaded.isEmpty()) {
      return ExitCode.USAGE;
    }
    HostsFile file = HostsFile.read(hosts, loaded.get());
    List<String> errors = new ArrayList<>(file.errors());
    nodes.stream()
        .filter(name -> loaded.get().node(name).isEmpty())
        .forEach(name -> errors.add("there is no node " + name + " in " + confFile));
    if (timeoutSeconds < 1 || timeoutSeconds > MAX_SECONDS) {
      errors.add("--timeout must be 1…" + MAX_SECONDS);
    }
    if (!errors.isEmpty()) {
      errors.forEach(err::println);
      return ExitCode.USAGE;
    }
    List<Host> chosen =
        file.hosts().stream()
            .filter(host -> nodes.isEmpty() || nodes.contains(host.node()))
            .toList();
    Ssh ssh = new Ssh(Optional.ofNullable(sshConfig), timeoutSeconds, systemd);
    try {
      return task.with(
          new Deployment(
              loaded.get(), confFile, file.hosts(), chosen, ssh, surroundings.nanoClock()));
    } catch (HostFailure failure) {
      err.println(failure.getMessage());
      return failure.exitCode();
    } catch (IOException e) {
      err.println(e.getMessage());
      return ExitCode.REFUSED;
    }
  }
}
