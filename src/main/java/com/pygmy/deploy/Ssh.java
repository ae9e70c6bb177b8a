package com.pygmy.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Does steps on hosts by the system's ssh, which knows keys, hosts and proxies. It asks nobody for
 * passwords, and nothing takes longer than it may.
 *
 * @param config in place of the user's own
 * @param systemd are nodes services of systemd there? Otherwise each has a supervisor
 */
public record Ssh(Optional<Path> config, int connectSeconds, boolean systemd) {

  private static final int REFUSED = 1;
  private static final int UNAVAILABLE = 3;

  /** Of ssh itself, when it could not connect. */
  private static final int SSH_FAILED = 255;

  private static final int MAX_BYTES = 4 << 20;

  /** A connection that is cut off is noticed after three times this. */
  private static final int ALIVE_SECONDS = 5;

  /** What a step said, both without the control characters that a terminal would heed. */
  public record Said(String out, String err) {}

  /**
   * Does a step of {@code host.sh}. Blocks.
   *
   * @param input what it reads, or nothing
   * @throws HostFailure if the host does not answer, refuses, or is not done in time
   */
  public Said run(Host host, int seconds, Optional<Path> input, String step, List<String> words)
      throws HostFailure, InterruptedException {
    Path out = null;
    try {
      out = Files.createTempFile("pygmy-deploy", ".out");
      String err = run(host, seconds, input, out, step, words);
      return new Said(clean(out), err);
    } catch (IOException e) {
      throw new HostFailure(UNAVAILABLE, host + ": " + e.getMessage());
    } finally {
      delete(out);
    }
  }

  /**
   * The same, with what it says in a file.
   *
   * @return what it complains of
   */
  public String run(
      Host host, int seconds, Optional<Path> input, Path out, String step, List<String> words)
      throws HostFailure, InterruptedException {
    Path err = null;
    try {
      err = Files.createTempFile("pygmy-deploy", ".err");
      Process ssh =
          new ProcessBuilder(command(host, step, words))
              .redirectInput(input.orElse(Path.of("/dev/null")).toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      boolean ended;
      try {
        ended = ssh.waitFor(seconds, TimeUnit.SECONDS);
      } finally {
        ssh.destroyForcibly();
      }
      if (!ended) {
        throw new HostFailure(
            UNAVAILABLE, "%s: '%s' was not done within %d s".formatted(host, step, seconds));
      }
      String complaints = clean(err).strip();
      check(host, ssh.exitValue(), complaints);
      return complaints;
    } catch (IOException e) {
      throw new HostFailure(UNAVAILABLE, host + ": " + e.getMessage());
    } finally {
      delete(err);
    }
  }

  private static void check(Host host, int exitCode, String complaints) throws HostFailure {
    if (exitCode == 0) {
      return;
    }
    String why = complaints.isEmpty() ? "it ended with exit code " + exitCode : complaints;
    if (exitCode == SSH_FAILED) {
      throw new HostFailure(UNAVAILABLE, host + " is not reached: " + why);
    }
    boolean known = exitCode >= REFUSED && exitCode <= UNAVAILABLE;
    throw new HostFailure(known ? exitCode : UNAVAILABLE, host + ": " + why);
  }

  List<String> command(Host host, String step, List<String> words) {
    List<String> command = new ArrayList<>(List.of("ssh", "-T", "-a", "-x"));
    config.ifPresent(file -> command.addAll(List.of("-F", file.toString())));
    for (String option :
        List.of(
            "BatchMode=yes",
            "ConnectTimeout=" + connectSeconds,
            "ServerAliveInterval=" + ALIVE_SECONDS,
            "ServerAliveCountMax=3")) {
      command.addAll(List.of("-o", option));
    }
    List<String> all = new ArrayList<>(List.of(step, host.directory()));
    all.add(systemd ? "systemd" : "supervisor");
    all.addAll(words);
    command.addAll(List.of("--", host.destination(), HostScript.command(all)));
    return command;
  }

  private static String clean(Path file) throws IOException {
    try (InputStream bytes = Files.newInputStream(file)) {
      return new String(bytes.readNBytes(MAX_BYTES), StandardCharsets.UTF_8)
          .replaceAll("[\\p{Cntrl}&&[^\n\t]]", "?");
    }
  }

  private static void delete(Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException stays) {
      // A temporary file, which only its owner can read.
    }
  }
}
