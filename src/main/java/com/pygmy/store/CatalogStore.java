package com.pygmy.store;

import com.pygmy.domain.Catalog;
import com.pygmy.domain.Command;
import com.pygmy.domain.Effect;
import com.pygmy.domain.Order;
import com.pygmy.domain.Origin;
import com.pygmy.domain.Recorded;
import com.pygmy.domain.Words;
import com.pygmy.replication.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The replicated catalog's state: memory decides, SQLite follows.
 *
 * <p>Books and the outcomes not yet written are in memory, everything is in SQLite, written behind
 * by a thread of its own, in order, in large transactions, each together with the position that it
 * reaches. So there are three positions: {@link #applied} (decided, in memory), {@link #written}
 * (in a committed transaction: survives a kill of the process) and {@link #durable} (covered by a
 * completed checkpoint: survives a power loss). Whoever feeds the store keeps its log from {@link
 * #durable} on and feeds it again after a restart.
 *
 * <p>{@link #apply}, {@link #pass} and {@link #install} are called by one thread at a time; all
 * else by any thread. What says so blocks on the disk and must not be called on an event loop.
 */
public final class CatalogStore implements AutoCloseable {

  /**
   * How much, how often.
   *
   * @param maxUnwrittenOutcomes decided and not yet written; beyond it {@link #apply} blocks
   * @param maxUnwrittenMillis age of the oldest unwritten outcome; beyond it {@link #apply} blocks
   * @param lingerMillis how long a transaction waits for company; costs nobody latency
   * @param checkpointPages pages of 4 KiB in the WAL that call for a checkpoint
   * @param checkpointMillis time after a transaction that calls for a checkpoint
   * @param recentSales the last sales kept in memory; more than may be unwritten
   * @param filterBytes of the filter over all keys, a power of two
   */
  public record Settings(
      int maxUnwrittenOutcomes,
      int maxUnwrittenMillis,
      int lingerMillis,
      int checkpointPages,
      int checkpointMillis,
      int recentSales,
      int filterBytes) {

    /** One entry may overshoot the bound by as many outcomes. */
    private static final int OVERSHOOT = 10_000;

    public Settings {
      if (maxUnwrittenOutcomes < 1
          || maxUnwrittenMillis < 1
          || lingerMillis < 0
          || checkpointPages < 1
          || checkpointMillis < 1
          || filterBytes < Long.BYTES) {
        throw new IllegalArgumentException("a bound is not positive: " + this);
      }
      if (recentSales < maxUnwrittenOutcomes + OVERSHOOT) {
        throw new IllegalArgumentException(
            "recentSales must exceed maxUnwrittenOutcomes by " + OVERSHOOT);
      }
    }

    /** For a node with 256 MB of heap. */
    public static Settings defaults() {
      return new Settings(20_000, 2_000, 100, 4_096, 5_000, 50_000, 8 << 20);
    }
  }

  private final Path file;
  private final Settings settings;
  private final LongSupplier nanoClock;
  private final Consumer<Throwable> onFatal;
  private final AtomicBoolean fatal = new AtomicBoolean();
  private final ReadWriteLock replacing = new ReentrantReadWriteLock();
  private volatile OpenCatalog open;

  private CatalogStore(
      Path file, Settings settings, LongSupplier nanoClock, Consumer<Throwable> onFatal)
      throws IOException {
    this.file = file;
    this.settings = settings;
    this.nanoClock = nanoClock;
    this.onFatal = onFatal;
    CatalogCopy.finishInstall(file);
    this.open = openDatabase();
  }

  /**
   * Opens the database, or makes a new one. Takes time in proportion to its size: it is checked and
   * its keys are read.
   *
   * @param onFatal called once, on the writer's thread, when a write has failed; the store then
   *     takes nothing more and must be closed
   * @throws DamagedDatabaseException if the file cannot be trusted; see {@link #setAside}
   * @throws IOException if it cannot be read now, or was written by a newer program
   */
  public static CatalogStore open(
      Path file, Settings settings, LongSupplier nanoClock, Consumer<Throwable> onFatal)
      throws IOException {
    return new CatalogStore(file, settings, nanoClock, onFatal);
  }

  /**
   * Renames a closed database and what belongs to it, by adding {@code suffix}.
   *
   * @return its new name
   */
  public static Path setAside(Path file, String suffix) throws IOException {
    return SqliteFile.setAside(file, suffix);
  }

  private OpenCatalog openDatabase() throws IOException {
    return OpenCatalog.open(file, settings, nanoClock, this::fail);
  }

  private void fail(Throwable cause) {
    if (fatal.compareAndSet(false, true)) {
      onFatal.accept(cause);
    }
  }

  /**
   * Decides the commands of one entry, in order; a later one sees the outcomes of the earlier ones.
   * Looks old keys up in SQLite, and blocks while too much is unwritten.
   *
   * @param at the entry's time, milliseconds since the epoch
   * @throws IllegalStateException if the entry is not a later one, or nothing can be written any
   *     more
   */
  public List<Effect> apply(Position position, long at, List<Command> commands) {
    return reading(() -> open.apply(position, at, commands));
  }

  /** Passes an entry that has nothing for the catalog. Does not block. */
  public void pass(Position position) {
    open.pass(position);
  }

  /** May new commands be admitted, or is SQLite too far behind? Does not block. */
  public boolean admits() {
    return open.queue().admits();
  }

  /** The last entry in the database when it was opened or installed. */
  public Position restored() {
    return open.restored();
  }

  /** Names the restored state that this is; absent if it is none, or a log has changed it since. */
  public Optional<String> base() {
    OpenCatalog now = open;
    return CatalogBase.isUntouched(now.catalog(), now.applied())
        ? now.catalog().origin().map(Origin::base)
        : Optional.empty();
  }

  /** The last entry applied or passed. Taken before a value is read, the value contains it. */
  public Position applied() {
    return open.applied();
  }

  /** The last entry of the last committed transaction: survives a kill of the process. */
  public Position written() {
    return open.queue().written();
  }

  /** The last entry that survives a power loss. */
  public Position durable() {
    return open.durable();
  }

  /** The books, and which entry it was that left them so. Does not block. */
  public ShelfAsOf shelf() {
    return open.shelf();
  }

  /**
   * The state now, maybe in the middle of an entry; another one after {@link #install}, so do not
   * keep it.
   */
  public Catalog catalog() {
    return open.catalog();
  }

  /** What binds the key now, written or not. Blocks on SQLite, if the key may be there. */
  public Optional<Recorded> outcome(String key) {
    return reading(() -> open.outcome(key));
  }

  /**
   * The sales after {@code number}, consecutive: at least one if there is one, at most {@code
   * limit}. The recent ones come from memory, older ones block on SQLite.
   */
  public List<Order> salesAfter(long number, int limit) {
    if (number < 0 || limit < 1) {
      throw new IllegalArgumentException("sales after %d, limit %d".formatted(number, limit));
    }
    return reading(() -> open.salesAfter(number, limit));
  }

  /**
   * What the entries after {@code index} did to the books, as far back as memory goes. Does not
   * block.
   *
   * @param limit of changes, unless a single entry has more
   */
  public ChangesAfter changesAfter(long index, int limit) {
    return open.changesAfter(index, limit);
  }

  /** The number of the last sale that {@link #salesAfter} gives; 0 if there is none. */
  public long lastOrderNumber() {
    return open.recent().last();
  }

  /**
   * Completes once the entry at {@code index} is in the database, on the writer's thread, which
   * must not be blocked; fails when the store is closed or replaced before.
   */
  public CompletionStage<Void> whenWritten(long index) {
    return open.queue().whenWritten(index);
  }

  /**
   * Completes once the database describes every book (title, author, topic, price) as it is now;
   * sales need not be in it, so it is mostly so at once. On the writer's thread, which must not be
   * blocked; fails when the store is closed or replaced before.
   */
  public CompletionStage<Void> whenDescribed() {
    return open.whenDescribed();
  }

  /**
   * A page of the books that have all these words in title or author, the best first, as the
   * database has them: see {@link #whenDescribed}. Blocks, one search at a time.
   *
   * @param after the last book of the page before; 0 for the first page
   */
  public FoundBooks search(Words words, int after, int limit) {
    return reading(() -> open.search(words, after, limit));
  }

  /** How large the database is, with what is still in its WAL: no copy is larger. Blocks. */
  public long fileBytes() throws IOException {
    return Files.size(file) + SqliteFile.walBytes(file);
  }

  /**
   * Writes a consistent copy, one file, into {@code file}, which does not exist yet, and syncs it.
   * Writing goes on; checkpoints wait. Blocks.
   *
   * @return the last entry that the copy contains, at least {@link #written} of now
   */
  public Position exportTo(Path file) throws IOException {
    Lock lock = replacing.readLock();
    lock.lock();
    try {
      return CatalogCopy.export(this.file, file);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Replaces the state by a copy made with {@link #exportTo}, of the same store (or of any, if this
   * one was not founded yet) and not older. Takes the file away. Blocks. Durable on return; after a
   * crash in between, the store opens with the old state or the new one.
   *
   * @return the last entry that the state now contains
   * @throws IOException if the copy is damaged, older or foreign; the state is then unchanged
   */
  public Position install(Path copy) throws IOException {
    CatalogCopy.Content content = CatalogCopy.verify(copy);
    requireOurs(copy, content);
    Lock lock = replacing.writeLock();
    lock.lock();
    try {
      CatalogCopy.decideInstall(copy, file);
      try {
        open.abandon();
        CatalogCopy.finishInstall(file);
        open = openDatabase();
      } catch (IOException | RuntimeException e) {
        fail(e);
        throw e;
      }
      return open.restored();
    } finally {
      lock.unlock();
    }
  }

  private void requireOurs(Path copy, CatalogCopy.Content content) throws IOException {
    Optional<String> ours = open.catalog().storeId();
    if (ours.isPresent() && !ours.equals(content.storeId())) {
      throw new IOException(
          "copy %s is of store %s, this is store %s"
              .formatted(copy, content.storeId().orElse("(none)"), ours.get()));
    }
    if (content.position().index() < open.applied().index()) {
      throw new IOException(
          "copy %s reaches %s, this state %s".formatted(copy, content.position(), open.applied()));
    }
  }

  /** Writes what is there, takes a checkpoint, closes the database. Blocks. */
  @Override
  public void close() {
    open.close();
  }

  private <T> T reading(Supplier<T> read) {
    Lock lock = replacing.readLock();
    lock.lock();
    try {
      return read.get();
    } finally {
      lock.unlock();
    }
  }
}
