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
 * Ratis's gRPC, mended in two places. What a follower says it appended is on its disk ({@link
 * DurableAppends}). And a follower hears of a commit soon: Ratis 3.3 tells it with the next
 * entries, or else with the next heartbeat that is due, unless it appends an entry of its own after
 * each commit, which every replica has to sync. Here the leader sends a heartbeat for a commit that
 * nothing else has told, {@link #SOON_MILLIS} after the message before; if that is lost, it is told
 * by the next one that is due.
 *
 * <p>Made by Ratis, by its name.
 */
public final class PromptGrpc implements RpcType {

  /**
   * A message for each commit costs as much as the entries did; with so long between two, a buy of
   * 64 buyers costs a fifth less, and with 60 ms no less than with 20 (docs/performance.md).
   */
  static final long SOON_MILLIS = 20;

  @Override
  public String name() {
    return PromptGrpc.class.getName();
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
