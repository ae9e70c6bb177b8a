package com.pygmy.catalog;

import com.pygmy.cluster.Bus;
import com.pygmy.cluster.ClusterLock;
import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.config.Conf.RestockConf;
import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Limits;
import com.pygmy.domain.Outcome;
import com.pygmy.store.CatalogStore;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Answer;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for books that ran out: tells the administrators of each, once, and has them restocked if
 * the conf says so. The cluster lock sees to it that one replica does this at a time; if two did,
 * the log would still put nothing on the shelf twice ({@link Command.RestockTo}).
 */
public final class RestockSweep {

  private static final long SUBMIT_MILLIS = 5_000;
  private static final Logger logger = LoggerFactory.getLogger(RestockSweep.class);

  private final RestockConf conf;
  private final ClusterLock lock;
  private final CatalogStore store;
  private final Bus bus;
  private final ReplicaDirectory directory;
  private final Supplier<String> newKeys;
  private Set<BookId> announced = new HashSet<>();

  public RestockSweep(
      RestockConf conf,
      ClusterLock lock,
      CatalogStore store,
      Bus bus,
      ReplicaDirectory directory,
      Supplier<String> newKeys) {
    this.conf = conf;
    this.lock = lock;
    this.store = store;
    this.bus = bus;
    this.directory = directory;
    this.newKeys = newKeys;
  }

  /** One sweep, if this node holds the lock. */
  public Future<Void> sweep() {
    if (!lock.holdsNow()) {
      return Future.succeededFuture();
    }
    List<Book> out = store.catalog().shelf().withStockAtMost(conf.threshold());
    announce(out);
    List<Book> wanting =
        out.stream().filter(this::isBelowLevel).limit(Limits.MAX_BOOKS_PER_COMMAND).toList();
    return conf.enabled() && !wanting.isEmpty() ? restock(wanting) : Future.succeededFuture();
  }

  private boolean isBelowLevel(Book book) {
    return book.stock() < conf.level().orElse(book.initialStock());
  }

  private void announce(List<Book> out) {
    Set<BookId> now = new HashSet<>();
    for (Book book : out) {
      now.add(book.id());
      if (!announced.contains(book.id())) {
        logger.warn("out of stock: book {} \"{}\", {} left", book.id(), book.title(), book.stock());
      }
    }
    announced = now;
  }

  private Future<Void> restock(List<Book> out) {
    var leader = directory.leader();
    if (leader.isEmpty() || !lock.holdsNow()) {
      return Future.succeededFuture();
    }
    Command command =
        new Command.RestockTo(
            newKeys.get(),
            directory.appliedIndex(),
            conf.level(),
            conf.threshold(),
            out.stream().map(Book::id).toList());
    Message submit = new Message.Submit(List.of(command));
    return bus.ask(Service.CATALOG, leader.get().replica(), submit, SUBMIT_MILLIS)
        .onSuccess(RestockSweep::report)
        .mapEmpty();
  }

  private static void report(Message reply) {
    if (reply instanceof Message.Submitted submitted
        && submitted.answers().get(0) instanceof Answer.Decided decided
        && decided.decision() instanceof Decision.Decided outcome
        && outcome.outcome() instanceof Outcome.Restocked restocked) {
      restocked
          .lines()
          .forEach(line -> logger.info("restocked: book {} by {}", line.book(), line.quantity()));
    } else {
      logger.warn("the books that ran out were not restocked this time: {}", reply);
    }
  }
}
