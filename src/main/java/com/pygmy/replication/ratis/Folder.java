package com.pygmy.replication.ratis;

import com.pygmy.replication.Position;
import com.pygmy.replication.ratis.Identity.Stage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.SizeInBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a replica's log.
 *
 * <pre>
 * lock         held while a process runs on the folder
 * identity     who this replica is: {@link Identity}
 * storage/     Ratis: &lt;group&gt;/current/ with the segments, term and vote, configuration
 * copies/      copies of the state on their way; emptied at the start
 * aside-N/     a storage that was found damaged, with its identity; kept for people to look at
 * </pre>
 *
 * <b>An empty or damaged folder never votes under an old id.</b> It may have acknowledged entries
 * that are gone; then a majority that counts it is none. So whenever the identity, the storage or a
 * segment is missing or unreadable, everything is set aside and the replica is a new incarnation,
 * FRESH. The one damage that is repaired is a {@link SegmentScan torn tail}: what was being written
 * when the power went was never acknowledged.
 *
 * <p>A replica that was removed from its group starts anew likewise: its log goes, its state stays,
 * and is good for a beginning when it is added again.
 */
final class Folder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Folder.class);
  private static final int MAX_ASIDE = 1_000;

  private final Path root;
  private final FileChannel lockFile;
  private final FileLock lock;
  private Identity identity;

  private Folder(Path root, FileChannel lockFile, FileLock lock) {
    this.root = root;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * Takes the folder, checks it, and sets it aside if it cannot be trusted.
   *
   * @param state the last entry that the state machine contains
   * @throws IOException if another process has the folder, or the disk fails
   */
  static Folder open(Path root, String name, RandomGenerator random, Position state)
      throws IOException {
    Files.createDirectories(root);
    FileChannel lockFile =
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    Folder folder = null;
    try {
      FileLock lock = tryLock(lockFile);
      if (lock == null) {
        throw new IOException("another process runs on " + root);
      }
      folder = new Folder(root, lockFile, lock);
      SafeFiles.deleteTree(folder.copies());
      Files.createDirectories(folder.copies());
      folder.load(name, random, state);
      return folder;
    } finally {
      if (folder == null || folder.identity == null) {
        lockFile.close();
      }
    }
  }

  private static FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException inThisProcess) {
      return null;
    }
  }

  private void load(String name, RandomGenerator random, Position state) throws IOException {
    String damage = null;
    Identity found = null;
    try {
      found = Identity.decode(Files.readAllBytes(identityFile()));
      if (!found.id().name().equals(name)) {
        throw new IOException(
            root + " is the log of replica " + found.id().name() + ", not of " + name);
      }
      damage = found.stage() == Stage.JOINED ? damage(found, state) : null;
      if (found.stage() == Stage.REMOVED) {
        LOG.info("{} was removed from its group: this replica gets a new id", found.id());
        SafeFiles.deleteTree(storage());
        found = null;
      }
    } catch (NoSuchFileException missing) {
      damage = Files.exists(storage()) ? "the identity is missing" : null;
    } catch (Identity.Newer newer) {
      throw new IOException(root + ": " + newer.getMessage(), newer);
    } catch (IllegalArgumentException unreadable) {
      damage = "the identity is unreadable: " + unreadable.getMessage();
    }
    if (damage != null) {
      LOG.error("The log in {} cannot be trusted: {}. This replica gets a new id", root, damage);
      setAside();
    }
    if (damage != null || found == null) {
      found = Identity.fresh(new ReplicaId(name, "%016x".formatted(random.nextLong())));
      SafeFiles.replace(identityFile(), found.encode());
    }
    identity = found;
    Files.createDirectories(storage());
    SafeFiles.sync(root);
    dropLogBehind(state);
  }

  /**
   * Deletes a log that ends before the state does, as after a crash just when a copy was installed.
   * All of it is in the state, and Ratis, which means to delete it, leaves its last segment behind
   * and cannot append after the gap.
   */
  void dropLogBehind(Position state) throws IOException {
    if (identity.stage() == Stage.JOINED) {
      Path current = groupStorage(identity).resolve("current");
      if (SegmentScan.lastIndex(current) < state.index()) {
        SegmentScan.deleteAll(current);
        SafeFiles.sync(current);
      }
    }
  }

  private String damage(Identity joined, Position state) throws IOException {
    Path current = groupStorage(joined).resolve("current");
    if (!Files.isRegularFile(current.resolve("raft-meta"))) {
      return "the storage of its group is missing";
    }
    SegmentScan scan;
    try {
      scan = SegmentScan.of(current, state.index());
    } catch (SegmentScan.Damaged damaged) {
      return damaged.getMessage();
    }
    if (scan.last() < state.index() && state.index() > joined.installed()) {
      return "the log ends at " + scan.last() + ", the state is at " + state.index();
    }
    return null;
  }

  private void setAside() throws IOException {
    for (int i = 1; i <= MAX_ASIDE; i++) {
      Path aside = root.resolve("aside-" + i);
      if (Files.notExists(aside)) {
        Files.createDirectory(aside);
        // The identity goes first: a crash in between leaves a storage without one, set aside
        // again.
        for (Path part : List.of(identityFile(), storage())) {
          if (Files.exists(part)) {
            Files.move(part, aside.resolve(part.getFileName()));
            SafeFiles.sync(root);
          }
        }
        SafeFiles.sync(aside);
        return;
      }
    }
    throw new IOException("there are " + MAX_ASIDE + " damaged logs in " + root + ": look at them");
  }

  synchronized Identity identity() {
    return identity;
  }

  /** Durable when it returns. */
  synchronized Identity change(UnaryOperator<Identity> change) throws IOException {
    Identity changed = change.apply(identity);
    if (!changed.equals(identity)) {
      SafeFiles.replace(identityFile(), changed.encode());
      identity = changed;
    }
    return changed;
  }

  /**
   * From FRESH or PREPARED to JOINED: makes the storage anew. A crash in the middle leaves
   * PREPARED, from where nobody has voted and this can be done again.
   *
   * @param base what the founders began from; empty: from nothing
   * @param state the index that the state is at
   */
  Identity join(UUID foundation, List<ReplicaId> founders, String base, long state)
      throws IOException {
    Identity prepared =
        change(
            now ->
                now.stage() == Stage.PREPARED
                    ? now
                    : now.prepared(foundation, founders, base, state));
    Path group = groupStorage(prepared);
    SafeFiles.deleteTree(group);
    RaftStorage made =
        RaftStorage.newBuilder()
            .setDirectory(group.toFile())
            .setOption(RaftStorage.StartupOption.FORMAT)
            .setLogCorruptionPolicy(RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION)
            .setStorageFreeSpaceMin(SizeInBytes.valueOf(0))
            .build();
    made.initialize();
    made.close();
    SafeFiles.sync(group.resolve("current"));
    SafeFiles.sync(group);
    SafeFiles.sync(storage());
    return change(Identity::joined);
  }

  /** The first index of the log, or -1 if it holds nothing. */
  long firstIndex() throws IOException {
    Identity now = identity();
    if (now.stage() != Stage.JOINED) {
      return -1;
    }
    return SegmentScan.firstIndex(groupStorage(now).resolve("current"));
  }

  Path storage() {
    return root.resolve("storage");
  }

  Path copies() {
    return root.resolve("copies");
  }

  private Path identityFile() {
    return root.resolve("identity");
  }

  private Path groupStorage(Identity of) {
    return storage().resolve(GroupIds.of(of.foundation().orElseThrow()).getUuid().toString());
  }

  @Override
  public void close() throws IOException {
    lock.release();
    lockFile.close();
  }
}
