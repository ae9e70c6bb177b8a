package com.pygmy.store;

import static com.pygmy.store.CatalogDatabase.SALE_COLUMNS;

import com.pygmy.domain.Order;
import com.pygmy.domain.Recorded;
import com.pygmy.store.SqliteFile.Access;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks the catalog's database, on a connection of its own. Every question is one short read
 * transaction, so it sees whole transactions and never holds up a checkpoint for long. Thread-safe,
 * one question at a time.
 */
final class CatalogReader implements AutoCloseable {
  private final Connection connection;
  private final PreparedStatement saleByKey;
  private final PreparedStatement outcomeByKey;
  private final PreparedStatement salesAfter;

  CatalogReader(Path file) throws SQLException {
    connection = SqliteFile.open(file, Access.READ);
    saleByKey = connection.prepareStatement("SELECT " + SALE_COLUMNS + " FROM sales WHERE key = ?");
    outcomeByKey =
        connection.prepareStatement(
            "SELECT fingerprint, idx, kind, payload FROM outcomes WHERE key = ?");
    salesAfter =
        connection.prepareStatement(
            "SELECT " + SALE_COLUMNS + " FROM sales WHERE number > ? ORDER BY number LIMIT ?");
  }

  synchronized Optional<Recorded> outcome(String key) throws SQLException {
    saleByKey.setString(1, key);
    try (ResultSet row = saleByKey.executeQuery()) {
      if (row.next()) {
        return Optional.of(CatalogDatabase.recordedSale(row));
      }
    }
    outcomeByKey.setString(1, key);
    try (ResultSet row = outcomeByKey.executeQuery()) {
      return row.next()
          ? Optional.of(
              new Recorded(
                  CatalogDatabase.fingerprint(row.getBytes(1)),
                  row.getLong(2),
                  OutcomeText.read(row.getString(3), row.getString(4))))
          : Optional.empty();
    }
  }

  synchronized List<Order> salesAfter(long number, int limit) throws SQLException {
    salesAfter.setLong(1, number);
    salesAfter.setInt(2, limit);
    List<Order> page = new ArrayList<>();
    try (ResultSet row = salesAfter.executeQuery()) {
      while (row.next()) {
        page.add(CatalogDatabase.sale(row));
      }
    }
    return page;
  }

  @Override
  public synchronized void close() throws SQLException {
    connection.close();
  }
}
