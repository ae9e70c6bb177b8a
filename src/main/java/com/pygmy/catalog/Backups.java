package com.pygmy.catalog;

import com.pygmy.store.CatalogStore;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.BackupOpened;
import com.pygmy.wire.Message.BackupRead;
import com.pygmy.wire.RequestMark;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of this replica's database on their way to those who back the store up. At most {@value
 * #MAX_COPIES} at a time, of which one is being made; one that nobody has read from for {@value
 * #IDLE_SECONDS} s is deleted, and at the start all that are there. Belongs to one event loop; the
 * disk is worked on elsewhere.
 */
final class Backups {

  static final int MAX_COPIES = 2;

  /** Longer than a frontend keeps a connection on which nothing moves. */
  static final long IDLE_SECONDS = 60;

  static final long SWEEP_MILLIS = 5_000;

  /** What must stay free on the disk, for the log and the database have to go on. */
  private static final long SPARE_BYTES = 64L << 20;

  private static final Logger log = LoggerFactory.getLogger(Backups.class);

  private final CatalogStore store;
  private final Path folder;
  private final LongSupplier nanoClock;
  private final Map<String, Copy> copies = new HashMap<>();
  private boolean making;
  private long lastNumber;

  private static final class Copy {
    final Path file;
    final BackupOpened opened;
    long readAtNanos;

    Copy(Path file, BackupOpened opened) {
      this.file = file;
      this.opened = opened;
    }
  }

  Backups(CatalogStore store, Path folder, LongSupplier nanoClock) {
    this.store = store;
    this.folder = folder;
    this.nanoClock = nanoClock;
  }

  /**
   * A copy that contains whatever this replica has applied, so to be called after a read point. The
   * database follows behind: it is waited for.
   *
   * @param withinMillis what is made later than that nobody waits for: it is deleted at once
   */
  Future<Message> open(Vertx vertx, long withinMillis) {
    long startNanos = nanoClock.getAsLong();
    // Two at once would both be told that there is room for one.
    if (making) {
      return unavailable("a back-up is being made by this replica already");
    } else if (copies.size() >= MAX_COPIES) {
      return unavailable(MAX_COPIES + " back-ups are being taken from this replica already");
    }
    making = true;
    RequestMark mark = RequestMark.current();
    Path file = folder.resolve("backup-" + ++lastNumber);
    return Future.fromCompletionStage(
            store.whenWritten(store.applied().index()), vertx.getOrCreateContext())
        .compose(written -> blocking(vertx, () -> make(file, startNanos, withinMillis)))
        .onComplete(done -> making = false)
        .map(
            copy -> {
              copy.readAtNanos = nanoClock.getAsLong();
              copies.put(copy.opened.backup(), copy);
              return (Message) copy.opened;
            })
        .recover(
            failure -> {
              mark.around(() -> log.warn("no back-up could be taken: {}", failure.getMessage()));
              return unavailable("no back-up could be taken: " + failure.getMessage());
            });
  }

  private Copy make(Path file, long startNanos, long withinMillis) throws IOException {
    requireInTime(startNanos, withinMillis);
    Files.createDirectories(folder);
    long needed = store.fileBytes() + SPARE_BYTES;
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < needed) {
      throw new IOException("%d bytes are free, %d are needed".formatted(free, needed));
    }
    try {
      store.exportTo(file);
      String sha256 = sha256(file);
      requireInTime(startNanos, withinMillis);
      // What it is comes first: after a restart no other copy has this name.
      String name = sha256 + "-" + file.getFileName();
      return new Copy(file, new BackupOpened(name, Files.size(file), sha256));
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  private void requireInTime(long startNanos, long withinMillis) throws IOException {
    long millis = TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - startNanos);
    if (millis >= withinMillis) {
      throw new IOException("after %d ms nobody waits for it any more".formatted(millis));
    }
  }

  /** A part of a copy. */
  Future<Message> read(Vertx vertx, Message.ReadBackup part) {
    Copy copy = copies.get(part.backup());
    if (copy == null) {
      return unavailable("back-up " + part.backup() + " is gone");
    }
    boolean fits =
        part.length() >= 1
            && part.length() <= Message.MAX_BACKUP_CHUNK
            && part.offset() >= 0
            && part.offset() <= copy.opened.length() - part.length();
    if (!fits) {
      return unavailable("%d bytes at %d".formatted(part.length(), part.offset()));
    }
    copy.readAtNanos = nanoClock.getAsLong();
    return blocking(vertx, () -> new BackupRead(read(copy.file, part.offset(), part.length())));
  }

  private static Buffer read(Path file, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      while (bytes.hasRemaining()) {
        if (in.read(bytes, offset + bytes.position()) < 0) {
          throw new IOException(file + " is shorter than it was");
        }
      }
    }
    return Buffer.buffer(bytes.array());
  }

  /** The copy is not needed any more. */
  Future<Message> close(Vertx vertx, String name) {
    Copy copy = copies.remove(name);
    Message done = new BackupRead(Buffer.buffer());
    return copy == null
        ? Future.succeededFuture(done)
        : blocking(vertx, () -> Files.deleteIfExists(copy.file)).map(done);
  }

  /** Gives up what nobody has read from for long. To be called now and then. */
  void closeIdle(Vertx vertx) {
    long now = nanoClock.getAsLong();
    List<String> idle =
        copies.entrySet().stream()
            .filter(
                entry ->
                    now - entry.getValue().readAtNanos > TimeUnit.SECONDS.toNanos(IDLE_SECONDS))
            .map(Map.Entry::getKey)
            .toList();
    for (String name : idle) {
      log.warn("back-up {} was abandoned", name);
      close(vertx, name).onFailure(failure -> log.warn("deleting {}", name, failure));
    }
  }

  /** Deletes every copy, also those that an earlier process has left. */
  Future<Void> clear(Vertx vertx) {
    copies.clear();
    return blocking(
        vertx,
        () -> {
          if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
              for (Path file : files.toList()) {
                Files.delete(file);
              }
            }
          }
          return null;
        });
  }

  private static <T> Future<T> blocking(Vertx vertx, Callable<T> work) {
    return vertx.executeBlocking(work, false);
  }

  private static Future<Message> unavailable(String why) {
    return Future.succeededFuture(new Message.Unavailable(why));
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
