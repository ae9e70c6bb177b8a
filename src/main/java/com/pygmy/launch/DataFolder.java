package com.pygmy.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The folder that holds everything that a cluster on this machine keeps, one folder a node. */
record DataFolder(Path root) {

  DataFolder {
    root = root.toAbsolutePath().normalize();
  }

  NodeFolder node(String name) {
    return new NodeFolder(name, root.resolve(name));
  }

  /** The folders that a node has claimed at some time, by name. */
  List<NodeFolder> nodes() {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(root)) {
      return children
          .filter(child -> Files.exists(child.resolve(NodeFolder.LOCK)))
          .map(child -> node(child.getFileName().toString()))
          .sorted(java.util.Comparator.comparing(NodeFolder::name))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  PidFile supervisor() {
    return PidFile.ofSupervisor(root);
  }

  Path supervisorLock() {
    return root.resolve("supervisor.lock");
  }

  Path supervisorLog() {
    return root.resolve("supervisor.log");
  }

  /** There while a restore is under way, or since one was interrupted: nothing may start then. */
  Path restoring() {
    return root.resolve("restoring");
  }

  String interruptedRestore() {
    return "a restore into %s was interrupted; remove it with 'launcher/pygmy reset --yes --data %s',"
            .formatted(root, root)
        + " and restore again";
  }

  /** See {@link Roster}. */
  Path roster() {
    return root.resolve("roster");
  }

  Path rosterLock() {
    return root.resolve("roster.lock");
  }

  Path adminToken() {
    return root.resolve("admin-token");
  }

  /** What one node keeps. */
  record NodeFolder(String name, Path path) {

    static final String LOCK = "lock";

    Path lock() {
      return path.resolve(LOCK);
    }

    Path log() {
      return path.resolve("log").resolve("node.log");
    }

    /** What its frontend shows over HTTPS, if it speaks it. */
    Path certificate() {
      return path.resolve("certificate.pem");
    }

    PidFile pidFile() {
      return PidFile.ofNode(path);
    }
  }
}
