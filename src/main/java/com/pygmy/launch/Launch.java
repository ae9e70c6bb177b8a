package com.pygmy.launch;

import com.pygmy.config.Conf;
import com.pygmy.config.NodeConf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is to run, and how.
 *
 * @param javaOptions for the nodes, after the default ones, which they override
 * @param environment of the nodes, whole
 */
record Launch(
    Program program,
    Path confFile,
    Conf conf,
    DataFolder data,
    List<String> javaOptions,
    Map<String, String> environment) {

  /** By which a node knows its {@link #fingerprint}. */
  static final String FINGERPRINT_PROPERTY = "pygmy.launch";

  /**
   * Beside the heap: bounded. Up to 515 MiB in all were seen resident. A node out of memory must
   * end: it is started again.
   */
  static final List<String> NODE_FLAGS =
      List.of(
          "-Xss512k",
          "-XX:MaxDirectMemorySize=64m",
          "-XX:ReservedCodeCacheSize=64m",
          "-XX:+ExitOnOutOfMemoryError");

  /**
   * Of a node whose Java options say nothing of its heap. It has all of it from the beginning:
   * while it grows, a node under load collects the whole of it three to five times in two minutes,
   * for 90 to 200 ms each (docs/performance.md). With other options it begins small, for less than
   * this may be the most that they allow.
   */
  static final List<String> NODE_HEAP = List.of("-Xms256m", "-Xmx256m");

  private static final List<String> GROWING_HEAP = List.of("-Xms64m", "-Xmx256m");

  /**
   * Needs no memory and no cores of its own; with a heap so small it pauses for less than an
   * election timeout.
   */
  static final String NODE_COLLECTOR = "-XX:+UseSerialGC";

  private static final int FINGERPRINT_CHARS = 16;

  /** The same by another conf. */
  Launch by(Path otherFile, Conf other) {
    return new Launch(program, otherFile, other, data, javaOptions, environment);
  }

  /** The command that starts a node. */
  List<String> command(NodeConf node) {
    List<String> flags = new ArrayList<>(ClassArchive.of(program).flags());
    flags.addAll(nodeFlags());
    flags.add("-D" + FINGERPRINT_PROPERTY + "=" + fingerprint(node));
    return program.command(flags, arguments(node));
  }

  /**
   * The same for a node that runs already if starting it anew would make no difference: same
   * program, same conf, same flags, same environment, same tokens and certificates.
   */
  String fingerprint(NodeConf node) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest(digest, String.join("\0", program.self()));
      digest(digest, String.join("\0", nodeFlags()));
      digest(digest, String.join("\0", arguments(node)));
      new TreeMap<>(environment)
          .forEach(
              (name, value) -> {
                if (name.startsWith("PYGMY_")) {
                  digest(digest, name + "=" + value);
                }
              });
      digest.update(Files.readAllBytes(confFile));
      digestIfThere(digest, data.adminToken());
      if (conf.tls().isPresent()) {
        digestIfThere(digest, conf.tls().get().certificate());
      }
      if (conf.nodeTls().isPresent()) {
        digestIfThere(digest, conf.nodeTls().get().of(node.name()).certificate());
        digestIfThere(digest, conf.nodeTls().get().of(node.name()).authorities());
      }
      Path file = program.file();
      digest(digest, Files.size(file) + " " + Files.getLastModifiedTime(file));
      return HexFormat.of().formatHex(digest.digest()).substring(0, FINGERPRINT_CHARS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }

  /** What is missing is the node's to complain of, which reads the conf anew. */
  private static void digestIfThere(MessageDigest digest, Path file) throws IOException {
    if (Files.exists(file)) {
      digest.update(Files.readAllBytes(file));
    }
  }

  private List<String> nodeFlags() {
    List<String> flags = new ArrayList<>(NODE_FLAGS);
    boolean isHeapSaid =
        javaOptions.stream()
            .anyMatch(option -> option.matches("-Xm[sx].*|-XX:(Initial|Max)(Heap|RAM).*"));
    flags.addAll(isHeapSaid ? GROWING_HEAP : NODE_HEAP);
    if (javaOptions.stream().noneMatch(option -> option.matches("-XX:\\+Use\\w+GC"))) {
      flags.add(NODE_COLLECTOR); // Java refuses to start with two collectors.
    }
    flags.addAll(javaOptions);
    return flags;
  }

  private List<String> arguments(NodeConf node) {
    return List.of(
        "--conf", confFile.toString(), "--node", node.name(), "--data", data.root().toString());
  }

  private static void digest(MessageDigest digest, String part) {
    digest.update(part.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }
}
