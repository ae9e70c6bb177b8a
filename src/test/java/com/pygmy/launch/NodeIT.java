package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.pygmy.catalog.RestockSweep;
import com.pygmy.config.Conf;
import com.pygmy.config.Conf.RestockConf;
import com.pygmy.launch.NodesInThisJvm.Answer;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Three whole nodes in this JVM, each with every role, asked over HTTP. */
final class NodeIT {

  private static final RestockConf EVERY_SECOND = new RestockConf(true, 1, 0, Optional.empty());
  private static final List<String> BOOKS =
      List.of(
          "1,Plenty,A,many,500,100000",
          "2,Scarce,A,few,500,3",
          "3,Dear,A,many,900,10",
          "4,Gone,A,few,500,0");
  private static final int SWEEPS_WATCHED = 2;

  @TempDir static Path folder;
  private static NodesInThisJvm nodes;
  private static final ListAppender<ILoggingEvent> SWEPT = new ListAppender<>();

  @BeforeAll
  static void start() throws Exception {
    SWEPT.list = new CopyOnWriteArrayList<>();
    SWEPT.start();
    sweeps().addAppender(SWEPT);
    nodes = NodesInThisJvm.start(folder, 3, EVERY_SECOND, BOOKS);
  }

  @AfterAll
  static void stop() throws Exception {
    Conf conf = nodes.conf();
    nodes.close();
    sweeps().detachAppender(SWEPT);
    assertEquals(Set.of(), TestConf.portsTaken(conf.nodes().stream()));
  }

  private static Logger sweeps() {
    Logger logger = (Logger) LoggerFactory.getLogger(RestockSweep.class);
    logger.setLevel(ch.qos.logback.classic.Level.INFO);
    return logger;
  }

  @Test
  void anOrderCanBeReadThroughEveryFrontendTheMomentItIsConfirmed() {
    for (int i = 0; i < 12; i++) {
      int bought = i % 3;
      Answer order = NodesInThisJvm.await(nodes.buy(bought, "read-" + i, 1, 1 + i));
      assertEquals(201, order.status(), order::toString);
      List<Future<Answer>> reads = new ArrayList<>();
      for (int other = 0; other < 3; other++) {
        reads.add(nodes.get(other, "/orders/" + order.body().getLong("number")));
      }
      for (Future<Answer> read : reads) {
        assertEquals(new Answer(200, order.body()), NodesInThisJvm.await(read).plain());
      }
    }
  }

  @Test
  void aNodeThatStopsSaysSoFirstToWhoeverWatchesOverIt() {
    TestConf.until("n3 is ready", () -> ready("n3").status() == 200);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> nodes.close("n3"));
    TestConf.until(
        "n3 says that it stops",
        () -> ready("n3").status() == 503 && ready("n3").body().encode().contains("about to stop"));
    closed.join();
    nodes.start("n3");
    TestConf.until("n3 is back", () -> ready("n3").status() == 200 && nodes.allReady());
  }

  private static Answer ready(String node) {
    return NodesInThisJvm.await(nodes.watched(node, "/health/ready"));
  }

  @Test
  void searchAndLookupSayTheSameThroughEveryFrontend() {
    for (int i = 0; i < 3; i++) {
      Answer found = NodesInThisJvm.await(nodes.get(i, "/search/many"));
      assertEquals(200, found.status());
      assertEquals(
          List.of("Plenty", "Dear"),
          found.body().getJsonArray("items").stream()
              .map(b -> ((JsonObject) b).getString("title"))
              .toList());
      assertEquals("Dear", nodes.book(i, 3).getString("title"));
      assertEquals(404, NodesInThisJvm.await(nodes.get(i, "/books/99")).status());
    }
  }

  @Test
  void theSameKeyAtTwoFrontendsAtOnceIsOneOrder() {
    int stock = nodes.book(0, 1).getInteger("stock");
    Set<Long> numbers = new TreeSet<>();
    for (int i = 0; i < 10; i++) {
      Future<Answer> one = nodes.buy(i, "same-" + i, 1, 1);
      Future<Answer> other = nodes.buy(i + 1, "same-" + i, 1, 1);
      Answer first = NodesInThisJvm.await(one);
      Answer second = NodesInThisJvm.await(other);
      assertEquals(first.body(), second.body());
      assertTrue(first.replayed() != second.replayed(), () -> first + " and " + second);
      numbers.add(first.body().getLong("number"));
    }
    assertEquals(10, numbers.size());
    for (int i = 0; i < 3; i++) {
      assertTrue(stock - 10 >= nodes.book(i, 1).getInteger("stock"));
    }
  }

  @Test
  void aNewPriceIsSeenThroughEveryFrontendTheMomentItIsConfirmed() {
    for (int price = 1_000; price < 1_012; price++) {
      JsonObject revision = new JsonObject().put("priceCents", price);
      Answer revised = NodesInThisJvm.await(nodes.patch(price % 3, "/books/3", revision));
      assertEquals(200, revised.status(), revised::toString);
      List<Future<Answer>> reads = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        reads.add(nodes.get(i, "/books/3"));
      }
      for (Future<Answer> read : reads) {
        assertEquals(price, NodesInThisJvm.await(read).body().getInteger("priceCents"));
      }
    }
  }

  @Test
  void aBookThatSellsOutIsAnnouncedAndRefilledOnce() {
    long announced = swept("out of stock: book 2 ");
    long refilled = swept("restocked: book 2 by 3");
    double counted = announcements();
    Answer sold = NodesInThisJvm.await(nodes.buy(0, "scarce", 2, 3));
    assertEquals(201, sold.status(), sold::toString);
    TestConf.until("it is refilled", () -> nodes.book(1, 2).getInteger("stock") > 0);
    assertEquals(3, nodes.book(2, 2).getInteger("stock"));
    TestConf.until("that is said", () -> swept("restocked: book 2 by 3") > refilled);
    long more = nodes.sweepsLater(SWEEPS_WATCHED);
    TestConf.until("some sweeps later", () -> System.nanoTime() - more > 0);
    assertEquals(refilled + 1, swept("restocked: book 2 by 3"));
    assertEquals(announced + 1, swept("out of stock: book 2 "));
    assertEquals(3, nodes.book(0, 2).getInteger("stock"));
    assertTrue(announcements() > counted);
    for (int node : nodes.running()) {
      assertEquals(1, nodes.metric(node, "pygmy_books_out_of_stock"), "book 4 never had any");
    }
  }

  private static double announcements() {
    return nodes.running().stream()
        .mapToDouble(node -> nodes.metric(node, "pygmy_books_announced_total"))
        .sum();
  }

  @Test
  void everythingGoesOnWithoutTheLeaderAndItComesBack() throws Exception {
    Answer before = NodesInThisJvm.await(nodes.buy(0, "before", 1, 1));
    String leader = nodes.leader();
    nodes.close(leader);
    assertEquals(Set.of(), TestConf.portsTaken(nodes.conf().node(leader).stream()));
    List<Integer> others = nodes.running();
    assertEquals(2, others.size());
    for (int frontend : others) {
      Answer order = NodesInThisJvm.await(nodes.buy(frontend, "without-" + frontend, 1, 1));
      assertEquals(201, order.status(), order::toString);
      for (int other : others) {
        long number = order.body().getLong("number");
        assertEquals(
            order.body(), NodesInThisJvm.await(nodes.get(other, "/orders/" + number)).body());
        assertEquals(
            before.body(),
            NodesInThisJvm.await(nodes.get(other, "/orders/" + before.body().getLong("number")))
                .body());
      }
    }
    nodes.start(leader);
    int back = Integer.parseInt(leader.substring(1)) - 1;
    Answer first = NodesInThisJvm.await(nodes.buy(back, "first-of-" + leader, 1, 1));
    assertEquals(201, first.status(), () -> "it opened before it knew who serves: " + first);
    TestConf.until("it is ready again", nodes::allReady);
  }

  private static long swept(String line) {
    return SWEPT.list.stream().filter(e -> e.getFormattedMessage().startsWith(line)).count();
  }
}
