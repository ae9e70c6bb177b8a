package com.pygmy.store;

import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Catalog;
import com.pygmy.domain.Fingerprint;
import com.pygmy.domain.Order;
import com.pygmy.domain.Origin;
import com.pygmy.domain.Outcome;
import com.pygmy.domain.Recorded;
import com.pygmy.domain.Shelf;
import com.pygmy.replication.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The form of the catalog's database: how it is made, recognised, and read back into memory. */
final class CatalogDatabase {

  /** "PyCa": what kind of database the file is. */
  static final int APPLICATION_ID = 0x50794361;

  /** The first makes format 1; each further one takes a database to the next. */
  private static final List<String> SCHEMA =
      List.of("/catalog-schema.sql", "/catalog-schema-2.sql");

  /** The newest; an older one is raised to it when its store is opened. */
  static final int FORMAT = SCHEMA.size();

  /** Since this one the database has the words of its books. */
  static final int WITH_WORDS = 2;

  /** The row of the table meta that names what a restored store began from. */
  static final String BASE = "base";

  private CatalogDatabase() {}

  /**
   * Opens the one writer connection; makes what tables a new file, or an older one, does not have.
   *
   * @throws DamagedDatabaseException if it is not sound, or not a catalog
   */
  static Connection openWriter(Path file) throws SQLException, IOException {
    return SqliteFile.openOwned(file, SCHEMA, APPLICATION_ID);
  }

  /** What is a word, and which are the same, as the schema tells it to FTS5. */
  static String tokenizer() {
    String schema = SqliteFile.read(SCHEMA.get(WITH_WORDS - 1));
    Matcher tokenizer = Pattern.compile("tokenize=\"[^\"]+\"").matcher(schema);
    if (!tokenizer.find()) {
      throw new IllegalStateException("the schema of the words names no tokenizer");
    }
    return tokenizer.group();
  }

  static void requireCatalog(Connection connection, Path file) throws SQLException, IOException {
    SqliteFile.requireKind(connection, file, APPLICATION_ID, FORMAT);
    SqliteFile.requireSound(connection, file);
  }

  static Position position(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT term, idx FROM reached")) {
      row.next();
      return new Position(row.getLong(1), row.getLong(2));
    }
  }

  static Optional<String> storeId(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT value FROM meta WHERE key = 'store_id'")) {
      return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
    }
  }

  /** What the state began from, if it was restored. */
  static Optional<Origin> origin(Connection connection) throws SQLException {
    Map<String, String> meta = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT key, value FROM meta")) {
      while (row.next()) {
        meta.put(row.getString(1), row.getString(2));
      }
    }
    return Optional.ofNullable(meta.get(BASE))
        .map(
            base ->
                new Origin(
                    base,
                    meta.getOrDefault("parent_store_id", ""),
                    Long.parseLong(meta.getOrDefault("parent_term", "")),
                    Long.parseLong(meta.getOrDefault("parent_index", "")),
                    Long.parseLong(meta.getOrDefault("parent_orders", ""))));
  }

  /** The state as it is in the database; fails when it contradicts itself. */
  static Catalog load(Connection connection, Path file) throws SQLException, IOException {
    try {
      long sales = SqliteFile.number(connection, "SELECT count(*) FROM sales");
      long last = SqliteFile.number(connection, "SELECT coalesce(max(number), 0) FROM sales");
      if (sales != last) {
        throw new DamagedDatabaseException(
            file, "%d sales, but the last number is %d".formatted(sales, last));
      }
      long at = SqliteFile.number(connection, "SELECT at FROM reached");
      List<Book> books = new ArrayList<>();
      forEachBook(connection, books::add);
      return new Catalog(
          new Shelf().with(books), storeId(connection), origin(connection), last, at);
    } catch (IllegalArgumentException e) {
      throw new DamagedDatabaseException(file, e);
    }
  }

  static void forEachBook(Connection connection, Consumer<Book> use) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT " + BOOK_COLUMNS + " FROM books")) {
      while (row.next()) {
        use.accept(book(row));
      }
    }
  }

  /** The columns of a book, in the order of {@link #book}. */
  static final String BOOK_COLUMNS =
      "id, title, author, topic, price_cents, initial_stock, restocked, sold, version";

  static Book book(ResultSet row) throws SQLException {
    return new Book(
        new BookId(row.getInt(1)),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getLong(5),
        row.getInt(6),
        row.getLong(7),
        row.getLong(8),
        row.getLong(9));
  }

  static void forEachKey(Connection connection, Consumer<String> use) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT key FROM sales UNION ALL SELECT key FROM outcomes")) {
      while (row.next()) {
        use.accept(row.getString(1));
      }
    }
  }

  /** The columns of a sale, in the order of {@link #sale}. */
  static final String SALE_COLUMNS = "number, key, at, customer, lines, fingerprint, idx";

  static Order sale(ResultSet row) throws SQLException {
    return new Order(
        row.getLong(1),
        row.getString(2),
        OutcomeText.readLines(row.getString(5)),
        Optional.ofNullable(row.getString(4)),
        row.getLong(3));
  }

  static Recorded recordedSale(ResultSet row) throws SQLException {
    return new Recorded(fingerprint(row.getBytes(6)), row.getLong(7), new Outcome.Sold(sale(row)));
  }

  static void bindSale(PreparedStatement insert, Order order, Recorded recorded)
      throws SQLException {
    insert.setLong(1, order.number());
    insert.setString(2, order.key());
    insert.setLong(3, order.at());
    insert.setString(4, order.customer().orElse(null));
    insert.setString(5, OutcomeText.writeLines(order));
    insert.setBytes(6, bytes(recorded.fingerprint()));
    insert.setLong(7, recorded.index());
  }

  static byte[] bytes(Fingerprint fingerprint) {
    return ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(fingerprint.high())
        .putLong(fingerprint.low())
        .array();
  }

  static Fingerprint fingerprint(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Fingerprint(buffer.getLong(), buffer.getLong());
  }
}
