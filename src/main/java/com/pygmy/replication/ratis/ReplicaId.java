package com.pygmy.replication.ratis;

import org.apache.ratis.protocol.RaftPeerId;

/**
 * A replica's name in Raft: {@code name#incarnation}. The incarnation is random and stands for one
 * Raft folder: when the folder is lost or damaged, entries that this replica acknowledged may be
 * gone, so what comes back must not vote as the same member.
 */
record ReplicaId(String name, String incarnation) {
  private static final char SEPARATOR = '#';

  ReplicaId {
    if (name.isEmpty() || name.indexOf(SEPARATOR) >= 0 || !incarnation.matches("[0-9a-f]{16}")) {
      throw new IllegalArgumentException("replica id " + name + SEPARATOR + incarnation);
    }
  }

  static ReplicaId parse(String text) {
    int at = text.indexOf(SEPARATOR);
    if (at < 0) {
      throw new IllegalArgumentException("replica id '" + text + "' has no incarnation");
    }
    return new ReplicaId(text.substring(0, at), text.substring(at + 1));
  }

  static ReplicaId of(RaftPeerId id) {
    return parse(id.toString());
  }

  RaftPeerId raftId() {
    return RaftPeerId.valueOf(toString());
  }

  @Override
  public String toString() {
    return name + SEPARATOR + incarnation;
  }
}
