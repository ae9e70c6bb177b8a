package com.pygmy.config;

import com.pygmy.config.Kind.Flag;
import com.pygmy.config.Kind.OneOf;
import com.pygmy.config.Kind.SetOf;
import com.pygmy.config.Kind.Text;
import com.pygmy.config.Kind.Tokens;
import com.pygmy.config.Kind.WholeNumber;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A key of the conf file; {@link #ALL} is the whole of what a file may say. Each is described in
 * {@code conf/README.md}, which a test compares with this list.
 *
 * @param path with {@code []} for the index of a node, as in {@code nodes[].http.port}
 * @param fallback the value when the key is absent; without one, absence means something of its own
 */
record ConfKey(String path, Kind kind, Optional<Object> fallback) {

  static final int MAX_NODES = 64;

  private static final Kind PORT = new WholeNumber(1, 65_535);
  private static final Kind UNITS = new WholeNumber(0, 1_000_000_000);
  private static final Kind MILLIS = new WholeNumber(50, 60_000);
  static final Kind FILE = text("[^\\p{Cntrl}]{1,1000}", "the path of a file");
  private static final Kind URL =
      text(
          "https?://([A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])"
              + "(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?/?",
          "http:// or https://, a host, and a port if need be");
  private static final Kind NAME =
      text("[a-z0-9][a-z0-9-]{0,31}", "1 to 32 of a-z, 0-9 and -, not starting with -");

  static final List<ConfKey> ALL =
      List.of(
          new ConfKey("cluster", NAME, "pygmy"),
          new ConfKey("nodes[].name", NAME),
          new ConfKey(
              "nodes[].host", text("[A-Za-z0-9.:-]{1,253}", "a host name or an IP address")),
          new ConfKey("nodes[].roles", new SetOf(Labels.of(Role.values()))),
          new ConfKey("nodes[].http.port", PORT),
          new ConfKey("nodes[].http.url", URL),
          new ConfKey("nodes[].raft.port", PORT),
          new ConfKey("nodes[].hazelcast.port", PORT),
          new ConfKey("nodes[].eventBus.port", new WholeNumber(0, 65_535), 0L),
          new ConfKey("nodes[].management.port", PORT),
          new ConfKey("raft.electionTimeoutMinMillis", MILLIS, 300L),
          new ConfKey("raft.electionTimeoutMaxMillis", MILLIS, 600L),
          new ConfKey("restock.enabled", new Flag(), false),
          new ConfKey("restock.everySeconds", new WholeNumber(0, 86_400), 10L),
          new ConfKey("restock.threshold", UNITS, 0L),
          new ConfKey("restock.level", UNITS),
          new ConfKey("admin.token", new Tokens()),
          new ConfKey(
              "balancing", new OneOf(Labels.of(Balancing.values())), Balancing.LOCAL_FIRST.label()),
          new ConfKey("cache.enabled", new Flag(), true),
          new ConfKey("limits.buysPerMinute", new WholeNumber(0, 1_000_000), 0L),
          new ConfKey(
              "log.format", new OneOf(Labels.of(LogFormat.values())), LogFormat.TEXT.label()),
          new ConfKey("tls.certificate", FILE),
          new ConfKey("tls.key", FILE),
          new ConfKey("nodeTls.certificate", FILE),
          new ConfKey("nodeTls.key", FILE),
          new ConfKey("nodeTls.authorities", FILE),
          new ConfKey("catalogue", FILE));

  private static final Map<String, ConfKey> BY_PATH =
      ALL.stream().collect(Collectors.toMap(ConfKey::path, Function.identity()));

  private static final Map<String, ConfKey> BY_VARIABLE =
      ALL.stream().collect(Collectors.toMap(key -> variable(key.path), Function.identity()));

  private ConfKey(String path, Kind kind) {
    this(path, kind, Optional.empty());
  }

  private ConfKey(String path, Kind kind, Object fallback) {
    this(path, kind, Optional.of(fallback));
  }

  /** The key behind a path with or without indexes. */
  static Optional<ConfKey> at(String path) {
    return Optional.ofNullable(BY_PATH.get(path.replaceAll("\\[\\d+]", "[]")));
  }

  /** The key behind a variable with {@code []} for an index, as {@link #variable} makes it. */
  static Optional<ConfKey> ofVariable(String variable) {
    return Optional.ofNullable(BY_VARIABLE.get(variable));
  }

  static Set<String> variables() {
    return BY_VARIABLE.keySet();
  }

  /** {@code nodes[].http.port} is overridden by {@code PYGMY_NODES[]_HTTP_PORT}. */
  static String variable(String path) {
    return "PYGMY_" + path.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  /** The names that may stand in the object at a path; none if no object belongs there. */
  static Set<String> namesWithin(String path) {
    String prefix = path.isEmpty() ? "" : path.replaceAll("\\[\\d+]", "[]") + ".";
    return ALL.stream()
        .map(ConfKey::path)
        .filter(known -> known.startsWith(prefix))
        .map(known -> known.substring(prefix.length()).replaceFirst("(\\[])?(\\..*)?$", ""))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static Kind text(String pattern, String described) {
    return new Text(Pattern.compile(pattern), described);
  }
}
