package com.pygmy.store;

import com.pygmy.domain.Book;
import com.pygmy.domain.Catalog;
import com.pygmy.domain.Outcome;
import com.pygmy.replication.Position;
import com.pygmy.store.Portion.Bound;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The thread that writes the catalog's database, and the only one: takes what was applied, portion
 * by portion, each in one transaction together with the position that it reaches; prunes dropped
 * outcomes; takes checkpoints.
 *
 * <p>A checkpoint of SQLite with {@code synchronous=NORMAL} syncs the WAL, copies its pages into
 * the database, and, when it got to the end of the WAL, syncs the database. Only then does {@link
 * #durable} move. A reader may keep it from getting there; it is tried again soon.
 */
final class CatalogWriter {
  private static final int ROWS_PER_BATCH = 1_000;

  /** Not REPLACE: that would look like a new book to the triggers that keep the words. */
  private static final String REVISED =
      "title = excluded.title, author = excluded.author, topic = excluded.topic,"
          + " price_cents = excluded.price_cents, initial_stock = excluded.initial_stock,"
          + " restocked = excluded.restocked, sold = excluded.sold, version = excluded.version";

  /** Dropped outcomes deleted with a transaction: a few, or twice as many as come in. */
  private static final int PRUNED_AT_LEAST = 1_000;

  private static final long CHECKPOINT_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Connection connection;
  private final WriteBehind queue;
  private final CatalogStore.Settings settings;
  private final LongSupplier nanoClock;
  private final Thread thread;
  private final Consumer<Throwable> onFatal;
  private final PreparedStatement putBook;
  private final PreparedStatement putSale;
  private final PreparedStatement putOutcome;
  private final PreparedStatement dropOutcome;
  private final PreparedStatement putReached;
  private final PreparedStatement prune;
  private Optional<String> storeId;
  private long oldestOutcome;
  private long nextCheckpointNanos;
  private boolean retrying;
  private volatile Position durable;

  /**
   * @param connection the writer's own from now on
   * @param durable the position of the database, which a checkpoint covers
   */
  CatalogWriter(
      Connection connection,
      WriteBehind queue,
      CatalogStore.Settings settings,
      LongSupplier nanoClock,
      Position durable,
      Consumer<Throwable> onFatal)
      throws SQLException {
    this.connection = connection;
    this.queue = queue;
    this.settings = settings;
    this.nanoClock = nanoClock;
    this.durable = durable;
    this.onFatal = onFatal;
    putBook =
        connection.prepareStatement(
            "INSERT INTO books (%s) VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET %s"
                .formatted(CatalogDatabase.BOOK_COLUMNS, REVISED));
    putSale =
        connection.prepareStatement(
            "INSERT INTO sales (" + CatalogDatabase.SALE_COLUMNS + ") VALUES (?,?,?,?,?,?,?)");
    putOutcome =
        connection.prepareStatement(
            "INSERT OR REPLACE INTO outcomes (key, fingerprint, idx, kind, payload)"
                + " VALUES (?,?,?,?,?)");
    dropOutcome = connection.prepareStatement("DELETE FROM outcomes WHERE key = ?");
    putReached = connection.prepareStatement("UPDATE reached SET term = ?, idx = ?, at = ?");
    prune =
        connection.prepareStatement(
            "DELETE FROM outcomes WHERE key IN"
                + " (SELECT key FROM outcomes WHERE idx < ? ORDER BY idx LIMIT ?)");
    storeId = CatalogDatabase.storeId(connection);
    oldestOutcome = oldestOutcome();
    nextCheckpointNanos = Long.MAX_VALUE;
    thread = new Thread(this::run, "catalog-writer");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  Position durable() {
    return durable;
  }

  /** Waits until everything taken in is written and checkpointed, or writing has failed. */
  void join() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** After {@link #join}; as the last connection it removes the WAL. */
  void closeConnection() throws SQLException {
    connection.close();
  }

  private void run() {
    try {
      while (!queue.isClosed()) {
        Portion portion = queue.take(untilCheckpoint());
        if (!portion.isEmpty()) {
          write(portion);
          queue.committed();
          checkpointWithin(TimeUnit.MILLISECONDS.toNanos(settings.checkpointMillis()));
        }
        checkpointIfDue();
      }
      checkpoint("PASSIVE");
    } catch (Throwable e) {
      // Whatever it was: what is in memory can no longer get to the disk.
      queue.fail(e);
      onFatal.accept(e);
    } finally {
      queue.abandonWaiting();
    }
  }

  /** One transaction: a crash leaves all of the portion and its position, or nothing. */
  private void write(Portion portion) throws SQLException {
    connection.setAutoCommit(false); // begins, at once
    writeOutcomes(portion.outcomes);
    for (String key : portion.superseded) {
      dropOutcome.setString(1, key);
      dropOutcome.addBatch();
    }
    dropOutcome.executeBatch();
    writeBooks(portion.books.values());
    if (!portion.storeId.equals(storeId) && portion.storeId.isPresent()) {
      writeStoreId(portion.storeId.get());
    }
    putReached.setLong(1, portion.position.term());
    putReached.setLong(2, portion.position.index());
    putReached.setLong(3, portion.at);
    putReached.executeUpdate();
    pruneBefore(
        portion.position.index() - Catalog.OUTCOME_HORIZON,
        Math.max(PRUNED_AT_LEAST, 2 * portion.outcomes.size()));
    connection.setAutoCommit(true); // commits; commit() would begin the next one as well
  }

  private void writeOutcomes(Collection<Bound> bounds) throws SQLException {
    int sales = 0;
    int others = 0;
    for (Bound bound : bounds) {
      if (bound.recorded().outcome() instanceof Outcome.Sold sold) {
        CatalogDatabase.bindSale(putSale, sold.order(), bound.recorded());
        putSale.addBatch();
        sales = flushWhenFull(putSale, sales + 1);
      } else {
        OutcomeText.Text text = OutcomeText.write(bound.recorded().outcome());
        putOutcome.setString(1, bound.key());
        putOutcome.setBytes(2, CatalogDatabase.bytes(bound.recorded().fingerprint()));
        putOutcome.setLong(3, bound.recorded().index());
        putOutcome.setString(4, text.kind());
        putOutcome.setString(5, text.payload());
        putOutcome.addBatch();
        others = flushWhenFull(putOutcome, others + 1);
        oldestOutcome = Math.min(oldestOutcome, bound.recorded().index());
      }
    }
    putSale.executeBatch();
    putOutcome.executeBatch();
  }

  private void writeBooks(Collection<Book> books) throws SQLException {
    int rows = 0;
    for (Book book : books) {
      putBook.setInt(1, book.id().value());
      putBook.setString(2, book.title());
      putBook.setString(3, book.author());
      putBook.setString(4, book.topic());
      putBook.setLong(5, book.priceCents());
      putBook.setInt(6, book.initialStock());
      putBook.setLong(7, book.restocked());
      putBook.setLong(8, book.sold());
      putBook.setLong(9, book.version());
      putBook.addBatch();
      rows = flushWhenFull(putBook, rows + 1);
    }
    putBook.executeBatch();
  }

  /** Keeps the parameters of a batch from piling up in memory. */
  private static int flushWhenFull(PreparedStatement statement, int rows) throws SQLException {
    if (rows < ROWS_PER_BATCH) {
      return rows;
    }
    statement.executeBatch();
    return 0;
  }

  private void writeStoreId(String id) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO meta (key, value) VALUES ('store_id', ?)")) {
      insert.setString(1, id);
      insert.executeUpdate();
    }
    storeId = Optional.of(id);
  }

  /** Outcomes older than the horizon bind nothing any more, on no replica, so they may go. */
  private void pruneBefore(long index, int most) throws SQLException {
    if (oldestOutcome >= index) {
      return;
    }
    prune.setLong(1, index);
    prune.setInt(2, most);
    prune.executeUpdate();
    oldestOutcome = oldestOutcome();
  }

  private long oldestOutcome() throws SQLException {
    return SqliteFile.number(
        connection, "SELECT coalesce(min(idx), " + Long.MAX_VALUE + ") FROM outcomes");
  }

  private long untilCheckpoint() {
    return nextCheckpointNanos == Long.MAX_VALUE
        ? TimeUnit.MINUTES.toNanos(1)
        : Math.max(0, nextCheckpointNanos - nanoClock.getAsLong());
  }

  private void checkpointWithin(long nanos) {
    nextCheckpointNanos = Math.min(nextCheckpointNanos, nanoClock.getAsLong() + nanos);
  }

  private void checkpointIfDue() throws SQLException {
    if (nextCheckpointNanos == Long.MAX_VALUE) {
      return;
    }
    boolean due = nanoClock.getAsLong() >= nextCheckpointNanos;
    // After an incomplete one the WAL may be long for a while; trying at once would only sync it.
    if (due || (!retrying && pagesToCopy() >= settings.checkpointPages())) {
      retrying = !checkpoint("PASSIVE");
      nextCheckpointNanos =
          retrying ? nanoClock.getAsLong() + CHECKPOINT_RETRY_NANOS : Long.MAX_VALUE;
    }
  }

  /** Pages in the WAL that the database does not have yet. */
  private int pagesToCopy() throws SQLException {
    return checkpoint(connection, "NOOP").missing();
  }

  /** Moves {@link #durable} to the last transaction, if every page of it got into the database. */
  private boolean checkpoint(String mode) throws SQLException {
    Position covered = queue.written();
    Checkpoint done = checkpoint(connection, mode);
    if (done.isComplete()) {
      durable = covered;
    }
    return done.isComplete();
  }

  /** What {@code PRAGMA wal_checkpoint} answers: pages in the WAL, pages of them copied. */
  record Checkpoint(boolean busy, int pages, int copied) {
    boolean isComplete() {
      return !busy && pages >= 0 && pages == copied;
    }

    int missing() {
      return pages - copied;
    }
  }

  /** Outside of any transaction; nothing else may write meanwhile. */
  static Checkpoint checkpoint(Connection connection, String mode) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
      row.next();
      return new Checkpoint(row.getInt(1) != 0, row.getInt(2), row.getInt(3));
    }
  }
}
