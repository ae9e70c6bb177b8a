package com.pygmy.config;

import com.pygmy.config.Conf.CacheConf;
import com.pygmy.config.Conf.LimitsConf;
import com.pygmy.config.Conf.NodeTlsConf;
import com.pygmy.config.Conf.RaftConf;
import com.pygmy.config.Conf.RestockConf;
import com.pygmy.config.Conf.TlsConf;
import com.pygmy.config.LoadResult.Invalid;
import com.pygmy.config.LoadResult.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads a conf file, lays the environment over it, checks everything, and tells everything that is
 * wrong at once. The keys, their defaults and bounds are those of {@code conf/README.md}.
 */
public final class ConfLoader {

  static final int MAX_FILE_BYTES = 1 << 20;

  /**
   * Loads one file, for who starts none of its nodes: private keys, and the certificates of nodes,
   * are neither read nor needed. Blocks while reading it; whatever it holds or whether it is there,
   * throws nothing.
   *
   * @param environment variables starting with {@code PYGMY_} override the file; others are ignored
   */
  public static LoadResult load(Path file, Map<String, String> environment) {
    return loadToStart(file, environment, node -> false);
  }

  /**
   * The same for who starts nodes: if one of them is a frontend, the private key of HTTPS is read,
   * too, and has to be that of the certificate. So is what the nodes show to others.
   *
   * @param starts whether it starts the node of this name
   */
  public static LoadResult loadToStart(
      Path file, Map<String, String> environment, Predicate<String> starts) {
    Settings settings = new Settings();
    if (!read(file, settings)) {
      return new Invalid(settings.errors());
    }
    Overrides.apply(environment, settings);
    settings.check();
    Rules.check(settings);
    Optional<Path> catalogue = settings.text("catalogue").flatMap(name -> beside(file, name));
    if (settings.text("catalogue").isPresent() && catalogue.isEmpty()) {
      String name = settings.text("catalogue").get();
      settings.error("catalogue", "there is no readable file " + name + " beside " + file);
    }
    Optional<TlsConf> tls = TlsFiles.check(file, settings, startsFrontend(settings, starts));
    Optional<NodeTlsConf> nodeTls =
        NodeTlsFiles.check(file, settings, names(settings).filter(starts).toList());
    return settings.errors().isEmpty()
        ? new Loaded(conf(settings, catalogue, tls, nodeTls))
        : new Invalid(settings.errors());
  }

  /**
   * The files that a conf names, which may not be there. For who has loaded it.
   *
   * @throws IOException if it has become unreadable, or wrong
   */
  public static List<NamedFile> files(Path file) throws IOException {
    Settings settings = new Settings();
    if (read(file, settings)) {
      settings.check();
    }
    if (!settings.errors().isEmpty()) {
      throw new IOException(settings.errors().get(0).toString());
    }
    return settings.files();
  }

  private static boolean startsFrontend(Settings settings, Predicate<String> starts) {
    return IntStream.range(0, settings.nodeCount())
        .filter(node -> settings.roles(node).contains(Role.FRONTEND))
        .mapToObj(node -> settings.text(Settings.node(node) + ".name"))
        .anyMatch(name -> name.filter(starts).isPresent());
  }

  private static Stream<String> names(Settings settings) {
    return IntStream.range(0, settings.nodeCount())
        .mapToObj(node -> settings.text(Settings.node(node) + ".name"))
        .flatMap(Optional::stream);
  }

  /** A file that is there and can be read. */
  static Optional<Path> beside(Path file, String name) {
    return named(file, name).filter(path -> Files.isRegularFile(path) && Files.isReadable(path));
  }

  /** Where a file is, if it is there at all. */
  static Optional<Path> named(Path file, String name) {
    try {
      return Optional.of(file.toAbsolutePath().resolveSibling(name).normalize());
    } catch (InvalidPathException notInTheLocale) {
      return Optional.empty();
    }
  }

  private static boolean read(Path file, Settings settings) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        settings.error(file.toString(), "is larger than " + MAX_FILE_BYTES + " bytes");
        return false;
      }
      return ConfText.read(file.toString(), Files.readAllBytes(file), settings);
    } catch (NoSuchFileException missing) {
      settings.error(file.toString(), "there is no such file");
    } catch (IOException unreadable) {
      settings.error(file.toString(), "cannot be read: " + unreadable.getMessage());
    }
    return false;
  }

  private static Conf conf(
      Settings settings,
      Optional<Path> catalogue,
      Optional<TlsConf> tls,
      Optional<NodeTlsConf> nodeTls) {
    List<NodeConf> nodes = new ArrayList<>();
    for (int i = 0; i < settings.nodeCount(); i++) {
      nodes.add(node(settings, i, tls.isPresent()));
    }
    return new Conf(
        settings.text("cluster").orElseThrow(),
        nodes,
        new RaftConf(
            number(settings, "raft.electionTimeoutMinMillis"),
            number(settings, "raft.electionTimeoutMaxMillis")),
        new RestockConf(
            settings.flag("restock.enabled"),
            number(settings, "restock.everySeconds"),
            number(settings, "restock.threshold"),
            settings.number("restock.level")),
        Labels.constant(Balancing.class, settings.text("balancing").orElseThrow()),
        new CacheConf(settings.flag("cache.enabled")),
        new LimitsConf(number(settings, "limits.buysPerMinute")),
        Labels.constant(LogFormat.class, settings.text("log.format").orElseThrow()),
        settings.texts("admin.token").stream().map(AdminToken::new).toList(),
        catalogue,
        tls,
        nodeTls);
  }

  private static NodeConf node(Settings settings, int index, boolean https) {
    String node = Settings.node(index);
    return new NodeConf(
        settings.text(node + ".name").orElseThrow(),
        settings.text(node + ".host").orElseThrow(),
        settings.roles(index),
        port(settings, node + ".http.port"),
        port(settings, node + ".raft.port"),
        port(settings, node + ".hazelcast.port"),
        number(settings, node + ".eventBus.port"),
        https,
        settings.text(node + ".http.url").map(url -> url.replaceFirst("/$", "")),
        port(settings, node + ".management.port"));
  }

  private static OptionalInt port(Settings settings, String path) {
    return settings.number(path).map(OptionalInt::of).orElse(OptionalInt.empty());
  }

  private static int number(Settings settings, String path) {
    return settings.number(path).orElseThrow();
  }

  private ConfLoader() {}
}
