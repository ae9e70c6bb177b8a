package com.pygmy.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What came and went since {@code up}: nodes that the supervisor of a data folder looks after
 * beside those of its conf, each with the conf that names it, and nodes of its conf that it leaves
 * alone. A file of the data folder, so it outlives the supervisor; one line a node, {@code add NAME
 * CONF} or {@code remove NAME}. Commands replace it in one step, under {@link
 * DataFolder#rosterLock}; the supervisor reads it.
 *
 * @param changes by name; a conf: added, none: removed
 */
record Roster(Map<String, Optional<Path>> changes) {

  private static final String ADD = "add";
  private static final String REMOVE = "remove";

  Roster {
    changes = Map.copyOf(changes);
  }

  /**
   * Empty, if there is no file.
   *
   * @throws IOException if there is one that is none of ours, or empty, or cannot be read
   */
  static Roster read(DataFolder data) throws IOException {
    Map<String, Optional<Path>> changes = new TreeMap<>();
    try {
      List<String> lines = Files.readAllLines(data.roster());
      if (lines.isEmpty()) {
        throw new IOException(data.roster() + " is empty: what it said was lost");
      }
      for (String line : lines) {
        String[] words = line.split(" ", 3);
        if (words.length == 3 && words[0].equals(ADD)) {
          changes.put(words[1], Optional.of(Path.of(words[2])));
        } else if (words.length == 2 && words[0].equals(REMOVE)) {
          changes.put(words[1], Optional.empty());
        } else {
          throw new IOException(data.roster() + " has a line that says nothing: " + line);
        }
      }
    } catch (NoSuchFileException none) {
      return new Roster(Map.of());
    }
    return new Roster(changes);
  }

  /**
   * The same, but for one node.
   *
   * @param conf that names the node if it is added, whole
   */
  Roster with(String node, Optional<Path> conf) {
    Map<String, Optional<Path>> changed = new TreeMap<>(changes);
    changed.put(node, conf);
    return new Roster(changed);
  }

  /** Durable when it returns. */
  void write(DataFolder data) throws IOException {
    if (changes.isEmpty()) {
      Files.deleteIfExists(data.roster());
      RestoredFolders.sync(data.root());
      return;
    }
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(changes)
        .forEach(
            (node, conf) ->
                lines
                    .append(
                        conf.map(path -> ADD + " " + node + " " + path).orElse(REMOVE + " " + node))
                    .append('\n'));
    Path draft = data.roster().resolveSibling("roster.new");
    Files.writeString(draft, lines);
    RestoredFolders.sync(draft);
    Files.move(
        draft, data.roster(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    RestoredFolders.sync(data.root());
  }
}
