package com.pygmy.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * One SQLite database file as the stores use it: WAL, {@code synchronous=NORMAL}, no automatic
 * checkpoints.
 *
 * <p>Never open a database, its {@code -wal} or its {@code -shm} with the file API of Java while
 * SQLite has it open in this process: closing any descriptor of a file drops the process's POSIX
 * locks on it, and another process could then delete the WAL under our feet.
 */
final class SqliteFile {

  /** How long a statement waits for a lock that another connection holds. */
  static final int BUSY_TIMEOUT_MILLIS = 5_000;

  private static final int PAGE_CACHE_KIB = 8 * 1024;
  private static final long WAL_SIZE_LIMIT_BYTES = 64L << 20;
  private static final List<String> COMPANIONS = List.of("-wal", "-shm", "-journal");

  private static final Set<SQLiteErrorCode> DAMAGE =
      Set.of(
          SQLiteErrorCode.SQLITE_CORRUPT,
          SQLiteErrorCode.SQLITE_CORRUPT_VTAB,
          SQLiteErrorCode.SQLITE_CORRUPT_SEQUENCE,
          SQLiteErrorCode.SQLITE_CORRUPT_INDEX,
          SQLiteErrorCode.SQLITE_NOTADB);

  /** What a connection may do. */
  enum Access {
    /** The one writer; transactions take the write lock when they begin. */
    WRITE,
    /** Refuses to change anything, but can bring the index of the WAL up to date. */
    READ,
    /** A file that nobody else has open, whatever its journal mode. */
    ALONE
  }

  private SqliteFile() {}

  static SQLiteConfig config(Access access) {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    config.setCacheSize(-PAGE_CACHE_KIB);
    config.setJournalSizeLimit((int) WAL_SIZE_LIMIT_BYTES);
    if (access == Access.WRITE) {
      config.setJournalMode(SQLiteConfig.JournalMode.WAL);
      config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    } else if (access == Access.READ) {
      config.setReadOnly(true);
    }
    return config;
  }

  static String url(Path file) {
    return "jdbc:sqlite:" + file.toAbsolutePath();
  }

  /** Opens a connection; a writer creates the file when it is missing. */
  static Connection open(Path file, Access access) throws SQLException {
    Connection connection = config(access).createConnection(url(file));
    if (access == Access.WRITE) {
      execute(connection, "PRAGMA wal_autocheckpoint=0");
    }
    return connection;
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The number in the first column of the only row. */
  static long number(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  private static boolean isEmpty(Connection connection) throws SQLException {
    return number(connection, "SELECT count(*) FROM sqlite_schema") == 0;
  }

  /** Takes a database to a format. All or nothing: a crash leaves it as it was, or complete. */
  private static void takeTo(Connection connection, String script, int kind, int format)
      throws SQLException {
    connection.setAutoCommit(false);
    for (String statement : read(script).split(";\\s*\\n", -1)) {
      if (!statement.isBlank()) {
        execute(connection, statement);
      }
    }
    execute(connection, "PRAGMA application_id=" + kind);
    execute(connection, "PRAGMA user_version=" + format);
    connection.setAutoCommit(true);
  }

  /** What is in the header of a sound database: which scripts made it. */
  static int format(Connection connection) throws SQLException {
    return (int) number(connection, "PRAGMA user_version");
  }

  /**
   * Refuses a database of another kind, and one that a newer program wrote.
   *
   * @param format the newest that this program knows; it knows all the older ones
   */
  static void requireKind(Connection connection, Path file, int kind, int format)
      throws SQLException, IOException {
    if (number(connection, "PRAGMA application_id") != kind) {
      throw new DamagedDatabaseException(file, "it is a database of another kind");
    }
    int found = format(connection);
    if (found < 1 || found > format) {
      throw new IOException(
          "database %s has format %d, this program knows %d: run the version that wrote it"
              .formatted(file, found, format));
    }
  }

  /** The text of a resource. */
  static String read(String resource) {
    try (InputStream in = SqliteFile.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("resource " + resource, e);
    }
  }

  /** Fails with {@link DamagedDatabaseException} unless SQLite finds the file sound. */
  static void requireSound(Connection connection, Path file) throws SQLException, IOException {
    String verdict = verdict(connection, "quick_check");
    if (!verdict.equals("ok")) {
      throw new DamagedDatabaseException(file, verdict);
    }
  }

  /**
   * Opens the one writer connection of a database, which it checks. Makes the tables in a new file,
   * and those that an older program did not have in the file of one.
   *
   * @param scripts the first makes format 1 of nothing, each further one takes it to the next
   * @throws DamagedDatabaseException if it is not sound, or of another kind
   */
  static Connection openOwned(Path file, List<String> scripts, int kind)
      throws SQLException, IOException {
    if (!Files.exists(file)) {
      // A crash within setAside leaves them: they are not of the database to come.
      deleteCompanions(file);
    }
    Connection connection = open(file, Access.WRITE);
    try {
      if (isEmpty(connection)) {
        takeTo(connection, scripts.get(0), kind, 1);
        syncFolder(file);
      }
      requireKind(connection, file, kind, scripts.size());
      requireSound(connection, file);
      for (int format = format(connection); format < scripts.size(); format++) {
        takeTo(connection, scripts.get(format), kind, format + 1);
      }
      return connection;
    } catch (SQLException | IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * What a check of SQLite says: "ok", or the first fault.
   *
   * @param check {@code integrity_check}, or {@code quick_check}, which trusts the indexes
   */
  static String verdict(Connection connection, String check) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA " + check + "(1)")) {
      return row.next() ? row.getString(1) : "no answer to " + check;
    }
  }

  /** Does this mean that the file itself is broken, rather than the disk or the moment? */
  static boolean isDamage(SQLException e) {
    return e instanceof SQLiteException sqlite && DAMAGE.contains(sqlite.getResultCode());
  }

  /** The failure of working with a file, as callers are to see it. */
  static IOException failure(Path file, SQLException e) {
    return isDamage(e)
        ? new DamagedDatabaseException(file, e)
        : new IOException("database " + file + ": " + e.getMessage(), e);
  }

  /** What is in the WAL of an open database; 0 if there is none. Opens nothing. */
  static long walBytes(Path file) throws IOException {
    Path wal = beside(file, "-wal");
    return Files.exists(wal) ? Files.size(wal) : 0;
  }

  /**
   * Renames a database and its companions, none of which may be open.
   *
   * @return the new name of the database
   */
  static Path setAside(Path file, String suffix) throws IOException {
    Path aside = beside(file, suffix);
    // The database first: without its WAL it could pass for sound, in a state that never was.
    Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    for (String companion : COMPANIONS) {
      if (Files.exists(beside(file, companion))) {
        Files.move(
            beside(file, companion), beside(aside, companion), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    syncFolder(file);
    return aside;
  }

  static void deleteCompanions(Path file) throws IOException {
    for (String companion : COMPANIONS) {
      Files.deleteIfExists(beside(file, companion));
    }
  }

  static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Makes renames and deletions in the file's folder last. */
  static void syncFolder(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
