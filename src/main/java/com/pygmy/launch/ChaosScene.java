package com.pygmy.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What a run leaves if nobody clears it away. Closed once, by whoever comes first. */
final class ChaosScene implements AutoCloseable {
  private final Path folder;
  private final boolean isOurs;
  private final List<AutoCloseable> owned = new ArrayList<>();
  private boolean kept;
  private boolean closed;

  ChaosScene(Path folder, boolean isOurs) {
    this.folder = folder;
    this.isOurs = isOurs;
  }

  Path folder() {
    return folder;
  }

  synchronized void owns(AutoCloseable one) {
    owned.add(one);
  }

  /** The folder, which is not removed any more. */
  synchronized Path keep() {
    kept = true;
    return folder;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (int i = owned.size() - 1; i >= 0; i--) {
      try {
        owned.get(i).close();
      } catch (Exception e) {
        System.err.println("not cleaned up: " + e.getMessage());
      }
    }
    if (isOurs && !kept) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      } catch (IOException e) {
        System.err.println("not cleaned up: " + e.getMessage());
      }
    }
  }
}
