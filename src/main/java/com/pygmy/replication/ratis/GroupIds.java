package com.pygmy.replication.ratis;

import java.util.UUID;
import org.apache.ratis.protocol.RaftGroupId;

/**
 * The Raft group is named after the foundation, not after the cluster: when a store is founded
 * again, Ratis itself keeps messages of the two apart. The cluster's name is checked by {@link
 * PeerProtocol} before anybody joins.
 */
final class GroupIds {
  private GroupIds() {}

  static RaftGroupId of(UUID foundation) {
    return RaftGroupId.valueOf(foundation);
  }
}
