package com.pygmy.replication.ratis;

import com.pygmy.replication.Position;
import com.pygmy.replication.StateMachine;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of the state for replicas too far behind. One copy exists at a time, shared by all who ask
 * meanwhile; it is made anew when it is too old for the asker, and deleted when nobody has read
 * from it for {@value #IDLE_SECONDS} s. Methods block on the disk.
 */
final class Copies {
  private static final Logger LOG = LoggerFactory.getLogger(Copies.class);
  static final long IDLE_SECONDS = 10;

  private final StateMachine<?> machine;
  private final Path folder;
  private final LongSupplier nanoClock;
  private Shelved shelved;
  private long lastNumber;

  private static final class Shelved {
    final Answer.Copy copy;
    final Path file;
    volatile long lastRead;

    Shelved(Answer.Copy copy, Path file) {
      this.copy = copy;
      this.file = file;
    }
  }

  Copies(StateMachine<?> machine, Path folder, LongSupplier nanoClock) {
    this.machine = machine;
    this.folder = folder;
    this.nanoClock = nanoClock;
  }

  /** A copy that contains the entry {@code minIndex}, if the state does. */
  synchronized Answer open(long minIndex) throws IOException {
    if (shelved == null || shelved.copy.position().index() < minIndex) {
      if (shelved != null && !isIdle()) {
        return new Answer.Refused("another replica is reading an older copy");
      }
      discard();
      shelved = make(++lastNumber);
    }
    shelved.lastRead = nanoClock.getAsLong();
    return shelved.copy;
  }

  private Shelved make(long number) throws IOException {
    Path file = folder.resolve("outgoing-" + number);
    Files.deleteIfExists(file);
    try {
      Position position = machine.exportTo(file);
      Answer.Copy copy = new Answer.Copy(number, position, Files.size(file), sha256(file));
      LOG.info("Copied the state at {}, {} bytes", position, copy.length());
      return new Shelved(copy, file);
    } catch (IOException | RuntimeException failed) {
      Files.deleteIfExists(file);
      throw failed;
    }
  }

  synchronized Answer read(long number, long offset, int length) throws IOException {
    if (shelved == null || shelved.copy.copy() != number) {
      return new Answer.Refused("copy " + number + " is gone");
    }
    if (length < 1 || length > PeerProtocol.MAX_CHUNK_BYTES || offset < 0) {
      return new Answer.Refused("a chunk of " + length + " bytes at " + offset);
    }
    shelved.lastRead = nanoClock.getAsLong();
    long available = Math.max(0, shelved.copy.length() - offset);
    ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(length, available));
    try (FileChannel in = FileChannel.open(shelved.file, StandardOpenOption.READ)) {
      while (chunk.hasRemaining()) {
        if (in.read(chunk, offset + chunk.position()) < 0) {
          throw new IOException(shelved.file + " is shorter than it was");
        }
      }
    }
    return new Answer.Chunk(chunk.flip());
  }

  /** To be called now and then. */
  synchronized void discardIdle() throws IOException {
    if (shelved != null && isIdle()) {
      discard();
    }
  }

  private boolean isIdle() {
    return nanoClock.getAsLong() - shelved.lastRead > TimeUnit.SECONDS.toNanos(IDLE_SECONDS);
  }

  private void discard() throws IOException {
    if (shelved != null) {
      Files.deleteIfExists(shelved.file);
      shelved = null;
    }
  }

  static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
