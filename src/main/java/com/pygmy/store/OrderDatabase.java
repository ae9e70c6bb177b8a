package com.pygmy.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/** The form of an order log's database: how it is made and recognised. */
final class OrderDatabase {

  /** "PyOr": what kind of database the file is. */
  static final int APPLICATION_ID = 0x50794f72;

  /** Raised with every change of the form; older ones must be converted here. */
  static final int FORMAT = 1;

  private static final String SCHEMA = "/order-log-schema.sql";

  /** The columns of an order, in the order that everybody reads and writes them. */
  static final String COLUMNS = "number, key, at, customer, lines";

  private OrderDatabase() {}

  /** Whose sales a log holds, and how far it reaches. */
  record Cursor(Optional<String> storeId, long last) {}

  /**
   * Makes the file if it is missing; checks it.
   *
   * @throws DamagedDatabaseException if it is not sound, or no order log
   */
  static Cursor prepare(Path file) throws IOException {
    try (Connection connection = SqliteFile.openOwned(file, List.of(SCHEMA), APPLICATION_ID)) {
      Cursor cursor = cursor(connection);
      long orders = SqliteFile.number(connection, "SELECT count(*) FROM orders");
      long last = SqliteFile.number(connection, "SELECT coalesce(max(number), 0) FROM orders");
      if (orders != last || last != cursor.last()) {
        throw new DamagedDatabaseException(
            file,
            "%d orders, the last is %d, the cursor says %d".formatted(orders, last, cursor.last()));
      }
      return cursor;
    } catch (SQLException e) {
      throw SqliteFile.failure(file, e);
    }
  }

  static Cursor cursor(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT store_id, last FROM cursor")) {
      row.next();
      return new Cursor(Optional.ofNullable(row.getString(1)), row.getLong(2));
    }
  }
}
