package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.pygmy.cli.ExitCode;
import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Line;
import com.pygmy.domain.Order;
import com.pygmy.domain.Purchase;
import com.pygmy.launch.Console.Result;
import com.pygmy.replication.Position;
import com.pygmy.store.CatalogStore;
import com.pygmy.store.OrderLog;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class AuditTest {

  private static final int ORDERS = 5;

  private static Vertx vertx;
  @TempDir private Path data;

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @BeforeEach
  void twoNodesThatSold() throws Exception {
    List<Order> sales = catalog("n1", ORDERS);
    catalog("n2", ORDERS);
    orders("n1", sales);
    orders("n2", sales.subList(0, ORDERS - 1));
  }

  @Test
  void isContentWithASoundStore() {
    Result audit = audit();
    assertEquals(ExitCode.OK, audit.exitCode(), audit::toString);
    assertTrue(audit.out().contains("all is sound"), audit::toString);
    assertTrue(audit.out().contains("orders 1 to 4 compared"), audit::toString);
    assertTrue(audit.out().contains("books of all catalogs compared"), audit::toString);
  }

  @Test
  void tellsProgramsToo() throws Exception {
    JsonObject sound = new JsonObject(audit("--json").out());
    assertEquals(true, sound.getBoolean("sound"));
    assertEquals(List.of(), sound.getJsonArray("differences").getList());
    assertEquals(4, sound.getInteger("comparedOrders"));
    JsonObject catalog = sound.getJsonArray("replicas").getJsonObject(0);
    assertEquals("n1 catalog", catalog.getString("node") + " " + catalog.getString("service"));
    assertEquals(3, catalog.getInteger("books"));
    assertEquals(ORDERS, catalog.getInteger("orders"));
    tamper("n2/catalog/catalog.db", "UPDATE books SET sold = sold + 1 WHERE id = 1");
    Result audit = audit("--json");
    assertEquals(ExitCode.REFUSED, audit.exitCode(), audit::toString);
    JsonObject unsound = new JsonObject(audit.out());
    assertEquals(false, unsound.getBoolean("sound"));
    assertTrue(unsound.getJsonArray("differences").getString(0).contains("book 1: stock"));
  }

  @Test
  void findsAUnitThatIsNowhere() throws Exception {
    tamper("n2/catalog/catalog.db", "UPDATE books SET sold = sold + 1 WHERE id = 1");
    assertFinding("n2 catalog: book 1: stock");
  }

  @Test
  void findsBooksThatDifferBetweenReplicas() throws Exception {
    tamper("n2/catalog/catalog.db", "UPDATE books SET price_cents = 7 WHERE id = 2");
    assertFinding("n1 catalog and n2 catalog: book 2");
  }

  @Test
  void findsOrdersThatDifferBetweenReplicas() throws Exception {
    tamper("n2/order/orders.db", "UPDATE orders SET key = 'other' WHERE number = 3");
    assertFinding("the orders 1 to 4 differ between");
  }

  @Test
  void findsAnOrderThatIsMissing() throws Exception {
    tamper("n1/order/orders.db", "DELETE FROM orders WHERE number = 2");
    assertFinding("n1 order: order 3 follows 1");
  }

  @Test
  void findsADatabaseThatIsNone() throws Exception {
    Files.writeString(data.resolve("n2/catalog/catalog.db"), "no database");
    assertFinding("n2 catalog: cannot be read");
  }

  @Test
  void comparesNoBooksOfReplicasThatStandElsewhere() throws Exception {
    Files.delete(data.resolve("n2/catalog/catalog.db"));
    catalog("n2", ORDERS - 1);
    Result audit = audit();
    assertEquals(ExitCode.OK, audit.exitCode(), audit::toString);
    assertTrue(audit.out().contains("only where catalogs stand"), audit::toString);
  }

  @Test
  void saysThatThereIsNothing(@TempDir Path empty) {
    assertEquals(ExitCode.REFUSED, Console.run("audit", "--data", empty.toString()).exitCode());
  }

  private Result audit(String... more) {
    List<String> words = new ArrayList<>(List.of("audit", "--data", data.toString()));
    words.addAll(List.of(more));
    return Console.run(words.toArray(String[]::new));
  }

  private void assertFinding(String text) {
    Result audit = audit();
    assertEquals(ExitCode.REFUSED, audit.exitCode(), audit::toString);
    assertTrue(audit.out().contains(text), audit::toString);
  }

  /** A catalog of three books of which some were sold, one an entry. */
  private List<Order> catalog(String node, int sold) throws Exception {
    Path file = file(node, "catalog", "catalog.db");
    try (CatalogStore store =
        CatalogStore.open(file, CatalogStore.Settings.defaults(), System::nanoTime, e -> fail(e))) {
      store.apply(
          new Position(1, 1), 1_000, List.of(new Command.AddBooks("add", 0, books(), false)));
      for (int i = 1; i <= sold; i++) {
        Purchase one = new Purchase(List.of(new Line(new BookId(1), 1)), Optional.empty());
        store.apply(
            new Position(1, 1 + i), 1_000 + i, List.of(new Command.PlaceOrder("key-" + i, 0, one)));
      }
      return new ArrayList<>(store.salesAfter(0, 100));
    }
  }

  private void orders(String node, List<Order> sales) throws Exception {
    OrderLog log =
        OrderLog.open(vertx, file(node, "order", "orders.db")).await(20, TimeUnit.SECONDS);
    log.append("a-store", sales).compose(done -> log.close()).await(20, TimeUnit.SECONDS);
  }

  private Path file(String node, String service, String name) throws Exception {
    Path folder = Files.createDirectories(data.resolve(node).resolve(service));
    Path lock = data.resolve(node).resolve(DataFolder.NodeFolder.LOCK);
    if (Files.notExists(lock)) {
      Files.createFile(lock);
    }
    return folder.resolve(name);
  }

  private static List<NewBook> books() {
    List<NewBook> books = new ArrayList<>();
    for (int id = 1; id <= 3; id++) {
      books.add(
          new NewBook(Optional.of(new BookId(id)), "Title " + id, "Author", "topic", 1_000, 10));
    }
    return books;
  }

  private void tamper(String file, String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve(file));
        Statement statement = connection.createStatement()) {
      assertEquals(1, statement.executeUpdate(sql));
    }
  }
}
