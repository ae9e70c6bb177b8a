package com.pygmy.launch;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A log that another process appends to through its standard output, kept from growing without end.
 * The file is emptied in place, as its writer keeps it open and outlives us: what it writes between
 * the copy and the cut, some microseconds, is lost. A pipe through us would lose nothing, but end
 * with us.
 */
record LogFile(Path file) {

  static final long MAX_BYTES = 16L << 20;
  static final int KEPT = 3;

  private static final int TAIL_BYTES = 64 << 10;

  /** Moves what is there into {@code node.log.1}, and so on, if it is more than the bound. */
  void rotateIfLarge(long maxBytes) throws IOException {
    if (sizeOrZero() <= maxBytes) {
      return;
    }
    for (int i = KEPT - 1; i >= 1; i--) {
      if (Files.exists(numbered(i))) {
        Files.move(numbered(i), numbered(i + 1), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.copy(file, numbered(1), StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
  }

  long sizeOrZero() throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException absent) {
      return 0;
    }
  }

  /** The last lines, none of them written before the offset; nothing if there is no file. */
  List<String> lastLines(int count, long fromOffset) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      long size = log.length();
      long from = Math.max(size - TAIL_BYTES, fromOffset <= size ? fromOffset : 0);
      byte[] tail = new byte[(int) (size - from)];
      log.seek(from);
      log.readFully(tail);
      List<String> lines = new String(tail, StandardCharsets.UTF_8).lines().toList();
      return lines.subList(Math.max(0, lines.size() - count), lines.size());
    }
  }

  private Path numbered(int number) {
    return file.resolveSibling(file.getFileName() + "." + number);
  }
}
