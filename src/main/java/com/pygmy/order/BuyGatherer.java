package com.pygmy.order;

import com.pygmy.cluster.Bus;
import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.domain.Command;
import com.pygmy.domain.Command.PlaceOrder;
import com.pygmy.domain.Decision;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Answer;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Gathers buys and sends them to the catalog leader: those that come in one turn of the event loop,
 * or while a request is on its way, share the next one. It leaves even so when it is full, or when
 * the one on its way is slow. Without a leader they wait for one. When a leader of a later term
 * appears, what is on its way to the old one is sent again, under the same keys. One event loop.
 *
 * <p>A buy that was sent and not answered may yet be decided: from then on nothing but a decision
 * or {@link Answer.Unknown} can be its answer.
 */
final class BuyGatherer {

  static final int MAX_WAITING = 4_096;
  static final int MAX_BUYS_PER_REQUEST = 128;

  /**
   * Requests on their way: one, and another beside it if that is slow, or there are buys to fill
   * it. Two at any time cost a buy of 64 buyers a seventh more: smaller entries
   * (docs/performance.md).
   */
  static final int MAX_FLIGHTS = 2;

  /** Then a request is slow: it may wait for a frontend that does not answer. */
  static final long SLOW_MILLIS = 50;

  /**
   * A buy that was not sent within this is given back; nothing happened then. Longer than the
   * slowest usual fail-over of the catalog, so that a buyer waits instead of being sent away.
   */
  static final long MAX_WAIT_MILLIS = 2_500;

  /** Longer than the log takes to give up, so that a decided batch is never thrown away. */
  static final long REQUEST_TIMEOUT_MILLIS = 4_000;

  private final Bus bus;
  private final ReplicaDirectory directory;
  private final Deque<Pending> waiting = new ArrayDeque<>();
  private final Set<Flight> flights = new LinkedHashSet<>();
  private final LongSupplier nanoClock;
  private final Executor nextTurn;
  private Promise<Void> idle = Promise.promise();
  private boolean dispatches;

  /**
   * @param nextTurn runs what it is given on the event loop, after what waits there already
   */
  BuyGatherer(Bus bus, ReplicaDirectory directory, LongSupplier nanoClock, Executor nextTurn) {
    this.bus = bus;
    this.directory = directory;
    this.nanoClock = nanoClock;
    this.nextTurn = nextTurn;
  }

  /**
   * Never fails. Ends within {@link #MAX_WAIT_MILLIS} and {@link #REQUEST_TIMEOUT_MILLIS}, the
   * latter anew for each leader that appears meanwhile.
   */
  Future<Answer> buy(PlaceOrder command) {
    if (waiting.size() >= MAX_WAITING) {
      return Future.succeededFuture(new Answer.Overloaded());
    }
    Pending pending = new Pending(command, nanoClock.getAsLong());
    waiting.add(pending);
    dispatchNextTurn();
    return pending.answer.future();
  }

  /** Buyers who were answered together come back together: one request is to take them all. */
  private void dispatchNextTurn() {
    if (!dispatches && mayLeave()) {
      dispatches = true;
      nextTurn.execute(
          () -> {
            dispatches = false;
            dispatch();
          });
    }
  }

  /**
   * Looks for a new leader, for a request that got slow, and for buys that waited too long. To be
   * called now and then.
   */
  void tick() {
    Optional<ReplicaState> leader = directory.leader();
    leader.ifPresent(this::follow);
    dispatch();
    Answer late =
        leader.isEmpty()
            ? new Answer.Unavailable("no catalog leader is known")
            : new Answer.Overloaded();
    while (!waiting.isEmpty() && hasWaitedTooLong(waiting.peek())) {
      waiting.poll().settle(late);
    }
    noteIdle();
  }

  /** For when this replica stops: nothing happened to these buys, another replica may take them. */
  void giveBackUnsent() {
    while (!waiting.isEmpty()) {
      waiting.poll().settle(new Answer.Unavailable("this order replica stops"));
    }
    noteIdle();
  }

  /** Done when every buy has been answered. */
  Future<Void> idle() {
    noteIdle();
    return idle.future();
  }

  private void follow(ReplicaState leader) {
    for (Flight flight : List.copyOf(flights)) {
      if (leader.term() > flight.term) {
        flights.remove(flight);
        flight.unanswered().forEach(pending -> pending.sentBefore = true);
        send(flight.unanswered(), leader.replica(), leader.term());
      }
    }
  }

  private boolean hasWaitedTooLong(Pending pending) {
    long waited = nanoClock.getAsLong() - pending.sinceNanos;
    return waited > TimeUnit.MILLISECONDS.toNanos(MAX_WAIT_MILLIS);
  }

  private void noteIdle() {
    boolean isIdle = flights.isEmpty() && waiting.isEmpty();
    if (isIdle) {
      idle.tryComplete();
    } else if (idle.future().isComplete()) {
      idle = Promise.promise();
    }
  }

  private boolean mayLeave() {
    long now = nanoClock.getAsLong();
    return flights.size() < MAX_FLIGHTS
        && (waiting.size() >= MAX_BUYS_PER_REQUEST
            || flights.stream().allMatch(flight -> flight.isSlow(now)));
  }

  private void dispatch() {
    Optional<ReplicaState> leader = directory.leader();
    while (leader.isPresent() && !waiting.isEmpty() && mayLeave()) {
      List<Pending> batch = new ArrayList<>();
      while (batch.size() < MAX_BUYS_PER_REQUEST && !waiting.isEmpty()) {
        batch.add(waiting.poll());
      }
      send(batch, leader.get().replica(), leader.get().term());
    }
  }

  private void send(List<Pending> batch, String target, long term) {
    if (batch.isEmpty()) {
      return;
    }
    Flight flight = new Flight(batch, term, nanoClock.getAsLong());
    flights.add(flight);
    List<Command> commands = batch.stream().map(p -> (Command) p.command).toList();
    bus.ask(Service.CATALOG, target, new Message.Submit(commands), REQUEST_TIMEOUT_MILLIS)
        .onComplete(
            (reply, failure) -> {
              boolean current = flights.remove(flight);
              List<Answer> answers = answers(reply, failure, batch.size());
              for (int i = 0; i < batch.size(); i++) {
                if (current || answers.get(i) instanceof Answer.Decided) {
                  batch.get(i).settle(answers.get(i));
                }
              }
              flights.removeIf(Flight::isAnswered); // this one's successor, by a late decision
              dispatch();
              noteIdle();
            });
  }

  /** One answer a buy, whatever came back. */
  private static List<Answer> answers(Message reply, Throwable failure, int buys) {
    if (reply instanceof Message.Submitted submitted && submitted.answers().size() == buys) {
      return submitted.answers();
    }
    Answer same;
    if (reply instanceof Message.Unavailable unavailable) {
      same = new Answer.Unavailable(unavailable.why());
    } else if (failure != null && Bus.wasNotDelivered(failure)) {
      same = new Answer.Unavailable("the catalog leader does not listen");
    } else {
      same = new Answer.Unknown("the catalog leader did not answer");
    }
    return Collections.nCopies(buys, same);
  }

  private static final class Pending {
    private final PlaceOrder command;
    private final Promise<Answer> answer = Promise.promise();
    private final long sinceNanos;
    private boolean sentBefore;

    private Pending(PlaceOrder command, long sinceNanos) {
      this.command = command;
      this.sinceNanos = sinceNanos;
    }

    private void settle(Answer given) {
      boolean certain = given instanceof Answer.Decided || !sentBefore;
      Answer told = certain ? given : new Answer.Unknown("an earlier attempt was not answered");
      if (sentBefore
          && given instanceof Answer.Decided decided
          && decided.decision() instanceof Decision.Decided decision) {
        // What this attempt replays may be what the earlier one decided: new to the asker.
        told = new Answer.Decided(decided.index(), new Decision.Decided(decision.outcome(), false));
      }
      if (!answer.future().isComplete()) {
        answer.complete(told);
      }
    }
  }

  private static final class Flight {
    private final List<Pending> batch;
    private final long term;
    private final long sentNanos;

    private Flight(List<Pending> batch, long term, long sentNanos) {
      this.batch = batch;
      this.term = term;
      this.sentNanos = sentNanos;
    }

    private boolean isSlow(long now) {
      return now - sentNanos >= TimeUnit.MILLISECONDS.toNanos(SLOW_MILLIS);
    }

    private boolean isAnswered() {
      return batch.stream().allMatch(p -> p.answer.future().isComplete());
    }

    private List<Pending> unanswered() {
      return batch.stream().filter(p -> !p.answer.future().isComplete()).toList();
    }
  }
}
