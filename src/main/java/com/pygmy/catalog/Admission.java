package com.pygmy.catalog;

import com.pygmy.catalog.Leases.Ticket;
import com.pygmy.coherence.LeaseKeeper.Fate;
import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.replication.Leadership;
import com.pygmy.replication.Proposal;
import com.pygmy.replication.ReplicatedLog;
import com.pygmy.store.CatalogStore;
import com.pygmy.wire.CommandCodec;
import com.pygmy.wire.Message.Answer;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The way of commands into the log, at the leader: admitted in its term, their views suspended in
 * every cache, proposed in that term or not at all.
 */
final class Admission {

  /** Requests that wait for the caches or for the log, at most. */
  private static final int MAX_OPEN = 512;

  private final CatalogStore store;
  private final ReplicatedLog<Decision> log;
  private final Leases leases;
  private final FailoverFigures figures;

  Admission(
      CatalogStore store, ReplicatedLog<Decision> log, Leases leases, FailoverFigures figures) {
    this.store = store;
    this.log = log;
    this.leases = leases;
    this.figures = figures;
  }

  /**
   * Admits the commands; those of one call may end in different entries. Before the store is
   * founded nothing is admitted: a refusal would be bound to its key for want of the first books.
   *
   * @return one answer a command, in their order, on {@code context}; never fails
   */
  Future<List<Answer>> admit(List<Command> commands, Context context) {
    Leadership leadership = log.leadership();
    if (!leadership.leads() || !leadership.ready()) {
      return all(commands, new Answer.NotLeader(leadership.leader()));
    } else if (store.catalog().storeId().isEmpty()) {
      return all(commands, new Answer.Unavailable("the store is not founded yet"));
    } else if (leases.openWrites() >= MAX_OPEN) {
      return all(commands, new Answer.Overloaded());
    }
    return leases
        .suspend(leadership.term(), commands)
        .compose(
            ticket ->
                ticket.isEmpty()
                    ? all(commands, new Answer.NotLeader(log.leadership().leader()))
                    : propose(ticket.get(), commands, context));
  }

  private Future<List<Answer>> propose(Ticket ticket, List<Command> commands, Context context) {
    figures.proposed(ticket.term());
    List<CompletableFuture<Proposal<Decision>>> proposals =
        log.propose(ticket.term(), commands.stream().map(CommandCodec::encode).toList()).stream()
            .map(CompletionStage::toCompletableFuture)
            .toList();
    CompletableFuture<Void> all =
        CompletableFuture.allOf(proposals.toArray(CompletableFuture<?>[]::new));
    return Future.fromCompletionStage(all, context)
        .map(
            done -> {
              List<Proposal<Decision>> ended =
                  proposals.stream().map(CompletableFuture::join).toList();
              Fate fate = fate(ended);
              leases.settle(ticket, fate);
              if (fate == Fate.APPLIED) {
                figures.applied(ticket.term());
              }
              return ended.stream().map(Admission::answer).toList();
            });
  }

  private static Future<List<Answer>> all(List<Command> commands, Answer answer) {
    return Future.succeededFuture(Collections.nCopies(commands.size(), answer));
  }

  /** Of all commands of a ticket together. */
  private static Fate fate(List<Proposal<Decision>> ended) {
    if (ended.stream().anyMatch(Proposal.Unknown.class::isInstance)) {
      return Fate.UNKNOWN;
    }
    boolean applied = ended.stream().anyMatch(Proposal.Committed.class::isInstance);
    return applied ? Fate.APPLIED : Fate.NEVER;
  }

  private static Answer answer(Proposal<Decision> proposal) {
    if (proposal instanceof Proposal.Committed<Decision> committed) {
      return new Answer.Decided(committed.index(), committed.result());
    } else if (proposal instanceof Proposal.NotLeader<Decision> notLeader) {
      return new Answer.NotLeader(notLeader.leader());
    } else if (proposal instanceof Proposal.NotDecided<Decision>) {
      return new Answer.NotDecided();
    } else if (proposal instanceof Proposal.Overloaded<Decision>) {
      return new Answer.Overloaded();
    } else {
      return new Answer.Unknown(((Proposal.Unknown<Decision>) proposal).why());
    }
  }
}
