package com.pygmy.chaos;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** Damages what a node keeps of the catalog, as a bad disk does. The node does not run. */
final class Damage {

  private static final int MOST_BYTES = 4_096;

  private Damage() {}

  /**
   * Overwrites a piece of the database or of the newest segment of the log, or cuts off its end.
   *
   * @param folder of the node
   * @return what was done
   */
  static String some(Path folder, long dice) throws IOException {
    Random random = new Random(dice);
    Path catalog = folder.resolve("catalog");
    Path database = catalog.resolve("catalog.db");
    Optional<Path> segment = random.nextBoolean() ? newestSegment(catalog) : Optional.empty();
    Path file = segment.orElse(database);
    if (!Files.exists(file)) {
      return "nothing: there is no " + file.getFileName();
    }
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long used = used(bytes);
      long at = (long) (random.nextDouble() * used);
      if (random.nextBoolean()) {
        byte[] noise = new byte[1 + random.nextInt(MOST_BYTES)];
        random.nextBytes(noise);
        bytes.seek(at);
        bytes.write(noise, 0, (int) Math.min(noise.length, Math.max(1, used - at)));
        return "%s: noise at byte %d of %d".formatted(file.getFileName(), at, used);
      }
      bytes.setLength(at);
      return "%s: cut off at byte %d of %d".formatted(file.getFileName(), at, used);
    }
  }

  /** Without the zeros at the end, which a log has ahead of what it will write. */
  private static long used(RandomAccessFile bytes) throws IOException {
    byte[] block = new byte[MOST_BYTES];
    for (long end = bytes.length(); end > 0; end -= Math.min(end, MOST_BYTES)) {
      int size = (int) Math.min(end, MOST_BYTES);
      bytes.seek(end - size);
      bytes.readFully(block, 0, size);
      for (int i = size - 1; i >= 0; i--) {
        if (block[i] != 0) {
          return end - size + i + 1;
        }
      }
    }
    return 0;
  }

  private static Optional<Path> newestSegment(Path catalog) throws IOException {
    try (Stream<Path> files = Files.walk(catalog)) {
      List<Path> segments =
          files.filter(file -> file.getFileName().toString().matches("log_\\w+.*")).toList();
      return segments.stream()
          .filter(file -> file.getFileName().toString().startsWith("log_inprogress"))
          .findFirst()
          .or(() -> segments.stream().max(Comparator.comparing(Path::toString)));
    }
  }

  /** Deletes everything of a node. */
  static void wipe(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
