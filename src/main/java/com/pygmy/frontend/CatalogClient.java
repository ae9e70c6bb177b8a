package com.pygmy.frontend;

import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Outcome;
import com.pygmy.frontend.FrontendSettings.Deadlines;
import com.pygmy.frontend.UntilDecided.Deciders;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Answer;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What a frontend asks of the catalog. Belongs to one event loop. */
final class CatalogClient {

  private final Vertx vertx;
  private final LongSupplier nanoClock;
  private final Deadlines deadlines;
  private final Replicas replicas;

  CatalogClient(Vertx vertx, LongSupplier nanoClock, Deadlines deadlines, Replicas replicas) {
    this.vertx = vertx;
    this.nanoClock = nanoClock;
    this.deadlines = deadlines;
    this.replicas = replicas;
  }

  /**
   * Has an administrator's command decided: by the leader as far as it is known, following the
   * hints of those who do not lead. See {@link UntilDecided} for how it may end.
   */
  Future<Decision> submit(Command command, String requestId) {
    Message request = new Message.Submit(List.of(command));
    Submission submission = new Submission(replicas, request, Optional.of(requestId));
    return new UntilDecided(vertx, nanoClock, deadlines, command.key(), submission).decide();
  }

  /**
   * Reads, linearizably, from any ready replica; from another when it does not answer.
   *
   * @param answer the message that answers the request
   */
  <T extends Message> Future<T> read(
      Message request, Class<T> answer, String session, String requestId) {
    return new UntilRead<>(
            vertx,
            nanoClock,
            deadlines,
            replicas,
            Service.CATALOG,
            session,
            request,
            answer,
            requestId)
        .read();
  }

  /** What the log decided for a key, up to now. */
  Future<Optional<Outcome>> outcome(String key, String requestId) {
    return read(new Message.FindOutcome(key), Message.OutcomeFound.class, key, requestId)
        .map(Message.OutcomeFound::outcome);
  }

  /** A command as the catalog replicas take it: the leader first, as far as it is known. */
  private record Submission(Replicas replicas, Message request, Optional<String> requestId)
      implements Deciders {

    @Override
    public Optional<String> obstacle() {
      return replicas.missing(Service.CATALOG);
    }

    @Override
    public List<String> inOrder() {
      List<String> candidates = new ArrayList<>(replicas.inOrder(Service.CATALOG, ""));
      replicas
          .directory()
          .leader()
          .map(ReplicaState::replica)
          .ifPresent(
              leader -> {
                candidates.remove(leader);
                candidates.add(0, leader);
              });
      return candidates;
    }

    @Override
    public Future<Answer> ask(String replica, long timeoutMillis) {
      return replicas
          .ask(Service.CATALOG, replica, request, timeoutMillis, requestId)
          .map(Submission::answer);
    }

    @Override
    public void suspect(String replica) {
      replicas.suspect(Service.CATALOG, replica);
    }

    private static Answer answer(Message message) {
      if (message instanceof Message.Submitted submitted && submitted.answers().size() == 1) {
        return submitted.answers().get(0);
      } else if (message instanceof Message.Unavailable unavailable) {
        return new Answer.Unavailable(unavailable.why());
      }
      return new Answer.Unknown("an answer to something else");
    }
  }
}
