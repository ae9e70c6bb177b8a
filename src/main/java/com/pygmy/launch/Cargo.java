package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.deploy.Fleet;
import com.pygmy.deploy.Found;
import com.pygmy.deploy.Host;
import com.pygmy.deploy.HostFailure;
import com.pygmy.deploy.Release;
import com.pygmy.deploy.Ssh;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** What nodes are started from, and how: for the commands that put it on hosts. */
final class Cargo {

  private static final int STEP_SECONDS = 30;
  private static final String LAUNCHER = "/com/pygmy/deploy/pygmy";

  @Option(
      names = "--jar",
      paramLabel = "FILE",
      description = "the program that nodes are to run (default: this one)")
  private Path jar;

  @Option(
      names = "--java-opts",
      paramLabel = "FLAGS",
      defaultValue = "",
      description = "for the nodes, over their own flags; not with --systemd")
  private String javaOptions;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "for a node to serve and be level (default: ${DEFAULT-VALUE})")
  private int waitSeconds;

  @Option(
      names = "--copy-timeout",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description = "for a file to be copied (default: ${DEFAULT-VALUE})")
  private int copySeconds;

  /** What a command does with the shop; gets a folder for what is not in a file of its own. */
  interface Shipment {
    int with(Deployment shop, Path folder) throws HostFailure, IOException, InterruptedException;
  }

  /** Does it, or tells why not; answers the exit code. */
  int ship(DeployOptions options, Surroundings surroundings, PrintWriter err, Shipment shipment)
      throws IOException, InterruptedException {
    Optional<String> complaint = complaint(options.isSystemd());
    if (complaint.isPresent()) {
      err.println(complaint.get());
      return ExitCode.USAGE;
    }
    Path folder = Files.createTempDirectory("pygmy-deploy");
    try {
      return options.run(surroundings, err, shop -> shipment.with(shop, folder));
    } finally {
      ResetCommand.removeTree(folder);
    }
  }

  int waitSeconds() {
    return waitSeconds;
  }

  String javaOptions() {
    return javaOptions;
  }

  /** What is wrong with the options. */
  private Optional<String> complaint(boolean systemd) {
    if (waitSeconds < 1 || copySeconds < 1) {
      return Optional.of("--wait and --copy-timeout must be 1 or more");
    } else if (Math.max(waitSeconds, copySeconds) > DeployOptions.MAX_SECONDS) {
      return Optional.of("--wait and --copy-timeout: at most " + DeployOptions.MAX_SECONDS);
    } else if (javaOptions.chars().anyMatch(Character::isISOControl)) {
      return Optional.of("--java-opts must be one line");
    } else if (systemd && !javaOptions.isEmpty()) {
      return Optional.of("with --systemd, PYGMY_JAVA_OPTS in the unit's environment says that");
    }
    return Optional.empty();
  }

  /**
   * Has a folder for what is not in a file of its own.
   *
   * @throws IOException if something is not there
   */
  Map<Host, Release> releases(Deployment shop, Surroundings surroundings, Path folder)
      throws IOException {
    Path program = jar != null ? jar : surroundings.program().file();
    if (!Files.isRegularFile(program)) {
      throw new IOException(
          jar != null ? "there is no file " + jar : "this program is no jar; name one with --jar");
    }
    Path launcher = folder.resolve("pygmy");
    try (InputStream script = Cargo.class.getResourceAsStream(LAUNCHER)) {
      if (script == null) {
        throw new IOException("this program was built without its launcher, which hosts need");
      }
      var unused = Files.copy(script, launcher);
    }
    Map<Host, Release> releases = new LinkedHashMap<>();
    for (Host host : shop.chosen()) {
      releases.put(host, Release.of(shop.node(host), program, launcher, shop.confFile()));
    }
    return releases;
  }

  /** Copies what is not there, and puts it together; what runs does not notice. */
  void deliver(
      Deployment shop,
      List<Host> hosts,
      Map<Host, Release> releases,
      Map<Host, Found> found,
      PrintWriter out)
      throws HostFailure, InterruptedException {
    Set<List<String>> copied = new HashSet<>();
    Map<Host, Set<String>> needed = new LinkedHashMap<>();
    for (Host host : hosts) {
      Set<String> its = new HashSet<>(found.get(host).needed());
      // Nodes of one host share the files.
      its.removeIf(hash -> !copied.add(List.of(host.destination(), host.directory(), hash)));
      needed.put(host, its);
    }
    Map<Host, Long> bytes = Fleet.each(hosts, host -> copy(shop, host, releases, needed));
    var unused =
        Fleet.each(
            hosts,
            host ->
                shop.ssh()
                    .run(
                        host,
                        shop.seconds(STEP_SECONDS),
                        Optional.empty(),
                        "release",
                        releases.get(host).words()));
    bytes.forEach(
        (host, count) ->
            out.printf(
                "%s has release %s%s%n",
                host,
                releases.get(host).id(),
                count > 0 ? ", %.1f MB copied".formatted(count / 1e6) : ""));
    out.flush();
  }

  private long copy(
      Deployment shop, Host host, Map<Host, Release> releases, Map<Host, Set<String>> needed)
      throws HostFailure, InterruptedException {
    Set<String> left = new HashSet<>(needed.get(host));
    Ssh ssh = shop.ssh();
    long bytes = 0;
    for (Release.Content content : releases.get(host).files().values()) {
      if (left.remove(content.hash())) {
        int seconds = shop.seconds(copySeconds);
        var unused =
            ssh.run(host, seconds, Optional.of(content.file()), "put", List.of(content.hash()));
        bytes += content.file().toFile().length();
      }
    }
    return bytes;
  }

  /**
   * Where the tokens of all nodes are, if the conf has none: beside the hosts file.
   *
   * @throws IOException if it is not there, but hosts have one: another would be made for nodes
   *     that are started, and those that run would keep theirs
   */
  Optional<Path> tokenFile(Deployment shop, Path hostsFile, Map<Host, Found> found)
      throws IOException {
    if (!shop.conf().adminTokens().isEmpty()) {
      return Optional.empty();
    }
    Path file = hostsFile.resolveSibling("admin-token");
    for (Host host : shop.chosen()) {
      if (found.get(host).is(Found.Mark.TOKEN) && !Files.exists(file)) {
        throw new IOException(
            "%s has administrators' tokens, in %s/nodes/%s/data/admin-token, but there is no %s: copy that file to it"
                .formatted(host, host.directory(), host.node(), file));
      }
    }
    return Optional.of(file);
  }

  /** Gives nodes the tokens in the file, which is made if it is not there. */
  void shareToken(Deployment shop, List<Host> hosts, Path file, SecureRandom random)
      throws IOException, HostFailure, InterruptedException {
    var unusedTokens = new AdminTokenFile(file).readOrMake(random);
    String hash = Release.hash(file);
    var unused =
        Fleet.each(
            hosts,
            host ->
                shop.ssh()
                    .run(
                        host,
                        shop.seconds(STEP_SECONDS),
                        Optional.of(file),
                        "token",
                        List.of(host.node(), hash)));
  }
}
