package com.pygmy.store;

import com.pygmy.domain.Order;
import com.pygmy.store.OrderDatabase.Cursor;
import com.pygmy.store.SqliteFile.Access;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.jdbcclient.JDBCPool;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * One order replica's copy of the sale stream: every order from 1 to {@link #last}, without a gap,
 * of one store.
 *
 * <p>A page and the cursor are one transaction, so whatever a kill or a power loss leaves is a
 * shorter log, and the tail is asked for again. Nothing blocks: SQLite works on worker threads. One
 * connection writes, since SQLite has one writer; a few read. Any thread may call.
 */
public final class OrderLog {

  /** Orders in one page, at most. */
  public static final int MAX_PAGE = 10_000;

  private static final int READERS = 2;

  /** Reads and appends that wait for a connection; beyond it they fail at once. */
  private static final int MAX_WAITING = 2_000;

  private static final String SELECT = "SELECT " + OrderDatabase.COLUMNS + " FROM orders WHERE ";

  private final Pool writer;
  private final Pool readers;
  private volatile Cursor cursor;

  private OrderLog(Vertx vertx, Path file, Cursor cursor) {
    this.writer = pool(vertx, file, Access.WRITE, 1);
    this.readers = pool(vertx, file, Access.READ, READERS);
    this.cursor = cursor;
  }

  /**
   * Opens the log, or makes a new one.
   *
   * @return fails with {@link DamagedDatabaseException} if the file cannot be trusted. Then {@link
   *     CatalogStore#setAside set it aside} and start over from 0, which is safe: the catalog keeps
   *     every sale
   */
  public static Future<OrderLog> open(Vertx vertx, Path file) {
    return vertx
        .executeBlocking(() -> OrderDatabase.prepare(file))
        .map(cursor -> new OrderLog(vertx, file, cursor));
  }

  private static Pool pool(Vertx vertx, Path file, Access access, int size) {
    SQLiteConfig config = SqliteFile.config(access);
    // The SQL client begins the next transaction when it ends one: it must not take a lock then.
    config.setTransactionMode(SQLiteConfig.TransactionMode.DEFERRED);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl(SqliteFile.url(file));
    PoolOptions options =
        new PoolOptions()
            .setName("orders-" + access.name().toLowerCase(java.util.Locale.ROOT))
            .setMaxSize(size)
            .setMaxWaitQueueSize(MAX_WAITING)
            .setShared(false);
    return JDBCPool.pool(vertx, source, options);
  }

  /** The page does not follow what is here: it would leave a gap, or repeat or reorder orders. */
  public static final class GapException extends RuntimeException {
    GapException(long expected, long found) {
      super("expected order %d next, got %d".formatted(expected, found));
    }
  }

  /** The page comes from another store. */
  public static final class ForeignStoreException extends RuntimeException {
    ForeignStoreException(String ours, String theirs) {
      super("this log is of store %s, the page of store %s".formatted(ours, theirs));
    }
  }

  /** The number of the last order here; 0 if there is none. */
  public long last() {
    return cursor.last();
  }

  /** The store that the first page came from. */
  public Optional<String> storeId() {
    return cursor.storeId();
  }

  /**
   * Appends orders {@code last() + 1, last() + 2, …}: all or nothing.
   *
   * @return fails with {@link GapException} or {@link ForeignStoreException} if they are not that;
   *     nothing is then changed
   */
  public Future<Void> append(String storeId, List<Order> page) {
    if (page.isEmpty() || page.size() > MAX_PAGE) {
      return Future.failedFuture(
          new IllegalArgumentException("a page has 1 to " + MAX_PAGE + " orders"));
    }
    long first = page.get(0).number();
    for (int i = 1; i < page.size(); i++) {
      if (page.get(i).number() != first + i) {
        return Future.failedFuture(new GapException(first + i, page.get(i).number()));
      }
    }
    Cursor after = new Cursor(Optional.of(storeId), first + page.size() - 1);
    return writer
        .withTransaction(
            connection ->
                cursor(connection)
                    .compose(before -> requireNext(before, storeId, first))
                    .compose(ok -> insert(connection, page))
                    .compose(ok -> moveCursor(connection, after)))
        .onSuccess(ok -> advance(after));
  }

  private static Future<Cursor> cursor(SqlConnection connection) {
    return connection
        .query("SELECT store_id, last FROM cursor")
        .execute()
        .map(rows -> rows.iterator().next())
        .map(row -> new Cursor(Optional.ofNullable(row.getString(0)), row.getLong(1)));
  }

  /** Asked inside the transaction, so appends that overlap cannot both be right. */
  private static Future<Void> requireNext(Cursor before, String storeId, long first) {
    if (before.storeId().isPresent() && !before.storeId().get().equals(storeId)) {
      return Future.failedFuture(new ForeignStoreException(before.storeId().get(), storeId));
    }
    if (first != before.last() + 1) {
      return Future.failedFuture(new GapException(before.last() + 1, first));
    }
    return Future.succeededFuture();
  }

  private static Future<Void> insert(SqlConnection connection, List<Order> page) {
    return connection
        .preparedQuery("INSERT INTO orders (" + OrderDatabase.COLUMNS + ") VALUES (?,?,?,?,?)")
        .executeBatch(page.stream().map(OrderLog::tuple).toList())
        .mapEmpty();
  }

  private static Future<Void> moveCursor(SqlConnection connection, Cursor to) {
    return connection
        .preparedQuery("UPDATE cursor SET store_id = ?, last = ?")
        .execute(Tuple.of(to.storeId().orElseThrow(), to.last()))
        .mapEmpty();
  }

  /** Commits may be reported on several contexts, out of order. */
  private synchronized void advance(Cursor after) {
    if (after.last() > cursor.last()) {
      cursor = after;
    }
  }

  public Future<Optional<Order>> byNumber(long number) {
    return one("number = ?", number);
  }

  public Future<Optional<Order>> byKey(String key) {
    return one("key = ?", key);
  }

  /** The customer's orders with a number above {@code after}, oldest first, at most so many. */
  public Future<List<Order>> byCustomer(String customer, long after, int limit) {
    return list(
        "customer = ? AND number > ? ORDER BY number LIMIT ?", Tuple.of(customer, after, limit));
  }

  /** The orders with a number above {@code after}, oldest first, at most so many. */
  public Future<List<Order>> after(long after, int limit) {
    return list("number > ? ORDER BY number LIMIT ?", Tuple.of(after, limit));
  }

  private Future<List<Order>> list(String condition, Tuple values) {
    return readers
        .preparedQuery(SELECT + condition)
        .execute(values)
        .map(rows -> StreamSupport.stream(rows.spliterator(), false))
        .map(rows -> rows.map(OrderLog::order).toList());
  }

  private Future<Optional<Order>> one(String condition, Object value) {
    return readers
        .preparedQuery(SELECT + condition)
        .execute(Tuple.of(value))
        .map(
            rows -> {
              for (Row row : rows) {
                return Optional.of(order(row));
              }
              return Optional.empty();
            });
  }

  private static Order order(Row row) {
    return new Order(
        row.getLong(0),
        row.getString(1),
        OutcomeText.readLines(row.getString(4)),
        Optional.ofNullable(row.getString(3)),
        row.getLong(2));
  }

  private static Tuple tuple(Order order) {
    return Tuple.of(
        order.number(),
        order.key(),
        order.at(),
        order.customer().orElse(null),
        OutcomeText.writeLines(order));
  }

  /** Closes the connections. Wait for your appends before. */
  public Future<Void> close() {
    return Future.join(readers.close(), writer.close()).mapEmpty();
  }
}
