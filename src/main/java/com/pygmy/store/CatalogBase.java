package com.pygmy.store;

import com.pygmy.domain.Catalog;
import com.pygmy.domain.Origin;
import com.pygmy.replication.Position;
import com.pygmy.store.SqliteFile.Access;
import com.pygmy.store.StoreAudit.CatalogFindings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;

/**
 * The state from which a restored store begins, made from a back-up: all books, sales and outcomes
 * of keys, and the log position, but no store yet. The same back-up makes the same bytes.
 *
 * <p>The log index is kept, and the new log goes on after it, in its first term. So a replica
 * without the base can never replay the log onto nothing; and the outcomes of keys grow old as if
 * the parent's log went on: what may be dropped at some index is what no attempt that was admitted
 * since can ask about.
 *
 * <p>A base is named by a hash of what it contains rather than of its bytes, since SQLite changes
 * those when a database is merely opened. It is checked when a base is opened before its log has
 * begun.
 */
public final class CatalogBase {

  /** In the header of every SQLite database; 2 means that a WAL belongs to it. */
  private static final int WRITE_VERSION_OFFSET = 18;

  private static final String SQLITE = "SQLite format 3\0";

  /**
   * The term of the last entry in a base; Ratis takes a log that ends in term 0 for an empty one.
   */
  private static final int TERM = 1;

  /** All that a base contains, but its hash; quote() makes every value unambiguous. */
  private static final List<String> CONTENT =
      List.of(
          "SELECT quote(key) || ',' || quote(value) FROM meta WHERE key <> 'base' ORDER BY key",
          "SELECT quote(at) FROM reached",
          "SELECT quote(id) || ',' || quote(title) || ',' || quote(author) || ',' || quote(topic)"
              + " || ',' || quote(price_cents) || ',' || quote(initial_stock) || ','"
              + " || quote(restocked) || ',' || quote(sold) || ',' || quote(version)"
              + " FROM books ORDER BY id",
          "SELECT quote(number) || ',' || quote(key) || ',' || quote(fingerprint) || ','"
              + " || quote(idx) || ',' || quote(at) || ',' || quote(customer) || ','"
              + " || quote(lines) FROM sales ORDER BY number",
          "SELECT quote(key) || ',' || quote(fingerprint) || ',' || quote(idx) || ','"
              + " || quote(kind) || ',' || quote(payload) FROM outcomes ORDER BY key");

  private CatalogBase() {}

  /**
   * Checks a back-up, every row of it, and changes nothing. Blocks.
   *
   * @throws IOException if it is no back-up of a catalog, or not sound; says why
   */
  public static CatalogFindings check(Path backup) throws IOException {
    requireOneFile(backup);
    CatalogFindings found = StoreAudit.catalog(backup);
    if (!found.isSound()) {
      throw new DamagedDatabaseException(backup, String.join("; ", found.differences()));
    }
    if (found.storeId().isEmpty() || found.position().index() < 0) {
      throw new IOException(backup + " holds no founded store");
    }
    return found;
  }

  /** A database that was copied without its WAL lacks what was written last. */
  private static void requireOneFile(Path backup) throws IOException {
    if (!Files.isRegularFile(backup)) {
      throw new IOException("there is no file " + backup);
    }
    byte[] header;
    try (InputStream in = Files.newInputStream(backup)) {
      header = in.readNBytes(WRITE_VERSION_OFFSET + 1);
    }
    boolean isDatabase =
        header.length > WRITE_VERSION_OFFSET
            && new String(header, 0, SQLITE.length(), StandardCharsets.ISO_8859_1).equals(SQLITE);
    if (!isDatabase) {
      throw new DamagedDatabaseException(backup, "it is no SQLite database");
    }
    if (header[WRITE_VERSION_OFFSET] != 1) {
      throw new IOException(
          backup + " is the database of a node, not a back-up: a part of it may be in its WAL");
    }
  }

  /**
   * Makes the base of a back-up that was checked, in a new file, and syncs it. Blocks.
   *
   * @throws IOException if the disk is full or fails; the file may be left half made
   */
  public static Origin make(Path backup, Path base) throws IOException {
    Files.copy(backup, base);
    try (Connection connection = SqliteFile.open(base, Access.ALONE)) {
      CatalogDatabase.requireCatalog(connection, base);
      Position position = CatalogDatabase.position(connection);
      String parent =
          CatalogDatabase.storeId(connection)
              .orElseThrow(() -> new IOException(backup + " holds no founded store"));
      long orders = SqliteFile.number(connection, "SELECT coalesce(max(number), 0) FROM sales");
      connection.setAutoCommit(false);
      SqliteFile.execute(connection, "DELETE FROM meta");
      // The founding of this store is still to be decided.
      SqliteFile.execute(connection, "DELETE FROM outcomes WHERE kind = 'founded'");
      SqliteFile.execute(connection, "UPDATE reached SET term = " + TERM);
      put(connection, "parent_store_id", parent);
      put(connection, "parent_term", Long.toString(position.term()));
      put(connection, "parent_index", Long.toString(position.index()));
      put(connection, "parent_orders", Long.toString(orders));
      put(connection, CatalogDatabase.BASE, hash(connection));
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      throw SqliteFile.failure(base, e);
    }
    CatalogCopy.verify(base);
    return origin(base);
  }

  private static Origin origin(Path base) throws IOException {
    try (Connection connection = SqliteFile.open(base, Access.READ)) {
      return CatalogDatabase.origin(connection).orElseThrow();
    } catch (SQLException e) {
      throw SqliteFile.failure(base, e);
    }
  }

  private static void put(Connection connection, String key, String value) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO meta (key, value) VALUES (?,?)")) {
      insert.setString(1, key);
      insert.setString(2, value);
      insert.executeUpdate();
    }
  }

  /** Is this a restored state that no log has changed yet? */
  static boolean isUntouched(Catalog catalog, Position position) {
    return catalog.storeId().isEmpty()
        && catalog.origin().filter(o -> o.parentIndex() == position.index()).isPresent();
  }

  /**
   * Checks that a base is what its name says.
   *
   * @throws IOException if it is not
   */
  static void requireIntact(Connection connection, Path file, Origin origin)
      throws SQLException, IOException {
    String found = hash(connection);
    if (!found.equals(origin.base())) {
      throw new IOException(
          "database %s was restored as %s and now is %s: restore it again"
              .formatted(file, origin.base(), found));
    }
  }

  private static String hash(Connection connection) throws SQLException {
    MessageDigest sha = sha256();
    for (String query : CONTENT) {
      sha.update((byte) 0);
      try (PreparedStatement select = connection.prepareStatement(query);
          ResultSet row = select.executeQuery()) {
        while (row.next()) {
          sha.update(row.getString(1).getBytes(StandardCharsets.UTF_8));
          sha.update((byte) '\n');
        }
      }
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
