package com.pygmy.store;

import com.pygmy.replication.Position;
import com.pygmy.store.SqliteFile.Access;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.sqlite.SQLiteConnection;

/**
 * Copies of the catalog's database, as they go from one replica to another.
 *
 * <p>The steps of an installation, each made to last before the next: the copy is checked and
 * synced where it is; it takes the name {@code …-install} beside the database, which decides the
 * installation; the companions of the old database are deleted; the copy replaces the database. A
 * crash before the decision leaves the old state, and one after it is finished by {@link
 * #finishInstall} when the store is opened again. The companions must go first: SQLite would replay
 * the old WAL into the new database.
 */
final class CatalogCopy {
  private static final String DECIDED = "-install";
  private static final String ARRIVING = "-arriving";

  private static final int BACKUP_ALL_PAGES = -1;
  private static final int BACKUP_SLEEP_MILLIS = 100;
  private static final int BACKUP_RETRIES = 50;

  private CatalogCopy() {}

  /** What a copy contains. */
  record Content(Position position, Optional<String> storeId) {}

  /**
   * Copies the database at {@code source} while it is written to.
   *
   * <p>By SQLite's backup in a single step, which reads all pages in one read transaction: writers
   * go on, no later write can make it start over, and it costs no CPU but for moving pages ({@code
   * VACUUM INTO} builds every index anew). Checkpoints stay incomplete meanwhile.
   */
  static Position export(Path source, Path target) throws IOException {
    if (Files.exists(target)) {
      throw new IOException("the copy " + target + " exists already");
    }
    boolean complete = false;
    try (Connection connection = SqliteFile.open(source, Access.READ)) {
      backup(connection, target);
      Position position = settle(target).position();
      SqliteFile.sync(target);
      SqliteFile.syncFolder(target);
      complete = true;
      return position;
    } catch (SQLException e) {
      throw SqliteFile.failure(target, e);
    } finally {
      if (!complete) {
        SqliteFile.deleteCompanions(target);
        Files.deleteIfExists(target);
      }
    }
  }

  private static void backup(Connection source, Path target) throws SQLException, IOException {
    int code =
        ((SQLiteConnection) source)
            .getDatabase()
            .backup(
                "main",
                target.toAbsolutePath().toString(),
                null,
                BACKUP_SLEEP_MILLIS,
                BACKUP_RETRIES,
                BACKUP_ALL_PAGES);
    if (code != 0) {
      throw new IOException("SQLite backup to " + target + " ended with code " + code);
    }
  }

  /** Checks a copy that has arrived, and makes it last. */
  static Content verify(Path copy) throws IOException {
    if (!Files.exists(copy)) {
      throw new IOException("there is no copy " + copy);
    }
    try (Connection connection = SqliteFile.open(copy, Access.ALONE)) {
      CatalogDatabase.requireCatalog(connection, copy);
      CatalogDatabase.load(connection, copy);
    } catch (SQLException e) {
      throw SqliteFile.failure(copy, e);
    }
    try {
      Content content = settle(copy);
      SqliteFile.sync(copy);
      return content;
    } catch (SQLException e) {
      throw SqliteFile.failure(copy, e);
    }
  }

  /** Makes it one file, without a WAL. */
  private static Content settle(Path copy) throws SQLException {
    try (Connection connection = SqliteFile.open(copy, Access.ALONE)) {
      SqliteFile.execute(connection, "PRAGMA journal_mode=DELETE");
      return new Content(CatalogDatabase.position(connection), CatalogDatabase.storeId(connection));
    }
  }

  /** After this, the copy is what the store will open, whatever happens. Moves the copy. */
  static void decideInstall(Path copy, Path database) throws IOException {
    Path decided = SqliteFile.beside(database, DECIDED);
    try {
      Files.move(copy, decided, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Path arriving = SqliteFile.beside(database, ARRIVING);
      Files.copy(copy, arriving, StandardCopyOption.REPLACE_EXISTING);
      SqliteFile.sync(arriving);
      Files.move(arriving, decided, StandardCopyOption.ATOMIC_MOVE);
      Files.delete(copy);
    }
    SqliteFile.syncFolder(database);
  }

  /** Finishes an installation that was decided, if any. The database is not open. */
  static void finishInstall(Path database) throws IOException {
    Files.deleteIfExists(SqliteFile.beside(database, ARRIVING));
    Path decided = SqliteFile.beside(database, DECIDED);
    if (!Files.exists(decided)) {
      return;
    }
    SqliteFile.deleteCompanions(database);
    SqliteFile.syncFolder(database);
    Files.move(decided, database, StandardCopyOption.ATOMIC_MOVE);
    SqliteFile.syncFolder(database);
  }
}
