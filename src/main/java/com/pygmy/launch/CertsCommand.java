package com.pygmy.launch;

import com.pygmy.certs.CertificateFolder;
import com.pygmy.certs.CertificateFolder.Pair;
import com.pygmy.cli.ExitCode;
import com.pygmy.cli.Table;
import com.pygmy.config.Conf;
import com.pygmy.config.Conf.NodeTlsConf;
import com.pygmy.config.NodeConf;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "certs",
    description = "Make the certificates by which nodes know each other, and their authority.",
    footer = {
      "",
      "DIR holds ca.pem and ca.key, and for each node NAME.pem and NAME.key. Keys are readable by",
      "their owner only. What is there is kept, and what is missing is added: so for one more node",
      "run it with the conf that has it; to renew a node's, remove its two files and run it again.",
      "",
      "Nodes use them by 'nodeTls' in the conf. Each needs its own two files and ca.pem. Who has",
      "ca.key makes nodes: keep it where none runs.",
      "",
      "Example:",
      "  launcher/pygmy certs certs --conf shop.json",
      "  launcher/pygmy certs certs --conf shop.json --conf five.json --days 90"
    })
final class CertsCommand implements Callable<Integer> {

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DIR", description = "of the files; made if it is missing")
  private Path folder;

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description =
          "a topology, whose nodes get certificates; repeatable"
              + " (default: PYGMY_CONF, or conf/local.json)")
  private List<Path> confs = new ArrayList<>();

  @Option(
      names = "--days",
      paramLabel = "DAYS",
      description =
          "how long certificates of nodes are valid that are made now, from yesterday on"
              + " (default: ${DEFAULT-VALUE}); the authority's, ten years")
  private int days = CertificateFolder.NODE_DAYS;

  CertsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    if (days < 2 || days > CertificateFolder.AUTHORITY_DAYS) {
      err.println("--days takes 2 to " + CertificateFolder.AUTHORITY_DAYS + ", not " + days);
      return ExitCode.USAGE;
    }
    List<Path> files =
        confs.isEmpty() ? List.of(surroundings.environment().conf(Optional.empty())) : confs;
    List<Conf> loaded = new ArrayList<>();
    for (Path file : files) {
      ConfFile.load(file, surroundings.environment().variables(), err).ifPresent(loaded::add);
    }
    Set<String> clusters = loaded.stream().map(Conf::cluster).collect(Collectors.toSet());
    if (loaded.size() < files.size()) {
      return ExitCode.USAGE;
    }
    if (clusters.size() > 1) {
      err.println("each cluster has an authority of its own, but these are of " + clusters);
      return ExitCode.USAGE;
    }
    CertificateFolder certificates = new CertificateFolder(folder, surroundings.random());
    try {
      print(certificates.complete(clusters.iterator().next(), hosts(loaded), days));
    } catch (IOException e) {
      err.println("no certificates were made: " + e.getMessage());
      return ExitCode.REFUSED;
    }
    if (loaded.stream().anyMatch(conf -> conf.nodeTls().isEmpty())) {
      printUse(files.get(0), certificates.files());
    }
    return ExitCode.OK;
  }

  private static SortedMap<String, SortedSet<String>> hosts(List<Conf> confs) {
    SortedMap<String, SortedSet<String>> hosts = new TreeMap<>();
    for (Conf conf : confs) {
      for (NodeConf node : conf.nodes()) {
        hosts.computeIfAbsent(node.name(), name -> new TreeSet<>()).add(node.host());
      }
    }
    return hosts;
  }

  private void print(List<Pair> pairs) {
    Table table = new Table("file", "what", "valid until", "");
    for (Pair pair : pairs) {
      boolean isAuthority = pair.name().equals(CertificateFolder.AUTHORITY);
      String whose = isAuthority ? "the authority" : "node " + pair.name();
      String done = pair.isNew() ? "made" : "was there";
      table.row(pair.certificate(), whose, day(pair.expires()), done);
      table.row(pair.key(), "its key", "", pair.hasKey() ? done : "is elsewhere");
    }
    table.print(spec.commandLine().getOut());
  }

  private static String day(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC).toLocalDate().toString();
  }

  private void printUse(Path conf, NodeTlsConf files) {
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    out.println("In the conf, for nodes to use them (all must be stopped and started):");
    out.println("  \"nodeTls\": {");
    out.println("    \"certificate\": \"" + beside(conf, files.certificate()) + "\",");
    out.println("    \"key\": \"" + beside(conf, files.key()) + "\",");
    out.println("    \"authorities\": \"" + beside(conf, files.authorities()) + "\"");
    out.println("  }");
  }

  /** As the conf would name it. */
  private static Path beside(Path conf, Path file) {
    Path folder = conf.toAbsolutePath().normalize().getParent();
    return file.startsWith(folder) ? folder.relativize(file) : file;
  }
}
