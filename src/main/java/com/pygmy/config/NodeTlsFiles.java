package com.pygmy.config;

import com.pygmy.config.Conf.NodeTlsConf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files by which nodes know each other. Those of a node are read before it starts: one that the
 * others would not believe is told so here, and not by silence.
 */
final class NodeTlsFiles {

  private static final String CERTIFICATE = "nodeTls.certificate";
  private static final String KEY = "nodeTls.key";
  private static final String AUTHORITIES = "nodeTls.authorities";

  private NodeTlsFiles() {}

  /**
   * What the settings name, beside the conf file; reports what is wrong with it.
   *
   * @param started the nodes whose files are read; those of others need not be there
   */
  static Optional<NodeTlsConf> check(Path conf, Settings settings, List<String> started) {
    Map<String, Path> paths = new LinkedHashMap<>();
    for (String key : List.of(CERTIFICATE, KEY, AUTHORITIES)) {
      path(conf, settings, key).ifPresent(path -> paths.put(key, path));
    }
    if (paths.size() < 3) {
      return Optional.empty();
    }
    NodeTlsConf named =
        new NodeTlsConf(paths.get(CERTIFICATE), paths.get(KEY), paths.get(AUTHORITIES));
    // Nodes may share their files.
    started.stream()
        .map(named::of)
        .distinct()
        .flatMap(files -> complaint(files).stream())
        .distinct()
        .toList()
        .forEach(error -> settings.error(error.keyPath(), error.message()));
    return Optional.of(named);
  }

  private static Optional<Path> path(Path conf, Settings settings, String key) {
    Optional<String> name = settings.text(key);
    if (name.isEmpty()) {
      Optional<String> other =
          Stream.of(CERTIFICATE, KEY, AUTHORITIES)
              .filter(path -> settings.text(path).isPresent())
              .findFirst();
      if (settings.isAbsent(key) && other.isPresent()) {
        settings.error(key, "is missing: " + other.get() + " needs it");
      }
      return Optional.empty();
    }
    Optional<Path> path = ConfLoader.named(conf, name.get());
    if (path.isEmpty()) {
      settings.error(key, "there is no readable file " + name.get() + " beside " + conf);
    }
    return path;
  }

  private static Optional<ConfError> complaint(NodeTlsConf files) {
    String key = CERTIFICATE;
    try {
      var chain = TlsFiles.certificates(readable(files.certificate()));
      key = KEY;
      var unusedKey = TlsFiles.key(readable(files.key()), chain.get(0).getPublicKey());
      key = AUTHORITIES;
      var unusedAuthorities = TlsFiles.certificates(readable(files.authorities()));
      key = CERTIFICATE;
      var unused = NodeCredentials.read(files);
      return Optional.empty();
    } catch (IOException wrong) {
      return Optional.of(new ConfError(key, wrong.getMessage()));
    }
  }

  private static Path readable(Path file) throws IOException {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IOException("there is no readable file " + file);
    }
    return file;
  }
}
