package com.pygmy.replication.ratis;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.util.Timestamp;

/**
 * Ratis's gRPC, mended where Ratis 3.3 falls short.
 *
 * <p>What a follower says it appended is on its disk: {@link DurableAppends}.
 *
 * <p>A follower hears of a commit soon. Ratis tells it with the next entries, or else with the next
 * heartbeat that is due, unless it appends an entry of its own after each commit, which every
 * replica has to sync. Here the leader sends a heartbeat for a commit that nothing else has told,
 * {@link #SOON_MILLIS} after the message before; if that is lost, it is told by the next one that
 * is due.
 *
 * <p>An answer that was lost with its connection is asked for again, with the next heartbeat that
 * is due. Ratis waits until there are more entries to send, and there may be none before those that
 * it lacks the answer for are committed.
 *
 * <p>Made by Ratis, by its name.
 */
public final class MendedGrpc implements RpcType {

  /**
   * A message for each commit costs as much as the entries did; with so long between two, a buy of
   * 64 buyers costs a fifth less, and with 60 ms no less than with 20 (docs/performance.md).
   */
  static final long SOON_MILLIS = 20;

  @Override
  public String name() {
    return MendedGrpc.class.getName();
  }

  @Override
  public RpcFactory newFactory(Parameters parameters) {
    return new Factory(parameters);
  }

  private static final class Factory extends GrpcFactory {
    Factory(Parameters parameters) {
      super(parameters);
    }

    @Override
    public GrpcServices newRaftServerRpc(RaftServer server) {
      return super.newRaftServerRpc(DurableAppends.of(server));
    }

    @Override
    public LogAppender newLogAppender(
        RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
      return new Appender(server, leader, follower);
    }
  }

  /** Sends to one follower, in one thread. */
  private static final class Appender extends GrpcLogAppender {
    /** The highest commit index that a message tells. */
    private long told = -1;

    /** When the last message was made. */
    private Timestamp toldAt = Timestamp.currentTime();

    Appender(RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
      super(server, leader, follower);
    }

    @Override
    public AppendEntriesRequestProto newAppendEntriesRequest(long callId, boolean heartbeat)
        throws RaftLogIOException {
      if (getHeartbeatWaitTimeMs() <= 0 && lacksAnswer()) {
        getFollower().setNextIndex(getFollower().getNextIndex() - 1);
      }
      AppendEntriesRequestProto request = super.newAppendEntriesRequest(callId, heartbeat);
      if (request == null && owesCommit() && millisUntilDue() <= 0) {
        request = super.newAppendEntriesRequest(callId, true);
      }
      if (request != null) {
        toldAt = Timestamp.currentTime();
        told = request.hasPreviousLog() ? Math.max(told, request.getLeaderCommit()) : told;
      }
      return request;
    }

    @Override
    public long getWaitTimeMs() {
      long wait = super.getWaitTimeMs();
      return owesCommit() ? Math.min(wait, Math.max(1, millisUntilDue())) : wait;
    }

    private long millisUntilDue() {
      return SOON_MILLIS - toldAt.elapsedTimeMs();
    }

    /**
     * The follower was sent all there is, and of the last of it no answer is waited for any more,
     * nor did one come: it was lost with its connection, or is late. Sent again, the last entry is
     * answered for all of them. Not if it is committed: a follower that knows so refuses it.
     */
    private boolean lacksAnswer() {
      long last = getFollower().getNextIndex() - 1;
      return getFollower().getMatchIndex() < last
          && getRaftLog().getLastCommittedIndex() < last
          && !hasAppendEntries()
          && !hasPendingDataRequests();
    }

    /**
     * A heartbeat tells nothing of the commit while entries are on their way; their answer wakes
     * the sender again, as a commit does.
     */
    private boolean owesCommit() {
      return getRaftLog().getLastCommittedIndex() > told
          && !hasAppendEntries()
          && !hasPendingDataRequests();
    }
  }
}
