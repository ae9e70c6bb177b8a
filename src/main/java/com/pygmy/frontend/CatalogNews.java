package com.pygmy.frontend;

import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Service;
import java.util.Optional;

/**
 * What the heartbeats have told of the catalog, kept when they cease: how far its log has come, and
 * which store it is. Belongs to one event loop.
 */
final class CatalogNews {

  private final ReplicaDirectory directory;
  private boolean leaderHeard;
  private long appliedIndex;
  private Optional<String> storeId = Optional.empty();
  private String storeTag = "";

  CatalogNews(ReplicaDirectory directory) {
    this.directory = directory;
  }

  /**
   * Takes in what the directory knows. To be called at every heartbeat: a leader that falls silent
   * is forgotten there before the first command comes.
   */
  void listen() {
    Optional<ReplicaState> leader = directory.leader();
    leader.flatMap(ReplicaState::storeId).filter(id -> !is(id)).ifPresent(this::follow);
    leaderHeard |= leader.isPresent();
    directory
        .replicas(Service.CATALOG)
        .filter(replica -> replica.storeId().equals(storeId))
        .forEach(replica -> appliedIndex = Math.max(appliedIndex, replica.appliedIndex()));
  }

  /**
   * What an attempt that leaves now is stamped with: an index that the log has reached. Never
   * falls, so that a moment without news makes no attempt look old; and there is none before a
   * leader was heard, for a replica far behind would make a new attempt look old.
   *
   * @throws FailureException when no leader was heard yet: nothing can be asked of the log
   */
  long admittedIndex() {
    listen();
    if (!leaderHeard) {
      throw new Failure.Unavailable("no catalog leader has been heard yet").exception();
    }
    return appliedIndex;
  }

  /**
   * Tells this store from others in a few characters; empty while it is not known. Another store
   * may have another book under the same id and version.
   */
  String storeTag() {
    if (storeId.isEmpty()) {
      listen();
    }
    return storeTag;
  }

  private boolean is(String id) {
    return storeId.isPresent() && storeId.get().equals(id);
  }

  private void follow(String id) {
    if (storeId.isPresent()) {
      appliedIndex = 0; // of another log
    }
    storeId = Optional.of(id);
    storeTag = ETags.ofStore(id);
  }
}
