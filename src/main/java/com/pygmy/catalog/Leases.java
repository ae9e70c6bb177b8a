package com.pygmy.catalog;

import com.pygmy.cluster.Bus;
import com.pygmy.cluster.SharedCopies;
import com.pygmy.coherence.AffectedViews;
import com.pygmy.coherence.CoherenceMessage.Ack;
import com.pygmy.coherence.CoherenceMessage.Renew;
import com.pygmy.coherence.LeaseKeeper;
import com.pygmy.coherence.LeaseKeeper.Action;
import com.pygmy.coherence.LeaseKeeper.Fate;
import com.pygmy.coherence.View;
import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Shelf;
import com.pygmy.replication.Leadership;
import com.pygmy.replication.ReadPoint;
import com.pygmy.replication.ReplicatedLog;
import com.pygmy.store.CatalogStore;
import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.LeadingState;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases that frontends hold on views while this replica leads: a {@link LeaseKeeper} for each
 * term, with its clock, its messages, and what is confirmed by the log. Belongs to one event loop.
 */
final class Leases {

  /** Resends, ends of leases and lifts are late by so much, at most. */
  private static final long TICK_MILLIS = 10;

  /**
   * A renewal waits so long for those of others, and up to a tick longer, that one confirm round
   * does for all.
   */
  static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);

  private static final Logger logger = LoggerFactory.getLogger(Leases.class);

  private final String replica;
  private final CatalogStore store;
  private final ReplicatedLog<Decision> log;
  private final Bus bus;
  private final Optional<SharedCopies> shared;
  private final LongSupplier nanoClock;

  private final Map<Long, Promise<Optional<Ticket>>> waiting = new HashMap<>();
  private final ArrayDeque<Action> actions = new ArrayDeque<>();
  private boolean acting;
  private Optional<LeaseKeeper> keeper = Optional.empty();

  /** Those that wait for a confirm round, by holder: the last one of each. */
  private final Map<String, Renew> renewals = new LinkedHashMap<>();

  private long gatheringSince;
  private volatile Optional<LeadingState> leading = Optional.empty();
  private Context context;
  private MessageConsumer<Message> consumer;
  private Vertx vertx;
  private long timer;
  private boolean stopped;

  /** Of a write that may be proposed in {@code term}; to be given back when its end is known. */
  record Ticket(long term, long write) {}

  Leases(
      String replica,
      CatalogStore store,
      ReplicatedLog<Decision> log,
      Bus bus,
      Optional<SharedCopies> shared,
      LongSupplier nanoClock) {
    this.replica = replica;
    this.store = store;
    this.log = log;
    this.bus = bus;
    this.shared = shared;
    this.nanoClock = nanoClock;
  }

  /** Takes what holders say, on the context of the caller. */
  Future<Void> start(Vertx vertx) {
    this.vertx = vertx;
    context = vertx.getOrCreateContext();
    log.onLeadership(change -> context.runOnContext(now -> followLeadership()));
    return bus.listen(Addresses.keeper(replica), this::heard)
        .onSuccess(registered -> consumer = registered)
        .mapEmpty();
  }

  Future<Void> stop() {
    stopped = true;
    resign();
    return consumer.unregister();
  }

  /** How many writes wait to be proposed, or for their end. */
  int openWrites() {
    return keeper.map(LeaseKeeper::openWrites).orElse(0);
  }

  /** What there is to do, while this replica leads. Any thread. */
  Optional<LeadingState> leading() {
    return leading;
  }

  /**
   * Suspends the views that the commands may change.
   *
   * @return a ticket, when no cache serves them any more: the commands are to be proposed at once,
   *     on the calling thread, so that the log keeps the order of the tickets; empty when this
   *     replica does not lead in the term, or ceased to
   */
  Future<Optional<Ticket>> suspend(long term, List<Command> commands) {
    followLeadership();
    if (keeper.isEmpty() || keeper.get().term() != term) {
      return Future.succeededFuture(Optional.empty());
    }
    LeaseKeeper leader = keeper.get();
    Shelf shelf = store.catalog().shelf();
    Set<View> views = AffectedViews.of(commands, shelf, leader.suspended());
    clear(views, leader.suspended());
    List<Action> out = new ArrayList<>();
    long write = leader.admit(views, nanoClock.getAsLong(), out);
    Promise<Optional<Ticket>> ticket = Promise.promise();
    waiting.put(write, ticket);
    act(out);
    return ticket.future();
  }

  /** Saves others from finding what they may not serve; what it misses, they find and refuse. */
  private void clear(Set<View> views, Set<View> suspended) {
    if (shared.isPresent() && store.catalog().storeId().isPresent()) {
      List<Message> answers =
          views.stream()
              .filter(view -> view instanceof View.OfBook && !suspended.contains(view))
              .map(view -> (Message) new Message.ReadBooks(List.of(((View.OfBook) view).id())))
              .toList();
      shared.get().remove(store.catalog().storeId().get(), answers);
    }
  }

  /** What became of the commands of a ticket: their views may be served again. */
  void settle(Ticket ticket, Fate fate) {
    keeper
        .filter(leader -> leader.term() == ticket.term())
        .ifPresent(
            leader ->
                act(leader.settle(ticket.write(), fate, nanoClock.getAsLong(), appliedIndex())));
  }

  private void tick() {
    followLeadership();
    keeper.ifPresent(leader -> act(leader.tick(nanoClock.getAsLong(), appliedIndex())));
    if (!renewals.isEmpty() && nanoClock.getAsLong() - gatheringSince >= GATHER_NANOS) {
      grantGathered();
    }
    leading = keeper.map(leader -> new LeadingState(leader.holders(), leader.openWrites()));
  }

  /** A term that was won while nobody looked is taken for won now: its wait only gets longer. */
  private void followLeadership() {
    Leadership now = log.leadership();
    if (!now.leads() || stopped) {
      resign();
    } else if (keeper.isEmpty() || keeper.get().term() != now.term()) {
      resign();
      keeper =
          Optional.of(
              new LeaseKeeper(
                  now.term(), nanoClock.getAsLong(), id -> store.catalog().shelf().find(id)));
      timer = vertx.setPeriodic(TICK_MILLIS, tick -> tick());
    }
  }

  /** Nothing of an ended term may be proposed; its suspensions mean nothing to the next one. */
  private void resign() {
    if (keeper.isPresent()) {
      vertx.cancelTimer(timer);
    }
    keeper = Optional.empty();
    leading = Optional.empty();
    renewals.clear();
    actions.clear();
    List<Promise<Optional<Ticket>>> abandoned = List.copyOf(waiting.values());
    waiting.clear();
    abandoned.forEach(ticket -> ticket.complete(Optional.empty()));
  }

  private void heard(Message message) {
    if (message instanceof Message.Coherence said && said.message() instanceof Ack ack) {
      keeper.ifPresent(leader -> act(leader.acknowledged(ack)));
    } else if (message instanceof Message.Coherence said && said.message() instanceof Renew renew) {
      renew(renew);
    } else {
      logger.warn("dropped a {} from a holder of a lease", message.getClass().getSimpleName());
    }
  }

  /** Who has a lease, as far as this side reckons, can wait a little; a newcomer need not. */
  private void renew(Renew renew) {
    followLeadership();
    boolean ours = store.catalog().storeId().equals(Optional.of(renew.storeId()));
    if (keeper.isEmpty() || !ours || !log.leadership().ready()) {
      return;
    }
    if (renewals.isEmpty()) {
      gatheringSince = nanoClock.getAsLong();
    }
    renewals.put(renew.holder(), renew);
    if (!keeper.get().isHolder(renew.holder())) {
      grantGathered();
    }
  }

  /** Grants only what was confirmed after the requests had arrived. */
  private void grantGathered() {
    LeaseKeeper asked = keeper.orElseThrow();
    List<Renew> gathered = List.copyOf(renewals.values());
    renewals.clear();
    Future.fromCompletionStage(log.confirmRead(), context)
        .onSuccess(
            point -> {
              if (keeper.equals(Optional.of(asked))
                  && point instanceof ReadPoint.Confirmed confirmed
                  && confirmed.term() == asked.term()) {
                gathered.forEach(
                    renew -> act(asked.renew(renew, nanoClock.getAsLong(), appliedIndex())));
              }
            });
  }

  private long appliedIndex() {
    return store.applied().index();
  }

  /** What an action brings about may call for more: that comes after it, in order. */
  private void act(List<Action> more) {
    actions.addAll(more);
    if (acting) {
      return;
    }
    acting = true;
    try {
      while (!actions.isEmpty()) {
        act(actions.poll());
      }
    } finally {
      acting = false;
    }
  }

  private void act(Action action) {
    if (action instanceof Action.Send send) {
      bus.tell(Addresses.holder(send.holder()), new Message.Coherence(send.message()));
    } else if (action instanceof Action.Propose propose) {
      Promise<Optional<Ticket>> ticket = waiting.remove(propose.write());
      if (ticket != null) {
        ticket.complete(keeper.map(leader -> new Ticket(leader.term(), propose.write())));
      }
    }
  }
}
