package com.pygmy.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.Logged;
import com.pygmy.coherence.CoherenceMessage;
import com.pygmy.coherence.CoherenceMessage.Ack;
import com.pygmy.coherence.CoherenceMessage.Grant;
import com.pygmy.coherence.CoherenceMessage.Renew;
import com.pygmy.coherence.CoherenceMessage.Resume;
import com.pygmy.coherence.CoherenceMessage.Suspend;
import com.pygmy.coherence.Timing;
import com.pygmy.coherence.View;
import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Line;
import com.pygmy.domain.Purchase;
import com.pygmy.replication.ReplicatedLog;
import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Answer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real replica that leads, and holders of leases that say what the test has them say. */
final class LeasesTest {

  private static final String STORE = "store-1";

  @TempDir static Path folder;
  private static ReplicaOnTheBus replica;
  private static int lastBook;
  private static int lastHolder;
  private static final List<Holder> holders = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    replica = new ReplicaOnTheBus(folder, 1).untilItLeads();
    List<NewBook> books =
        IntStream.rangeClosed(1, 20)
            .mapToObj(
                id ->
                    new NewBook(
                        Optional.of(new BookId(id)), "Book " + id, "Author", "topic", 500, 100))
            .toList();
    replica.found(STORE, books);
  }

  @AfterAll
  static void stop() {
    replica.close();
  }

  /** Whoever still holds a lease does not hold up the next test. */
  @AfterEach
  void obligeFromNowOn() {
    holders.forEach(holder -> holder.obliging = true);
    holders.clear();
  }

  @Test
  void aWriteIsNotDecidedBeforeTheHolderHasAcknowledgedIt() throws Exception {
    Holder holder = new Holder();
    Grant grant = holder.untilGranted();
    holder.keepRenewing();
    View book = nextBook();
    Future<Message> buy = buy(book);
    Suspend suspend = holder.hear(Suspend.class);
    assertEquals(Set.of(book), suspend.views());
    assertTrue(suspend.term() == grant.term() && suspend.sequence() > grant.sequence());
    replica.ask(new Message.ReadBooks(List.of(new BookId(1)))); // the log works on meanwhile
    assertFalse(buy.isComplete());
    holder.acknowledge(suspend);
    Answer.Decided sold = decided(buy);
    Resume resume = holder.hear(Resume.class);
    assertEquals(Set.of(book), resume.views());
    assertTrue(resume.index() >= sold.index() && resume.sequence() > suspend.sequence());
    assertEquals(99, resume.fresh().get(0).stock());
  }

  @Test
  void anAcknowledgementOfSomethingElseCountsForNothing() throws Exception {
    Holder holder = new Holder();
    holder.untilGranted();
    Future<Message> buy = buy(nextBook());
    Suspend suspend = holder.hear(Suspend.class);
    holder.say(new Ack(holder.name, suspend.term(), suspend.sequence() - 1));
    holder.say(new Ack(holder.name, suspend.term() - 1, suspend.sequence()));
    holder.say(new Ack("another", suspend.term(), suspend.sequence()));
    assertEquals(suspend, holder.hear(Suspend.class), "it is sent again until it is acknowledged");
    assertFalse(buy.isComplete());
    holder.acknowledge(suspend);
    decided(buy);
  }

  @Test
  void aSilentHolderHoldsAWriteUpUntilItsLeaseEndsAndIsProbedThen() throws Exception {
    Holder holder = new Holder();
    long asked = System.nanoTime(); // a little before the grant
    holder.untilGranted();
    Future<Message> buy = buy(nextBook());
    decided(buy);
    long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - asked);
    assertTrue(waited >= Timing.LEASE_MILLIS, "decided after " + waited + " ms");
    Suspend last = holder.hear(Suspend.class);
    holder.messages.clear();
    holder.renew();
    Suspend probe = holder.hear(Suspend.class);
    assertEquals(Set.of(), probe.views());
    assertTrue(probe.sequence() > last.sequence());
    holder.acknowledge(probe);
    holder.untilGranted();
  }

  @Test
  void aGrantNamesWhatIsSuspended() throws Exception {
    Holder first = new Holder();
    first.untilGranted();
    View book = nextBook();
    Future<Message> buy = buy(book);
    Suspend suspend = first.hear(Suspend.class);
    Holder second = new Holder();
    second.keepRenewing();
    assertTrue(second.untilGranted().suspended().contains(book));
    first.acknowledge(suspend);
    decided(buy);
    assertTrue(second.hear(Resume.class).views().contains(book));
  }

  @Test
  void aBookUnderFireIsSuspendedOnce() throws Exception {
    Holder holder = new Holder();
    holder.untilGranted();
    holder.keepRenewing();
    View book = nextBook();
    List<Future<Message>> buys = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      buys.add(buy(book));
    }
    Suspend suspend = holder.hear(Suspend.class);
    holder.acknowledge(suspend);
    for (Future<Message> buy : buys) {
      decided(buy);
    }
    Resume resume = holder.hear(Resume.class);
    assertEquals(80, resume.fresh().get(0).stock());
    assertTrue(holder.messages.stream().allMatch(Grant.class::isInstance));
  }

  @Test
  void aHolderOfAnotherStoreGetsNoLease() throws Exception {
    Holder foreign = new Holder();
    foreign.say(new Renew(foreign.name, 1, "another-store"));
    Holder ours = new Holder();
    ours.untilGranted(); // its request came later
    assertEquals(List.of(), List.copyOf(foreign.messages));
  }

  /**
   * Those of known holders wait for each other; a newcomer waits for nobody, and takes them along.
   */
  @Test
  void renewalsThatComeWithinAMomentShareAConfirmRound() throws Exception {
    AtomicInteger rounds = new AtomicInteger();
    AtomicLong clock = new AtomicLong();
    Leases gathering =
        new Leases(
            "gathering",
            replica.store,
            counting(rounds),
            replica.bus,
            Optional.empty(),
            clock::get);
    Promise<Void> started = Promise.promise();
    replica.vertx.runOnContext(now -> gathering.start(replica.vertx).onComplete(started));
    ReplicaOnTheBus.await(started.future());
    try (Logged log = new Logged(Leases.class.getName())) {
      List<Holder> known = Stream.generate(() -> new Holder("gathering")).limit(3).toList();
      for (Holder newcomer : known) {
        newcomer.untilGranted();
      }
      assertEquals(3, rounds.get());

      known.forEach(Holder::renew);
      untilAllIsHeard(log);
      assertEquals(3, rounds.get());
      clock.addAndGet(Leases.GATHER_NANOS);
      for (Holder holder : known) {
        holder.hear(Grant.class);
      }
      assertEquals(4, rounds.get());

      known.forEach(Holder::renew);
      new Holder("gathering").untilGranted();
      for (Holder holder : known) {
        holder.hear(Grant.class);
      }
      assertEquals(5, rounds.get());
    } finally {
      ReplicaOnTheBus.await(gathering.stop());
    }
  }

  /** What was said to the keeper before this has been heard when this returns. */
  private static void untilAllIsHeard(Logged log) {
    replica.bus.tell(Addresses.keeper("gathering"), new Message.SalesHint(1));
    ReplicaOnTheBus.until(
        "what is no renewal is heard", () -> !log.marksOf("dropped a SalesHint").isEmpty());
  }

  /** The log of the replica, and how often a read was to be confirmed. */
  @SuppressWarnings("unchecked")
  private static ReplicatedLog<Decision> counting(AtomicInteger rounds) {
    return (ReplicatedLog<Decision>)
        Proxy.newProxyInstance(
            LeasesTest.class.getClassLoader(),
            new Class<?>[] {ReplicatedLog.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("confirmRead")) {
                rounds.incrementAndGet();
              }
              return method.invoke(replica.log, arguments);
            });
  }

  private static View nextBook() {
    return new View.OfBook(new BookId(++lastBook));
  }

  private static Future<Message> buy(View view) {
    BookId book = ((View.OfBook) view).id();
    Command command =
        new Command.PlaceOrder(
            "key-" + System.nanoTime(),
            0,
            new Purchase(List.of(new Line(book, 1)), Optional.empty()));
    return replica.send(new Message.Submit(List.of(command)));
  }

  private static Answer.Decided decided(Future<Message> buy) {
    Message reply = ReplicaOnTheBus.await(buy);
    return assertInstanceOf(
        Answer.Decided.class, assertInstanceOf(Message.Submitted.class, reply).answers().get(0));
  }

  private static final class Holder {
    final String name = "holder-" + ++lastHolder;
    final BlockingQueue<CoherenceMessage> messages = new LinkedBlockingQueue<>();
    volatile boolean obliging;
    private final Set<Long> suspends = new HashSet<>();
    private final AtomicLong requests = new AtomicLong();
    private final String keeper;

    Holder() {
      this(ReplicaOnTheBus.NAME);
    }

    Holder(String keeper) {
      this.keeper = keeper;
      holders.add(this);
      ReplicaOnTheBus.await(
          replica.bus.listen(
              Addresses.holder(name), message -> heard(((Message.Coherence) message).message())));
    }

    private void heard(CoherenceMessage message) {
      if (obliging && message instanceof Suspend suspend) {
        acknowledge(suspend);
      }
      messages.add(message);
    }

    void say(CoherenceMessage message) {
      replica.bus.tell(Addresses.keeper(keeper), new Message.Coherence(message));
    }

    void acknowledge(Suspend suspend) {
      say(new Ack(name, suspend.term(), suspend.sequence()));
    }

    void renew() {
      say(new Renew(name, requests.incrementAndGet(), STORE));
    }

    void keepRenewing() {
      replica.vertx.setPeriodic(
          Timing.RENEW_MILLIS,
          timer -> {
            renew();
            if (obliging) {
              replica.vertx.cancelTimer(timer);
            }
          });
    }

    Grant untilGranted() throws InterruptedException {
      renew();
      return hear(Grant.class);
    }

    /**
     * The next message of this type; other grants are passed over, and a suspend that was heard and
     * is sent again, as on a busy machine it may be although it is acknowledged.
     */
    <T extends CoherenceMessage> T hear(Class<T> type) throws InterruptedException {
      while (true) {
        CoherenceMessage message =
            messages.poll(ReplicaOnTheBus.PATIENCE_SECONDS, TimeUnit.SECONDS);
        boolean isAgain = message instanceof Suspend suspend && !suspends.add(suspend.sequence());
        if (type.isInstance(message) || !(message instanceof Grant || isAgain)) {
          return assertInstanceOf(type, message);
        }
      }
    }
  }
}
