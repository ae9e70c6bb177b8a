package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.config.Conf;
import com.pygmy.config.NodeConf;
import com.pygmy.config.Role;
import com.pygmy.launch.DataFolder.NodeFolder;
import com.pygmy.launch.PidFile.Running;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Runs one node in this process: finds it in its conf, claims its folder, says so there. */
record NodeStart(Surroundings surroundings, PrintWriter err) {

  /**
   * Runs the node until it ends.
   *
   * @param name of the node; needed if the conf has several
   * @return an {@link ExitCode}
   */
  int run(Path confFile, Optional<String> name, DataFolder data, boolean bootstrap)
      throws Exception {
    Optional<Conf> conf =
        ConfFile.loadToStart(
            confFile,
            surroundings.environment().variables(),
            node -> name.isEmpty() || name.get().equals(node),
            err);
    if (conf.isEmpty()) {
      return ExitCode.USAGE;
    }
    Optional<NodeConf> node = pick(conf.get(), name);
    if (node.isEmpty()) {
      String names =
          conf.get().nodes().stream().map(NodeConf::name).collect(Collectors.joining(", "));
      err.println(
          name.map(n -> "there is no node " + n + " in " + confFile)
                  .orElse(confFile + " has several nodes; pick one with --node NAME")
              + ": "
              + names);
      return ExitCode.USAGE;
    }
    LogStyle.ofNode(node.get().name(), conf.get().logFormat());
    return claimAndRun(conf.get(), node.get(), data, bootstrap);
  }

  private static Optional<NodeConf> pick(Conf conf, Optional<String> name) {
    if (name.isPresent()) {
      return conf.node(name.get());
    }
    return conf.nodes().size() == 1 ? Optional.of(conf.nodes().get(0)) : Optional.empty();
  }

  private int claimAndRun(Conf conf, NodeConf node, DataFolder data, boolean bootstrap)
      throws Exception {
    if (Files.exists(data.restoring())) {
      err.println(data.interruptedRestore());
      return ExitCode.REFUSED;
    }
    NodeFolder folder = data.node(node.name());
    Optional<FolderLock> lock = FolderLock.tryLock(folder.lock());
    if (lock.isEmpty()) {
      String pid = folder.pidFile().alive().map(p -> " (pid " + p.pid() + ")").orElse("");
      err.println(node.name() + " already runs on " + folder.path() + pid);
      return ExitCode.REFUSED;
    }
    try {
      // A restore that began meanwhile sees the lock, or is seen here.
      if (Files.exists(data.restoring())) {
        err.println(data.interruptedRestore());
        return ExitCode.REFUSED;
      }
      leaveCertificate(conf, folder);
      List<String> roles = node.roles().stream().map(Role::label).sorted().toList();
      String launch = System.getProperty(Launch.FINGERPRINT_PROPERTY, "");
      Running running = new Running(ProcessProof.ofThisProcess(), launch, roles, node.url(), false);
      folder.pidFile().write(running);
      Runnable joined = () -> folder.pidFile().write(running.withJoined());
      return surroundings
          .node()
          .run(new NodeTask(withTokens(conf, data), node, data.root(), bootstrap, joined));
    } finally {
      lock.get().close();
    }
  }

  /** Where commands of this machine find it, who trust this node by it; see {@link Trust}. */
  private static void leaveCertificate(Conf conf, NodeFolder folder) throws IOException {
    if (conf.tls().isEmpty()) {
      Files.deleteIfExists(folder.certificate());
      return;
    }
    Path draft = folder.path().resolve("certificate.pem.new");
    Files.copy(conf.tls().get().certificate(), draft, StandardCopyOption.REPLACE_EXISTING);
    Files.move(
        draft,
        folder.certificate(),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * The conf with the tokens of the data folder, if it has none of its own. A single node may make
   * one; several would have to agree, so their supervisor makes it.
   */
  private Conf withTokens(Conf conf, DataFolder data) throws IOException {
    boolean isThere = Files.exists(data.adminToken());
    if (!conf.adminTokens().isEmpty() || (!isThere && conf.nodes().size() > 1)) {
      return conf;
    }
    return conf.withAdminTokens(
        new AdminTokenFile(data.adminToken()).readOrMake(surroundings.random()));
  }
}
