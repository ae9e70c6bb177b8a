package com.pygmy.catalog;

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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The way of a command into the log, at the leader: admitted in its term, proposed in that term or
 * not at all. The views that a command is about to change are to be suspended here, between
 * admission and proposal, once frontends cache.
 */
final class Admission {

  private final CatalogStore store;
  private final ReplicatedLog<Decision> log;

  Admission(CatalogStore store, ReplicatedLog<Decision> log) {
    this.store = store;
    this.log = log;
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
      return Future.succeededFuture(
          commands.stream().map(c -> (Answer) new Answer.NotLeader(leadership.leader())).toList());
    }
    if (store.catalog().storeId().isEmpty()) {
      return Future.succeededFuture(
          commands.stream()
              .map(c -> (Answer) new Answer.Unavailable("the store is not founded yet"))
              .toList());
    }
    List<CompletableFuture<Proposal<Decision>>> proposals = new ArrayList<>(commands.size());
    for (Command command : commands) {
      proposals.add(
          log.propose(leadership.term(), CommandCodec.encode(command)).toCompletableFuture());
    }
    CompletableFuture<Void> all =
        CompletableFuture.allOf(proposals.toArray(CompletableFuture<?>[]::new));
    return Future.fromCompletionStage(all, context)
        .map(done -> proposals.stream().map(p -> answer(p.join())).toList());
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
