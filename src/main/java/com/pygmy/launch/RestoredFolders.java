package com.pygmy.launch;

import com.pygmy.domain.Origin;
import com.pygmy.launch.DataFolder.NodeFolder;
import com.pygmy.store.CatalogBase;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts the base of a back-up into the folders of the catalog nodes, in a data folder without nodes.
 *
 * <p>All of it is made in {@link DataFolder#restoring}, synced, and then renamed, node by node. As
 * long as that folder is there nothing may be started: a crash in between leaves some nodes with
 * the base and some without.
 *
 * @param nodes that get the base
 * @param besideOthers other nodes may have data there already
 */
record RestoredFolders(DataFolder data, List<String> nodes, boolean besideOthers) {

  /** Why nothing can be restored here; empty if it can. */
  Optional<String> obstacle() {
    if (Files.exists(data.restoring())) {
      return Optional.of(data.interruptedRestore());
    }
    List<String> taken = new ArrayList<>();
    if (!besideOthers) {
      data.nodes().forEach(node -> taken.add(node.name()));
    }
    nodes.stream()
        .filter(name -> Files.exists(data.node(name).path(), LinkOption.NOFOLLOW_LINKS))
        .filter(name -> !taken.contains(name))
        .forEach(taken::add);
    return taken.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "there is data of %s in %s already; name another folder with --data, or remove it with"
                    .formatted(String.join(", ", taken), data.root())
                + " 'launcher/pygmy reset'");
  }

  /**
   * Lays the base of a back-up that was checked. Blocks.
   *
   * @throws IOException if it cannot be written; everything is then removed again
   */
  Origin lay(Path backup) throws IOException {
    List<Path> renamed = new ArrayList<>();
    boolean complete = false;
    try {
      Files.createDirectory(data.restoring());
      sync(data.root());
      Path base = data.restoring().resolve("base.db");
      Origin origin = CatalogBase.make(backup, base);
      for (String name : nodes) {
        prepare(data.restoring().resolve(name), base);
      }
      sync(data.restoring());
      for (String name : nodes) {
        Path folder = data.node(name).path();
        Files.move(data.restoring().resolve(name), folder);
        renamed.add(folder);
      }
      sync(data.root());
      complete = true;
      return origin;
    } finally {
      if (!complete) {
        for (Path folder : renamed) {
          ResetCommand.removeTree(folder);
        }
      }
      if (Files.exists(data.restoring())) {
        ResetCommand.removeTree(data.restoring());
      }
      sync(data.root());
    }
  }

  /** What a node finds at its first start; its lock makes it known as one. */
  private static void prepare(Path node, Path base) throws IOException {
    Path catalog = node.resolve("catalog");
    Files.createDirectories(catalog);
    Files.createFile(node.resolve(NodeFolder.LOCK));
    Path database = catalog.resolve("catalog.db");
    Files.copy(base, database);
    sync(database);
    Files.createFile(catalog.resolve(CatalogReplica.RESTORED));
    sync(catalog);
    sync(node);
  }

  /** Makes a file, or the names in a folder, durable. */
  static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
