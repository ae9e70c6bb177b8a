package com.pygmy.catalog;

import com.pygmy.cluster.Bus;
import com.pygmy.cluster.SharedCopies;
import com.pygmy.domain.Book;
import com.pygmy.domain.Catalog;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Order;
import com.pygmy.domain.Outcome;
import com.pygmy.domain.Recorded;
import com.pygmy.domain.Shelf;
import com.pygmy.replication.ReadPoint;
import com.pygmy.replication.ReplicatedLog;
import com.pygmy.store.CatalogStore;
import com.pygmy.store.ChangesAfter;
import com.pygmy.store.ShelfAsOf;
import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.LeadingState;
import com.pygmy.wire.Message.Service;
import com.pygmy.wire.RequestMark;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * One catalog replica on the bus. Reads are linearizable on every replica: each waits for a read
 * point that was confirmed after it came in. Commands are admitted where the replica leads.
 */
public final class CatalogVerticle extends VerticleBase {

  /** Books in one answer, at most. */
  static final int MAX_PAGE = 100;

  /** Commands in one request, at most. */
  static final int MAX_COMMANDS = 256;

  /** Sales in one answer, at most. */
  static final int MAX_SALES = 1_000;

  /** Reads that wait for a worker thread or for the disk, at most. */
  static final int MAX_BLOCKING_READS = 256;

  /**
   * The leader says how far the sale stream is, at most so often. Every time is a page and a
   * transaction at each order replica, and who wants an order that is not there yet has it fetched.
   */
  static final long SALES_HINT_MILLIS = 100;

  private final String replica;
  private final CatalogStore store;
  private final ReplicatedLog<Decision> log;
  private final Bus bus;
  private final Leases leases;
  private final Admission admission;
  private final Searches searches;
  private final Backups backups;
  private final Voters voters;
  private MessageConsumer<Message> consumer;
  private int blockingReads;
  private long hinted;

  /**
   * @param shared absent: the frontends share no copies
   * @param metrics takes in how long it took to take the leadership over
   * @param backups folder for copies on their way to those who back the store up; what is in it is
   *     deleted
   * @param nanoClock monotonic
   */
  public CatalogVerticle(
      String replica,
      CatalogStore store,
      ReplicatedLog<Decision> log,
      Bus bus,
      Optional<SharedCopies> shared,
      MeterRegistry metrics,
      Path backups,
      LongSupplier nanoClock) {
    this.replica = replica;
    this.store = store;
    this.log = log;
    this.bus = bus;
    this.leases = new Leases(replica, store, log, bus, shared, nanoClock);
    this.admission =
        new Admission(store, log, leases, new FailoverFigures(log, metrics, nanoClock));
    this.searches = new Searches(replica, store, nanoClock);
    this.backups = new Backups(store, backups, nanoClock);
    this.voters = new Voters(log);
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(SALES_HINT_MILLIS, timer -> hintSales());
    vertx.setPeriodic(Backups.SWEEP_MILLIS, timer -> backups.closeIdle(vertx));
    searches.start(vertx);
    return backups
        .clear(vertx)
        .compose(cleared -> leases.start(vertx))
        .compose(started -> bus.serve(Service.CATALOG, replica, this::answer))
        .onSuccess(registered -> consumer = registered);
  }

  @Override
  public Future<?> stop() {
    return consumer
        .unregister()
        .compose(gone -> leases.stop())
        .eventually(searches::stop)
        .eventually(() -> backups.clear(vertx));
  }

  /** What it has to do while it leads. Any thread. */
  public Optional<LeadingState> leading() {
    return leases.leading();
  }

  private Future<Message> answer(Message request) {
    if (request instanceof Message.ReadBooks read) {
      return read(books -> readBooks(books, read));
    } else if (request instanceof Message.ListBooks list) {
      return read(books -> listBooks(books, list));
    } else if (request instanceof Message.SearchBooks search) {
      return confirmed(() -> searches.find(search, context));
    } else if (request instanceof Message.ListTopics) {
      return read(books -> new Message.TopicsListed(asOf(books), books.shelf().topics()));
    } else if (request instanceof Message.FindOutcome find) {
      return confirmed(() -> findOutcome(find.key()));
    } else if (request instanceof Message.ReadSales sales) {
      return sales.confirmed() ? confirmed(() -> readSales(sales)) : readSales(sales);
    } else if (request instanceof Message.ReadChanges changes) {
      return Future.succeededFuture(readChanges(changes));
    } else if (request instanceof Message.Submit submit) {
      return submit(submit);
    } else if (request instanceof Message.OpenBackup open) {
      return confirmed(() -> backups.open(vertx, open.withinMillis()));
    } else if (request instanceof Message.ReadBackup part) {
      return backups.read(vertx, part);
    } else if (request instanceof Message.CloseBackup done) {
      return backups.close(vertx, done.backup());
    } else if (request instanceof Message.AddMember add) {
      return voters.add(add.newcomer(), context).map(Message.MembersAnswered::new);
    } else if (request instanceof Message.RemoveMember remove) {
      return voters.remove(remove.replica(), context).map(Message.MembersAnswered::new);
    } else {
      return unavailable("a catalog replica takes no " + request.getClass().getSimpleName());
    }
  }

  /** Answers from this replica's state, after a read point that was confirmed for it. */
  private Future<Message> confirmed(Supplier<Future<Message>> read) {
    RequestMark mark = RequestMark.current();
    return Future.fromCompletionStage(log.confirmRead(), context)
        .compose(
            point -> {
              if (point instanceof ReadPoint.Unavailable none) {
                return unavailable(none.why());
              }
              return mark.call(read);
            });
  }

  /** Whole entries are seen, or nothing of them: also by reads of several books. */
  private Future<Message> read(Function<ShelfAsOf, Message> read) {
    return confirmed(() -> Future.succeededFuture(read.apply(store.shelf())));
  }

  private static long asOf(ShelfAsOf books) {
    return books.position().index();
  }

  private static Message readBooks(ShelfAsOf read, Message.ReadBooks wanted) {
    Shelf shelf = read.shelf();
    return new Message.BooksRead(
        asOf(read),
        wanted.ids().stream().limit(MAX_PAGE).map(shelf::find).flatMap(Optional::stream).toList());
  }

  private static Message listBooks(ShelfAsOf read, Message.ListBooks list) {
    if (list.title().isPresent() && list.topic().isPresent()) {
      return new Message.Unavailable("books are listed by title or by topic, not by both");
    }
    int limit = Math.max(1, Math.min(list.limit(), MAX_PAGE));
    Shelf shelf = read.shelf();
    List<Book> books;
    if (list.title().isPresent()) {
      books = shelf.pageOfTitle(list.title().get(), list.after(), limit + 1);
    } else if (list.topic().isPresent()) {
      books = shelf.pageOfTopic(list.topic().get(), list.after(), limit + 1);
    } else {
      books = shelf.page(list.after(), limit + 1);
    }
    boolean more = books.size() > limit;
    return new Message.BooksListed(asOf(read), more ? books.subList(0, limit) : books, more);
  }

  private Message readChanges(Message.ReadChanges wanted) {
    long after = wanted.after().orElse(Long.MAX_VALUE);
    int limit = Math.max(1, Math.min(wanted.limit(), Message.MAX_CHANGES));
    ChangesAfter read = store.changesAfter(after, limit);
    if (read.storeId().isEmpty()) {
      return new Message.Unavailable("the store is not founded yet");
    }
    return new Message.ChangesRead(
        read.storeId().get(), read.head(), read.kept(), read.upTo(), read.entries());
  }

  private Future<Message> findOutcome(String key) {
    return blocking(
        () -> {
          // The index first: the outcome that comes with it is not behind it.
          long asOf = store.applied().index();
          Optional<Outcome> outcome = store.outcome(key).map(Recorded::outcome);
          return new Message.OutcomeFound(asOf, outcome);
        });
  }

  private Future<Message> readSales(Message.ReadSales request) {
    long after = Math.max(0, request.after());
    int limit = Math.min(request.limit(), MAX_SALES);
    return blocking(
        () -> {
          List<Order> sales = limit < 1 ? List.of() : store.salesAfter(after, limit);
          // The sales first: the head that comes with them is not behind them.
          long head = store.lastOrderNumber();
          Catalog catalog = store.catalog();
          return new Message.SalesRead(catalog.storeId(), head, sales, catalog.origin());
        });
  }

  /** Reads what may be on the disk, on a worker thread; refuses when too many wait for one. */
  private Future<Message> blocking(Callable<Message> read) {
    if (blockingReads >= MAX_BLOCKING_READS) {
      return unavailable("more than " + MAX_BLOCKING_READS + " reads of the disk at once");
    }
    blockingReads++;
    return vertx.executeBlocking(read, false).onComplete(done -> blockingReads--);
  }

  private Future<Message> submit(Message.Submit submit) {
    if (submit.commands().size() > MAX_COMMANDS) {
      return unavailable("more than " + MAX_COMMANDS + " commands in one request");
    }
    return admission.admit(new ArrayList<>(submit.commands()), context).map(Message.Submitted::new);
  }

  private void hintSales() {
    long head = store.lastOrderNumber();
    if (head > hinted && log.leadership().leads()) {
      hinted = head;
      bus.publish(Addresses.SALES, new Message.SalesHint(head));
    }
  }

  private static Future<Message> unavailable(String why) {
    return Future.succeededFuture(new Message.Unavailable(why));
  }
}
