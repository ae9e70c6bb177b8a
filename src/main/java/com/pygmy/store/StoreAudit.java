package com.pygmy.store;

import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Order;
import com.pygmy.replication.Position;
import com.pygmy.store.SqliteFile.Access;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Checks the databases of a live or a stopped store, by reading them and nothing else: not the
 * program that wrote them, not its constraints. Each answer comes from one read transaction, so it
 * holds for one moment of a live store. Reads every row, and blocks.
 */
public final class StoreAudit {

  /** Differences told one by one; after them, only their number. */
  static final int MAX_DIFFERENCES = 50;

  private StoreAudit() {}

  /**
   * A catalog replica's database.
   *
   * @param differences from what must be so, as text; none in a sound store
   */
  public record CatalogFindings(
      Path file,
      Optional<String> storeId,
      Position position,
      long lastOrderNumber,
      NavigableMap<BookId, Book> books,
      List<String> differences) {
    public boolean isSound() {
      return differences.isEmpty();
    }
  }

  /**
   * An order replica's database.
   *
   * @param differences from what must be so, as text; none in a sound log
   */
  public record OrdersFindings(
      Path file, Optional<String> storeId, long lastOrderNumber, List<String> differences) {
    public boolean isSound() {
      return differences.isEmpty();
    }
  }

  /**
   * Per book initial + restocked − Σ sold = stock; numbers dense; one order per key; the books are
   * found by their words.
   */
  public static CatalogFindings catalog(Path file) throws IOException {
    return reading(file, connection -> catalog(connection, file));
  }

  /** Numbers dense; one order per key; the cursor at the last order. */
  public static OrdersFindings orders(Path file) throws IOException {
    return reading(file, connection -> orders(connection, file));
  }

  /**
   * SHA-256 over the orders 1 to {@code upTo}, in a catalog or in an order log: equal if and only
   * if their rows are.
   *
   * @throws IOException if the file does not reach so far
   */
  public static String digest(Path file, long upTo) throws IOException {
    return reading(file, connection -> digest(connection, file, upTo));
  }

  /** How the books of two replicas differ; only those at the same position can be compared. */
  public static List<String> compareBooks(CatalogFindings one, CatalogFindings other) {
    if (!one.position().equals(other.position())) {
      throw new IllegalArgumentException(
          "%s is at %s, %s at %s"
              .formatted(one.file(), one.position(), other.file(), other.position()));
    }
    Differences differences = new Differences();
    TreeSet<BookId> ids = new TreeSet<>(one.books().keySet());
    ids.addAll(other.books().keySet());
    for (BookId id : ids) {
      Book here = one.books().get(id);
      Book there = other.books().get(id);
      if (here == null || !here.equals(there)) {
        differences.add("book %s: %s here, %s there".formatted(id, here, there));
      }
    }
    return differences.told();
  }

  private static CatalogFindings catalog(Connection connection, Path file)
      throws SQLException, IOException {
    Differences differences = new Differences();
    SqliteFile.requireKind(
        connection, file, CatalogDatabase.APPLICATION_ID, CatalogDatabase.FORMAT);
    checkIntegrity(connection, differences);
    Map<BookId, Long> sold = new HashMap<>();
    long last =
        checkOrders(
            connection,
            "sales",
            differences,
            order ->
                order.lines().forEach(l -> sold.merge(l.book(), (long) l.quantity(), Long::sum)));
    NavigableMap<BookId, Book> books = new TreeMap<>();
    CatalogDatabase.forEachBook(connection, book -> books.put(book.id(), book));
    checkStock(books, sold, differences);
    if (SqliteFile.format(connection) >= CatalogDatabase.WITH_WORDS) {
      WordsAudit.difference(connection).ifPresent(differences::add);
    }
    long twice =
        SqliteFile.number(
            connection, "SELECT count(*) FROM sales WHERE key IN (SELECT key FROM outcomes)");
    if (twice > 0) {
      differences.add(twice + " keys have an order and another outcome");
    }
    return new CatalogFindings(
        file,
        CatalogDatabase.storeId(connection),
        CatalogDatabase.position(connection),
        last,
        books,
        differences.told());
  }

  private static void checkStock(
      Map<BookId, Book> books, Map<BookId, Long> sold, Differences differences) {
    for (Book book : books.values()) {
      long inOrders = sold.getOrDefault(book.id(), 0L);
      if (book.sold() != inOrders) {
        differences.add(
            "book %s: stock %d = %d initial + %d restocked - %d sold, but %d are in orders"
                .formatted(
                    book.id(),
                    book.stock(),
                    book.initialStock(),
                    book.restocked(),
                    book.sold(),
                    inOrders));
      }
    }
    for (BookId id : sold.keySet()) {
      if (!books.containsKey(id)) {
        differences.add("book %s is in orders and not in the catalog".formatted(id));
      }
    }
  }

  private static OrdersFindings orders(Connection connection, Path file)
      throws SQLException, IOException {
    Differences differences = new Differences();
    SqliteFile.requireKind(connection, file, OrderDatabase.APPLICATION_ID, OrderDatabase.FORMAT);
    checkIntegrity(connection, differences);
    long last = checkOrders(connection, "orders", differences, order -> {});
    OrderDatabase.Cursor cursor = OrderDatabase.cursor(connection);
    if (cursor.last() != last) {
      differences.add("the cursor is at %d, the last order is %d".formatted(cursor.last(), last));
    }
    return new OrdersFindings(file, cursor.storeId(), last, differences.told());
  }

  private static void checkIntegrity(Connection connection, Differences differences)
      throws SQLException {
    String verdict = SqliteFile.verdict(connection, "integrity_check");
    if (!verdict.equals("ok")) {
      differences.add("integrity: " + verdict);
    }
  }

  /** Sees each order; returns the last number. */
  private static long checkOrders(
      Connection connection, String table, Differences differences, OrderVisitor visitor)
      throws SQLException {
    long[] last = {0};
    // NOT INDEXED: by the table itself, whatever an index of it may say.
    String sql = "SELECT number, key, at, customer, lines FROM %s NOT INDEXED ORDER BY number";
    forEachOrder(
        connection,
        sql.formatted(table),
        order -> {
          if (order.number() != last[0] + 1) {
            differences.add("order %d follows %d".formatted(order.number(), last[0]));
          }
          last[0] = order.number();
          visitor.visit(order);
        });
    String repeated =
        "SELECT count(*) - count(DISTINCT key) FROM (SELECT +key AS key FROM %s NOT INDEXED)";
    long repeats = SqliteFile.number(connection, repeated.formatted(table));
    if (repeats > 0) {
      differences.add(repeats + " orders have a key that another order has");
    }
    return last[0];
  }

  private static String digest(Connection connection, Path file, long upTo)
      throws SQLException, IOException {
    boolean catalog =
        SqliteFile.number(connection, "PRAGMA application_id") == CatalogDatabase.APPLICATION_ID;
    String table = catalog ? "sales" : "orders";
    MessageDigest sha = sha256();
    long[] seen = {0};
    forEachOrder(
        connection,
        "SELECT number, key, at, customer, lines FROM %s WHERE number <= %d ORDER BY number"
            .formatted(table, upTo),
        order -> {
          seen[0]++;
          sha.update(text(order).getBytes(StandardCharsets.UTF_8));
        });
    if (seen[0] != upTo) {
      throw new IOException("%s has %d of %d orders".formatted(file, seen[0], upTo));
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  /** No two orders have the same text: keys and customers hold no control characters. */
  private static String text(Order order) {
    return order.number()
        + "\t"
        + order.key()
        + "\t"
        + order.at()
        + "\t"
        + OutcomeText.writeLines(order)
        + "\t"
        + order.customer().orElse("")
        + "\n";
  }

  private static void forEachOrder(Connection connection, String sql, OrderVisitor visitor)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql);
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        visitor.visit(
            new Order(
                row.getLong(1),
                row.getString(2),
                OutcomeText.readLines(row.getString(5)),
                Optional.ofNullable(row.getString(4)),
                row.getLong(3)));
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @FunctionalInterface
  private interface OrderVisitor {
    void visit(Order order);
  }

  @FunctionalInterface
  private interface Question<T> {
    T ask(Connection connection) throws SQLException, IOException;
  }

  private static <T> T reading(Path file, Question<T> question) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("there is no database " + file);
    }
    try (Connection connection = SqliteFile.open(file, Access.READ)) {
      connection.setAutoCommit(false);
      return question.ask(connection);
    } catch (SQLException e) {
      throw SqliteFile.failure(file, e);
    } catch (IllegalArgumentException e) {
      // A row that the domain would never have let through.
      throw new DamagedDatabaseException(file, e);
    }
  }

  /** Told one by one up to a bound. */
  private static final class Differences {
    private final List<String> told = new ArrayList<>();
    private int count;

    void add(String difference) {
      if (count++ < MAX_DIFFERENCES) {
        told.add(difference);
      }
    }

    List<String> told() {
      if (count > MAX_DIFFERENCES) {
        told.add("and %d more".formatted(count - MAX_DIFFERENCES));
      }
      return List.copyOf(told);
    }
  }
}
