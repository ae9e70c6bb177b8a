package com.pygmy.fault;

import com.pygmy.chaos.Network;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Machines of a kind: each a network namespace with an address and a key of its own and a real sshd
 * in it, all with one file system, where each has a folder. Their keys, those who may log in, and
 * what ssh knows of them lie in one folder, too. They know each other by names, which nobody else
 * knows. Needs root on Linux. Hosts count from 1.
 */
final class SshHosts implements AutoCloseable {

  private static final int PORT = 2222;
  private static final long PATIENCE_SECONDS = 20;
  private static final Path SSHD = Path.of("/usr/sbin/sshd");

  /** A file of a namespace's folder in it takes the place of that of the same name in /etc. */
  private static final Path SPACES = Path.of("/etc/netns");

  /** Where sshd keeps its unprivileged part away; a service manager would make it. */
  private static final Path EMPTY = Path.of("/run/sshd");

  private final Path folder;
  private final Network network;
  private final int size;
  private final List<Process> servers = new ArrayList<>();

  private SshHosts(Path folder, Network network, int size) {
    this.folder = folder;
    this.network = network;
    this.size = size;
  }

  /**
   * Makes them.
   *
   * @throws IOException if that is not allowed or not possible here, and why
   */
  static SshHosts start(Path folder, int size) throws Exception {
    if (!Files.isExecutable(SSHD)) {
      throw new IOException("there is no sshd (Debian: apt install openssh-server)");
    }
    SshHosts hosts = new SshHosts(folder, Network.create(size), size);
    try {
      Files.createDirectories(EMPTY);
      hosts.configure();
      hosts.nameThem();
      for (int host = 1; host <= size; host++) {
        hosts.serve(host);
      }
      return hosts;
    } catch (Exception e) {
      try {
        hosts.close();
      } catch (IOException too) {
        e.addSuppressed(too);
      }
      throw e;
    }
  }

  private void configure() throws Exception {
    key(folder.resolve("id"));
    Files.copy(folder.resolve("id.pub"), folder.resolve("authorized_keys"));
    StringBuilder known = new StringBuilder();
    for (int host = 1; host <= size; host++) {
      Path key = folder.resolve("host" + host + ".key");
      key(key);
      known
          .append("[%s]:%d ".formatted(network.address(host), PORT))
          .append(Files.readString(Path.of(key + ".pub")));
    }
    Files.writeString(folder.resolve("known_hosts"), known);
    Files.writeString(
        config(),
        """
        Host *
          Port %d
          IdentityFile %s
          IdentitiesOnly yes
          UserKnownHostsFile %s
          GlobalKnownHostsFile /dev/null
          StrictHostKeyChecking yes
        """
            .formatted(PORT, folder.resolve("id"), folder.resolve("known_hosts")));
  }

  private void nameThem() throws IOException {
    List<String> names = new ArrayList<>(List.of("127.0.0.1 localhost"));
    for (int host = 1; host <= size; host++) {
      names.add(network.address(host) + " " + name(host));
    }
    for (int host = 1; host <= size; host++) {
      Files.write(
          Files.createDirectories(SPACES.resolve(network.space(host))).resolve("hosts"), names);
    }
  }

  private static void key(Path file) throws Exception {
    run(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString()));
  }

  private void serve(int host) throws Exception {
    Path config = folder.resolve("host" + host + ".conf");
    Files.writeString(
        config,
        """
        ListenAddress %s:%d
        HostKey %s
        AuthorizedKeysFile %s
        PidFile none
        StrictModes no
        UsePAM no
        UseDNS no
        PasswordAuthentication no
        PermitRootLogin prohibit-password
        SetEnv JAVA_HOME=%s
        """
            .formatted(
                network.address(host),
                PORT,
                folder.resolve("host" + host + ".key"),
                folder.resolve("authorized_keys"),
                System.getProperty("java.home")));
    List<String> command = new ArrayList<>(network.at(host));
    command.addAll(List.of(SSHD.toString(), "-D", "-e", "-f", config.toString()));
    servers.add(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("host" + host + ".log").toFile())
            .start());
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.readString(folder.resolve("host" + host + ".log")).contains("Server listening")) {
      if (System.nanoTime() > deadline || !servers.get(host - 1).isAlive()) {
        throw new IOException(
            "no sshd: " + Files.readString(folder.resolve("host" + host + ".log")));
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** For ssh, with which it finds them and is let in. */
  Path config() {
    return folder.resolve("ssh_config");
  }

  String address(int host) {
    return network.address(host);
  }

  /** By which the other hosts find it. */
  static String name(int host) {
    return "host" + host + ".shop.test";
  }

  /** A host's own folder, where no other looks. */
  Path home(int host) {
    return folder.resolve("host" + host);
  }

  Network network() {
    return network;
  }

  private static void run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
  }

  @Override
  public void close() throws IOException {
    for (Process server : servers) {
      server.descendants().forEach(ProcessHandle::destroyForcibly);
      server.destroyForcibly().onExit().join();
    }
    try {
      for (int host = 1; host <= size; host++) {
        Files.deleteIfExists(SPACES.resolve(network.space(host)).resolve("hosts"));
        Files.deleteIfExists(SPACES.resolve(network.space(host)));
      }
    } finally {
      network.close();
    }
  }
}
