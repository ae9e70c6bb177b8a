package com.pygmy.deploy;

import com.pygmy.config.Conf.NodeTlsConf;
import com.pygmy.config.ConfLoader;
import com.pygmy.config.NamedFile;
import com.pygmy.config.NodeConf;
import com.pygmy.config.Role;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that a node is started from: the jar, the launcher, the conf, and the files that the conf
 * names relative to itself. What it names from the root is expected on the host.
 *
 * @param id of what is in it: the same for the same
 * @param files by their place in it
 */
public record Release(String id, SortedMap<String, Content> files) {

  static final String CONF = "conf/shop.json";

  private static final String TLS_KEY = "tls.key";
  private static final int ID_CHARS = 12;

  /** What is in a file. */
  public record Content(Path file, String hash) {}

  public Release {
    files = new TreeMap<>(files);
  }

  /**
   * For one node.
   *
   * @throws IOException if something is not there, or cannot be put below another folder
   */
  public static Release of(NodeConf node, Path jar, Path launcher, Path conf) throws IOException {
    SortedMap<String, Content> files = new TreeMap<>();
    files.put("target/pygmy.jar", content(jar));
    files.put("launcher/pygmy", content(launcher));
    files.put(CONF, content(conf));
    for (NamedFile named : ConfLoader.files(conf)) {
      boolean isForOthers = named.node().filter(name -> !name.equals(node.name())).isPresent();
      // Nobody else reads it.
      boolean isUnread = named.key().equals(TLS_KEY) && !node.has(Role.FRONTEND);
      Path relative = Path.of(named.name().replace(NodeTlsConf.NODE, node.name()));
      if (!relative.isAbsolute() && !isForOthers && !isUnread) {
        String place = "conf/" + inside(named, relative.normalize());
        Content content = content(conf.toAbsolutePath().resolveSibling(relative));
        Content other = files.putIfAbsent(place, content);
        if (other != null && !other.hash().equals(content.hash())) {
          throw new IOException(named.key() + ": another file than the conf would be " + place);
        }
      }
    }
    StringBuilder lines = new StringBuilder();
    files.forEach((place, content) -> lines.append(place + " " + content.hash() + "\n"));
    MessageDigest digest = sha256();
    digest.update(lines.toString().getBytes(StandardCharsets.UTF_8));
    return new Release(HexFormat.of().formatHex(digest.digest()).substring(0, ID_CHARS), files);
  }

  /** Of what is in each file, each once. */
  public List<String> hashes() {
    return files.values().stream().map(Content::hash).distinct().toList();
  }

  /** For the step that puts it together. */
  public List<String> words() {
    List<String> words = new ArrayList<>(List.of(id));
    files.forEach((place, content) -> words.addAll(List.of(place, content.hash())));
    return words;
  }

  private static Path inside(NamedFile named, Path relative) throws IOException {
    if (relative.startsWith("..")) {
      throw new IOException(
          named.key() + ": " + named.name() + " does not lie beside the conf, or below");
    }
    return relative;
  }

  private static Content content(Path file) throws IOException {
    return new Content(file, hash(file));
  }

  /** The SHA-256 of what is in a file, as {@code sha256sum} writes it. */
  public static String hash(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream bytes = new DigestInputStream(Files.newInputStream(file), digest)) {
      bytes.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }
}
