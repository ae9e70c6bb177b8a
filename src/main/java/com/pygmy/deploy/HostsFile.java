package com.pygmy.deploy;

import com.pygmy.config.Conf;
import com.pygmy.config.NodeConf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which machine each node of a conf is on: one line a node, {@code NODE [DESTINATION [DIRECTORY]]}.
 * Without a destination, ssh goes to the node's host in the conf; without a directory, everything
 * lies in {@code pygmy} in the home of who logs in. {@code #} begins a comment.
 *
 * @param hosts in the order of the conf; empty if anything is wrong
 * @param errors all of them
 */
public record HostsFile(List<Host> hosts, List<String> errors) {

  public static final String DEFAULT_DIRECTORY = "pygmy";

  private static final int MAX_BYTES = 1 << 16;

  /** What ssh takes, and cannot take for an option. */
  private static final Pattern DESTINATION =
      Pattern.compile(
          "([A-Za-z_][A-Za-z0-9_.-]{0,63}@)?[A-Za-z0-9][A-Za-z0-9.:_-]{0,252}"
              + "|ssh://([A-Za-z_][A-Za-z0-9_.-]{0,63}@)?"
              + "([A-Za-z0-9][A-Za-z0-9._-]{0,252}|\\[[0-9A-Fa-f:.]{2,45}])(:[0-9]{1,5})?");

  private static final Pattern DIRECTORY =
      Pattern.compile(
          "/?(?!\\.{1,2}(/|$))[A-Za-z0-9_.][A-Za-z0-9_.-]*"
              + "(/(?!\\.{1,2}(/|$))[A-Za-z0-9_.][A-Za-z0-9_.-]*)*");

  private static final int MAX_DIRECTORY_CHARS = 200;
  private static final Pattern LOOPBACK = Pattern.compile("127\\..*|localhost|::1");

  public HostsFile {
    hosts = List.copyOf(hosts);
    errors = List.copyOf(errors);
  }

  /** Reads and checks it against the conf. */
  public static HostsFile read(Path file, Conf conf) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        return wrong(file + " is larger than " + MAX_BYTES + " bytes");
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return parse(file.getFileName().toString(), text.lines().toList(), conf);
    } catch (NoSuchFileException missing) {
      return wrong("there is no file " + file);
    } catch (IOException unreadable) {
      return wrong(file + " cannot be read: " + unreadable.getMessage());
    }
  }

  private static HostsFile wrong(String error) {
    return new HostsFile(List.of(), List.of(error));
  }

  static HostsFile parse(String name, List<String> lines, Conf conf) {
    List<String> errors = new ArrayList<>();
    Map<String, Host> named = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).replaceFirst("(^|\\s)#.*", "").strip();
      if (!line.isEmpty()) {
        String place = name + ", line " + (i + 1) + ": ";
        line(line.split("\\s+", -1), conf, named).ifPresent(error -> errors.add(place + error));
      }
    }
    List<Host> hosts = new ArrayList<>();
    for (NodeConf node : conf.nodes()) {
      Host host = named.get(node.name());
      if (host != null) {
        hosts.add(host);
      } else if (errors.isEmpty()) {
        errors.add(name + " does not say where " + node.name() + " is");
      }
    }
    if (errors.isEmpty()) {
      errors.addAll(unreachable(hosts, conf));
    }
    return new HostsFile(errors.isEmpty() ? hosts : List.of(), errors);
  }

  /** Takes a line in, or answers what is wrong with it. */
  private static Optional<String> line(String[] words, Conf conf, Map<String, Host> named) {
    Optional<NodeConf> node = conf.node(words[0]);
    if (node.isEmpty()) {
      String known = String.join(", ", conf.nodes().stream().map(NodeConf::name).toList());
      return Optional.of("there is no node " + shown(words[0]) + " in the conf; it has " + known);
    }
    if (words.length > 3) {
      return Optional.of("more than a node, where ssh finds it, and a directory");
    }
    if (named.containsKey(words[0])) {
      return Optional.of(words[0] + " comes twice");
    }
    String destination = words.length > 1 ? words[1] : node.get().host();
    if (!DESTINATION.matcher(destination).matches()) {
      return Optional.of(shown(destination) + " is no [USER@]HOST, nor ssh://[USER@]HOST[:PORT]");
    }
    String directory = words.length > 2 ? words[2] : DEFAULT_DIRECTORY;
    if (directory.length() > MAX_DIRECTORY_CHARS || !DIRECTORY.matcher(directory).matches()) {
      return Optional.of(
          shown(directory)
              + " is no directory of letters, digits, _, . and -, without . and .. as parts");
    }
    named.put(words[0], new Host(words[0], destination, directory));
    return Optional.empty();
  }

  /** Nodes on different machines do not find each other at an address of one's own. */
  private static List<String> unreachable(List<Host> hosts, Conf conf) {
    if (hosts.stream().map(Host::destination).distinct().count() < 2) {
      return List.of();
    }
    return conf.nodes().stream()
        .filter(node -> LOOPBACK.matcher(node.host()).matches())
        .map(
            node ->
                "the conf has %s at %s, where nodes on other machines do not reach it"
                    .formatted(node.name(), node.host()))
        .toList();
  }

  private static String shown(String word) {
    String clean = word.replaceAll("\\p{Cntrl}", "?");
    return "'" + (clean.length() > 60 ? clean.substring(0, 60) + "…" : clean) + "'";
  }
}
