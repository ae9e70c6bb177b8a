package com.pygmy.frontend;

import com.pygmy.wire.Message;
import com.pygmy.wire.Message.ChangesRead;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Asks the catalog's replicas what changed, one by one. Belongs to one event loop. */
final class ChangesReader {

  private final Replicas replicas;
  private final long attemptMillis;

  ChangesReader(Replicas replicas, long attemptMillis) {
    this.replicas = replicas;
    this.attemptMillis = attemptMillis;
  }

  /**
   * What happened since a state. A replica that was started anew has forgotten what others know, so
   * all are asked before it is a {@link Progress.Gap}.
   *
   * @param since absent: nothing is asked but how far the log is
   * @return fails when no replica answers
   */
  Future<Progress> since(Optional<EventId> since) {
    Message request = new Message.ReadChanges(since.map(EventId::index), Message.MAX_CHANGES);
    return ask(replicas.nearest(Service.CATALOG), request, since, Optional.empty());
  }

  private Future<Progress> ask(
      List<String> left, Message request, Optional<EventId> since, Optional<Progress> otherwise) {
    if (left.isEmpty()) {
      return otherwise
          .map(Future::succeededFuture)
          .orElseGet(
              () -> Future.failedFuture(new Failure.Unavailable("nobody tells").exception()));
    }
    return replicas
        .ask(Service.CATALOG, left.get(0), request, attemptMillis)
        .transform(
            got -> {
              Optional<Progress> progress = progress(got.result(), since);
              if (progress.isPresent() && progress.get() instanceof LivePage) {
                return Future.succeededFuture(progress.get());
              }
              return ask(
                  left.subList(1, left.size()), request, since, otherwise.or(() -> progress));
            });
  }

  private static Optional<Progress> progress(Message answer, Optional<EventId> since) {
    if (!(answer instanceof ChangesRead read)) {
      return Optional.empty();
    }
    EventId head = new EventId(read.storeId(), read.head());
    EventId begin = since.orElse(head);
    return read.kept() && begin.storeId().equals(read.storeId())
        ? Optional.of(new LivePage(begin, read.upTo(), read.entries()))
        : Optional.of(new Progress.Gap(head));
  }
}
