package com.pygmy.catalog;

import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Origin;
import com.pygmy.domain.Outcome;
import com.pygmy.replication.Leadership;
import com.pygmy.replication.Proposal;
import com.pygmy.replication.ReplicatedLog;
import com.pygmy.store.CatalogStore;
import com.pygmy.wire.CommandCodec;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Founds the store, once: the first leader that finds none proposes an identity and the initial
 * catalogue, or an identity and the restored state that all replicas have. Two leaders may both
 * propose; the log decides for the first.
 */
public final class Founder {

  private static final Logger logger = LoggerFactory.getLogger(Founder.class);
  private static final String FOUND_KEY = "found-store";

  private final CatalogStore store;
  private final ReplicatedLog<Decision> log;
  private final List<NewBook> catalogue;
  private final Supplier<String> newStoreId;

  public Founder(
      CatalogStore store,
      ReplicatedLog<Decision> log,
      List<NewBook> catalogue,
      Supplier<String> newStoreId) {
    this.store = store;
    this.log = log;
    this.catalogue = catalogue;
    this.newStoreId = newStoreId;
  }

  /** Proposes the founding if it is due and this replica leads. To be called now and then. */
  public Future<Void> foundIfDue() {
    Leadership leadership = log.leadership();
    if (store.catalog().storeId().isPresent() || !leadership.leads() || !leadership.ready()) {
      return Future.succeededFuture();
    }
    Command found = founding(store.catalog().origin());
    return Future.fromCompletionStage(log.propose(leadership.term(), CommandCodec.encode(found)))
        .map(
            proposal -> {
              tell(proposal);
              return null;
            });
  }

  private void tell(Proposal<Decision> proposal) {
    if (proposal instanceof Proposal.Committed<Decision> committed
        && committed.result() instanceof Decision.Decided decided
        && decided.outcome() instanceof Outcome.Founded founded) {
      if (!decided.replayed()) {
        logger.info(
            "founded store {} with {} books{}",
            founded.storeId(),
            store.catalog().shelf().size(),
            store
                .catalog()
                .origin()
                .map(o -> ", upon store %s".formatted(o.parentStoreId()))
                .orElse(""));
      }
    } else if (store.catalog().storeId().isEmpty()) {
      logger.warn("the store could not be founded, which is tried again: {}", proposal);
    }
  }

  /**
   * A restored state is founded upon as it is; the initial catalogue has no part in it. It holds
   * keys that clients have chosen, and none of them can be its own hash.
   */
  private Command founding(Optional<Origin> origin) {
    String id = newStoreId.get();
    return origin.isPresent()
        ? new Command.RestoreStore(origin.get().base(), id, origin.get())
        : new Command.FoundStore(FOUND_KEY, id, catalogue);
  }
}
