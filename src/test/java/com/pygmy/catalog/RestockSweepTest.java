package com.pygmy.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cluster.ClusterLock;
import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.config.Conf.RestockConf;
import com.pygmy.domain.Book;
import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Line;
import com.pygmy.domain.Outcome;
import com.pygmy.domain.Purchase;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Answer;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps on a real replica that leads, with a real lock each. */
final class RestockSweepTest {

  private static final RestockConf ON = new RestockConf(true, 1, 0, Optional.empty());
  private static final RestockConf OFF = new RestockConf(false, 1, 0, Optional.empty());
  private static final int INITIAL = 3;
  private static final BookId ONE = new BookId(1);

  @TempDir Path folder;
  private final AtomicInteger keys = new AtomicInteger();
  private SimpleMeterRegistry metrics;
  private ReplicaOnTheBus replica;

  @BeforeEach
  void start() throws Exception {
    replica = new ReplicaOnTheBus(folder, 1).untilItLeads();
    replica.found("store-1", List.of(book(1), book(2)));
  }

  @AfterEach
  void stop() {
    replica.close();
  }

  @Test
  void twoHoldersRestockNothingTwice() {
    Promise<Void> gate = Promise.promise();
    leadsToo("slow", gate.future());
    RestockSweep one = sweep(ON, heldLock("one"), ReplicaOnTheBus.NAME);
    RestockSweep other = sweep(ON, heldLock("other"), ReplicaOnTheBus.NAME);
    RestockSweep late = sweep(ON, heldLock("late"), "slow");
    buy(1, INITIAL);
    List<Future<Void>> all = List.of(late.sweep(), one.sweep(), other.sweep());
    ReplicaOnTheBus.await(all.get(1));
    ReplicaOnTheBus.await(all.get(2));
    assertEquals(INITIAL, shelved(ONE).stock());
    buy(1, 1);
    gate.complete();
    ReplicaOnTheBus.await(all.get(0));
    assertEquals(INITIAL - 1, shelved(ONE).stock());
    assertEquals(INITIAL, shelved(ONE).restocked());
  }

  @Test
  void whoDoesNotHoldTheLockDoesNothing() {
    ClusterLock lock = heldLock("job");
    RestockSweep sweep = sweep(ON, lock, ReplicaOnTheBus.NAME);
    ReplicaOnTheBus.await(lock.release());
    buy(1, INITIAL);
    ReplicaOnTheBus.await(sweep.sweep());
    assertEquals(0, shelved(ONE).stock());
    assertEquals(0, announced());
  }

  @Test
  void announcesABookEachTimeThatItRunsOut() {
    RestockSweep sweep = sweep(OFF, heldLock("job"), ReplicaOnTheBus.NAME);
    buy(1, INITIAL);
    ReplicaOnTheBus.await(sweep.sweep());
    ReplicaOnTheBus.await(sweep.sweep());
    assertEquals(1, announced());
    buy(2, INITIAL);
    ReplicaOnTheBus.await(sweep.sweep());
    assertEquals(2, announced());
    submit(new Command.Restock("by-hand", 0, List.of(new Line(ONE, 1))));
    ReplicaOnTheBus.await(sweep.sweep());
    buy(1, 1);
    ReplicaOnTheBus.await(sweep.sweep());
    assertEquals(3, announced());
    assertEquals(0, shelved(ONE).stock(), "announced, and not restocked");
  }

  @Test
  void announcesAgainWhatIsOutWhenItGetsTheLockBack() {
    ClusterLock lock = heldLock("job");
    RestockSweep sweep = sweep(OFF, lock, ReplicaOnTheBus.NAME);
    buy(1, INITIAL);
    ReplicaOnTheBus.await(sweep.sweep());
    ReplicaOnTheBus.await(lock.release());
    ReplicaOnTheBus.await(sweep.sweep());
    assertTrue(ReplicaOnTheBus.await(lock.acquire(5_000)));
    ReplicaOnTheBus.await(sweep.sweep());
    assertEquals(2, announced());
  }

  @Test
  void tellsHowManyBooksAreOutWhoeverHoldsTheLock() {
    ClusterLock lock = heldLock("job");
    sweep(OFF, lock, ReplicaOnTheBus.NAME);
    ReplicaOnTheBus.await(lock.release());
    assertEquals(0, outOfStock());
    buy(1, INITIAL);
    buy(2, INITIAL);
    assertEquals(2, outOfStock());
    submit(new Command.Restock("by-hand", 0, List.of(new Line(ONE, 1))));
    assertEquals(1, outOfStock());
  }

  @Test
  void theNextSweepMakesUpForOneThatFoundNoLeader() {
    ClusterLock lock = heldLock("job");
    ReplicaDirectory directory = new ReplicaDirectory();
    RestockSweep sweep = sweep(ON, lock, directory);
    buy(1, INITIAL);
    ReplicaOnTheBus.await(sweep.sweep());
    directory.heard(leads("gone", 1));
    assertTrue(sweepFails(sweep), "nobody is there");
    assertEquals(0, shelved(ONE).stock());
    directory.heard(leads(ReplicaOnTheBus.NAME, 2));
    ReplicaOnTheBus.await(sweep.sweep());
    assertEquals(INITIAL, shelved(ONE).stock());
  }

  /** However far others say that they are: they may be of another store. */
  @Test
  void stampsItsCommandsWithAnIndexThatThisLogHasReached() {
    List<Message> submitted = new CopyOnWriteArrayList<>();
    ReplicaOnTheBus.await(
        replica.bus.serve(
            Service.CATALOG,
            "watched",
            asked -> {
              submitted.add(asked);
              return replica.send(asked);
            }));
    RestockSweep sweep = sweep(ON, heldLock("job"), "watched");
    buy(1, INITIAL);
    long reached = replica.store.applied().index();
    ReplicaOnTheBus.await(sweep.sweep());
    Command sent = ((Message.Submit) submitted.get(0)).commands().get(0);
    assertEquals(reached, sent.admittedIndex());
  }

  private boolean sweepFails(RestockSweep sweep) {
    return ReplicaOnTheBus.await(
        sweep.sweep().transform(ended -> Future.succeededFuture(ended.failed())));
  }

  /** A replica that passes on what it is asked once the gate is open. */
  private void leadsToo(String name, Future<Void> gate) {
    ReplicaOnTheBus.await(
        replica.bus.serve(
            Service.CATALOG, name, asked -> gate.compose(open -> replica.send(asked))));
  }

  private RestockSweep sweep(RestockConf conf, ClusterLock lock, String leader) {
    ReplicaDirectory directory = new ReplicaDirectory();
    directory.heard(leads(leader, 1));
    return sweep(conf, lock, directory);
  }

  /** With figures of its own, as each node has. */
  private RestockSweep sweep(RestockConf conf, ClusterLock lock, ReplicaDirectory directory) {
    metrics = new SimpleMeterRegistry();
    return new RestockSweep(
        conf,
        lock,
        replica.store,
        replica.bus,
        directory,
        () -> "sweep-" + keys.incrementAndGet(),
        metrics);
  }

  /** Each name is another lock: so any number of sweeps hold one. */
  private ClusterLock heldLock(String name) {
    ClusterLock lock = new ClusterLock(replica.vertx, name, "n1", System::nanoTime);
    assertTrue(ReplicaOnTheBus.await(lock.acquire(5_000)));
    return lock;
  }

  private static Heartbeat leads(String name, long term) {
    ReplicaState state =
        new ReplicaState(
            name, Service.CATALOG, Role.LEADER, term, 1_000_000_000, true, Optional.empty(), "");
    return new Heartbeat(name, "i", Optional.empty(), false, List.of(state));
  }

  private void buy(int book, int quantity) {
    Line line = new Line(new BookId(book), quantity);
    Purchase purchase = new Purchase(List.of(line), Optional.empty());
    String key = "buy-" + keys.incrementAndGet();
    assertInstanceOf(Outcome.Sold.class, submit(new Command.PlaceOrder(key, 0, purchase)));
  }

  private Outcome submit(Command command) {
    Message.Submit submit = new Message.Submit(List.of(command));
    List<Answer> answers = ((Message.Submitted) replica.ask(submit)).answers();
    Decision decision = ((Answer.Decided) answers.get(0)).decision();
    return ((Decision.Decided) decision).outcome();
  }

  private Book shelved(BookId id) {
    return replica.store.catalog().shelf().find(id).orElseThrow();
  }

  private double announced() {
    return metrics.get("pygmy.books.announced").counter().count();
  }

  private double outOfStock() {
    return metrics.get("pygmy.books.out_of_stock").gauge().value();
  }

  private static NewBook book(int id) {
    return new NewBook(Optional.of(new BookId(id)), "Title " + id, "A", "t", 500, INITIAL);
  }
}
