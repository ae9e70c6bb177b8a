package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.config.Conf;
import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Line;
import com.pygmy.domain.Order;
import com.pygmy.domain.Outcome;
import com.pygmy.domain.Purchase;
import com.pygmy.domain.Recorded;
import com.pygmy.replication.Proposal;
import com.pygmy.replication.ReadPoint;
import com.pygmy.wire.CommandCodec;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Catalog replicas as a node opens them, with their folders lost or damaged in between. */
final class CatalogReplicaTest {

  private static final int STOCK = 1_000;

  @TempDir Path data;
  private final LinkedBlockingQueue<Throwable> fatal = new LinkedBlockingQueue<>();
  private final Map<String, CatalogReplica> open = new TreeMap<>();
  private Conf conf;

  @AfterEach
  void close() {
    open.values().parallelStream().forEach(CatalogReplica::close);
    assertEquals(List.of(), List.copyOf(fatal));
  }

  @Test
  void aRestartKeepsEverything() throws Exception {
    conf = TestConf.of(1, TestConf.NO_RESTOCK, Optional.empty());
    CatalogReplica replica = open("n1", false);
    TestConf.until("it leads", () -> replica.state().role() == Role.LEADER);
    assertEquals(Optional.empty(), replica.state().storeId());
    found("store-1");
    List<Order> orders = buy("before", 20);
    decide(purchase("refused", 1, STOCK));
    List<Optional<Recorded>> outcomes = outcomes(replica);
    assertTrue(Files.size(folder("n1").resolve("catalog.db")) > 0, "while it is open");
    close("n1");
    CatalogReplica restarted = open("n1", false);
    ready(restarted);
    assertEquals(Optional.of("store-1"), restarted.store().catalog().storeId());
    assertEquals(orders, restarted.store().salesAfter(0, 1_000));
    assertEquals(outcomes, outcomes(restarted));
    assertEquals(STOCK - 20, restarted.store().catalog().shelf().find(new BookId(1)).get().stock());
    List<Order> after = buy("after", 1);
    assertEquals(21, after.get(0).number());
    assertEquals(after, restarted.store().salesAfter(20, 1_000));
    assertEquals(List.of(), setAside("n1"));
    assertLeads(restarted);
  }

  private static void assertLeads(CatalogReplica replica) {
    ReplicaState state = replica.state();
    assertEquals("n1", state.replica());
    assertEquals(Role.LEADER, state.role());
    assertTrue(state.ready());
    assertEquals("", state.detail());
    assertEquals(Optional.of("store-1"), state.storeId());
    assertEquals(replica.store().applied().index(), state.appliedIndex());
    assertEquals(replica.log().leadership().term(), state.term());
    assertEquals(Optional.of("n1"), replica.leader());
  }

  private static void assertNotReady(CatalogReplica alone) {
    assertInstanceOf(ReadPoint.Unavailable.class, join(alone.log().confirmRead()));
    ReplicaState state = alone.state();
    assertFalse(state.ready());
    assertNotEquals(Role.LEADER, state.role());
    assertFalse(state.detail().isEmpty());
  }

  @Test
  void aDamagedDatabaseIsReplacedWhileTheOthersServe() throws Exception {
    assertReplacedAfter(List.of(Loss.DAMAGED));
    assertEquals(
        1, setAside("n3").stream().filter(f -> f.matches("catalog\\.db\\.damaged-\\d+")).count());
  }

  @Test
  @Tag("long")
  void aLostDatabaseIsReplacedAgainAndAgain() throws Exception {
    assertReplacedAfter(List.of(Loss.GONE, Loss.EMPTY, Loss.GONE));
  }

  private void assertReplacedAfter(List<Loss> losses) throws Exception {
    conf = TestConf.of(3, TestConf.NO_RESTOCK, Optional.empty());
    assertNotReady(open("n1", false));
    open("n2", false);
    open("n3", false);
    found("store-1");
    List<Order> orders = new ArrayList<>(buy("first", 10));
    for (int i = 0; i < losses.size(); i++) {
      CatalogReplica before = open.get("n3");
      TestConf.until("n3 has all", () -> before.store().lastOrderNumber() == orders.size());
      close("n3");
      losses.get(i).happensTo(folder("n3").resolve("catalog.db"));
      orders.addAll(buy("loss-" + i, 10));
      CatalogReplica after = open("n3", false);
      ready(after);
      assertEquals(orders, after.store().salesAfter(0, 1_000), losses.get(i).name());
      assertEquals(Optional.of("store-1"), after.store().catalog().storeId());
      TestConf.until("n3 votes", () -> after.state().role() != Role.LEARNER);
    }
    assertEquals(List.of(), setAside("n1"));
  }

  @Test
  void theOnlyReplicaGetsALostDatabaseBackFromItsLog() throws Exception {
    conf = TestConf.of(1, TestConf.NO_RESTOCK, Optional.empty());
    open("n1", false);
    found("store-1");
    List<Order> orders = buy("before", 3);
    for (Loss loss : Loss.values()) {
      close("n1");
      loss.happensTo(folder("n1").resolve("catalog.db"));
      CatalogReplica again = open("n1", false);
      ready(again);
      assertEquals(orders, again.store().salesAfter(0, 1_000), loss.name());
      assertEquals(Optional.of("store-1"), again.store().catalog().storeId());
    }
  }

  @Test
  void aReplicaThatLostItsLogAndHasADamagedDatabaseGetsACopy() throws Exception {
    conf = TestConf.of(3, TestConf.NO_RESTOCK, Optional.empty());
    Stream.of("n1", "n2", "n3").forEach(this::openAndMark);
    found("store-1");
    open.values().forEach(CatalogReplicaTest::ready);
    List<Order> orders = buy("before", 3);
    assertFalse(Files.exists(folder("n3").resolve(CatalogReplica.RESTORED)), "it has joined");
    close("n3");
    ResetCommand.removeTree(folder("n3").resolve("raft"));
    Loss.DAMAGED.happensTo(folder("n3").resolve("catalog.db"));
    CatalogReplica again = open("n3", false);
    ready(again);
    assertEquals(orders, again.store().salesAfter(0, 1_000));
    assertEquals(1, setAside("n3").size());
  }

  /** As after a restore. */
  private void openAndMark(String name) {
    try {
      Files.createDirectories(folder(name));
      Files.createFile(folder(name).resolve(CatalogReplica.RESTORED));
      open(name, false);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private enum Loss {
    DAMAGED {
      @Override
      void happensTo(Path database) throws IOException {
        Files.write(
            database,
            "not a page of a database".repeat(1_000).getBytes(StandardCharsets.UTF_8),
            StandardOpenOption.WRITE);
      }
    },
    GONE {
      @Override
      void happensTo(Path database) throws IOException {
        Files.delete(database);
      }
    },
    EMPTY {
      @Override
      void happensTo(Path database) throws IOException {
        Files.write(database, new byte[0]);
      }
    };

    abstract void happensTo(Path database) throws IOException;
  }

  private Path folder(String name) {
    return data.resolve(name);
  }

  /** The names of what was set aside. */
  private List<String> setAside(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder(name))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.contains(".damaged-"))
          .sorted()
          .toList();
    }
  }

  private CatalogReplica open(String name, boolean bootstrap) throws IOException {
    CatalogReplica replica =
        CatalogReplica.open(
            conf,
            conf.node(name).orElseThrow(),
            folder(name),
            Optional.empty(),
            bootstrap,
            TestConf.outside(fatal::add));
    open.put(name, replica);
    return replica;
  }

  private void close(String name) {
    open.remove(name).close();
  }

  private static void ready(CatalogReplica replica) {
    TestConf.until("it is ready", () -> replica.state().ready());
  }

  @Test
  void aCommandOfANewerVersionStopsTheReplicaAndIsNeverPassedOver() throws Exception {
    conf = TestConf.of(1, TestConf.NO_RESTOCK, Optional.empty());
    CatalogReplica replica = open("n1", false);
    found("store-1");
    List<Order> orders = buy("before", 2);
    byte[] newer = {99, 1, 2, 3};
    var unused = replica.log().propose(replica.log().leadership().term(), newer);
    endsFor("a newer one");
    long last = replica.store().applied().index();
    assertEquals(orders, replica.store().salesAfter(0, 1_000));
    close("n1");
    CatalogReplica again = open("n1", false);
    endsFor("a newer one");
    assertFalse(again.state().ready());
    assertEquals(orders, again.store().salesAfter(0, 1_000));
    assertTrue(again.store().applied().index() >= last);
  }

  /** Where the process would have ended. */
  private void endsFor(String why) throws InterruptedException {
    Throwable cause = fatal.poll(30, TimeUnit.SECONDS);
    assertTrue(String.valueOf(cause).contains(why), () -> String.valueOf(cause));
    fatal.clear();
  }

  private void found(String storeId) {
    NewBook book = new NewBook(Optional.of(new BookId(1)), "Title", "Author", "topic", 500, STOCK);
    decide(new Command.FoundStore("found", storeId, List.of(book)));
  }

  private List<Order> buy(String prefix, int count) {
    List<Order> orders = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Outcome outcome = decide(purchase(prefix + "-" + i, 1, 1));
      orders.add(assertInstanceOf(Outcome.Sold.class, outcome).order());
    }
    return orders;
  }

  private static Command purchase(String key, int book, int quantity) {
    return new Command.PlaceOrder(
        key, 0, new Purchase(List.of(new Line(new BookId(book), quantity)), Optional.empty()));
  }

  /** By whoever leads, again until it is decided: the same key is decided once. */
  private Outcome decide(Command command) {
    List<Decision> decisions = new ArrayList<>();
    TestConf.until(
        command.key() + " is decided",
        () -> {
          for (CatalogReplica replica : open.values()) {
            Proposal<Decision> proposal =
                join(
                    replica
                        .log()
                        .propose(replica.log().leadership().term(), CommandCodec.encode(command)));
            if (proposal instanceof Proposal.Committed<Decision> committed) {
              return decisions.add(committed.result());
            }
          }
          return false;
        });
    return assertInstanceOf(Decision.Decided.class, decisions.get(0)).outcome();
  }

  private static List<Optional<Recorded>> outcomes(CatalogReplica replica) {
    return Stream.of("before-0", "before-19", "refused", "unknown")
        .map(replica.store()::outcome)
        .toList();
  }

  private static <T> T join(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }
}
