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
    if (name.isEmpty() || name.indexOf(SEPARATOR) >= 0 || !isIncarnation(incarnation)) {
      throw new IllegalArgumentException("replica id " + name + SEPARATOR + incarnation);
    }
  }

  /** 16 hexadecimal digits. Asked many times a second, so without a pattern. */
  private static boolean isIncarnation(String text) {
    return text.length() == 16
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
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
