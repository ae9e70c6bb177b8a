package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.Ports;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc.RaftServerProtocolServiceImplBase;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader whose only follower took an entry, and whose answer was lost with the connection. */
class LostAnswerTest {
  private static final int ELECTION_MILLIS = 2_000;

  @TempDir Path folder;

  /** Votes for whoever asks and has every entry; of the first command it does not get to say so. */
  private static final class Follower extends RaftServerProtocolServiceImplBase {
    private final AtomicInteger commands = new AtomicInteger();

    @Override
    public void requestVote(
        RequestVoteRequestProto request, StreamObserver<RequestVoteReplyProto> answer) {
      answer.onNext(
          RequestVoteReplyProto.newBuilder()
              .setServerReply(reply(request.getServerRequest()))
              .setTerm(request.getCandidateTerm())
              .build());
      answer.onCompleted();
    }

    @Override
    public StreamObserver<AppendEntriesRequestProto> appendEntries(
        StreamObserver<AppendEntriesReplyProto> answers) {
      return new StreamObserver<>() {
        @Override
        public void onNext(AppendEntriesRequestProto request) {
          boolean hasCommand =
              request.getEntriesList().stream().anyMatch(LogEntryProto::hasStateMachineLogEntry);
          if (hasCommand && commands.getAndIncrement() == 0) {
            answers.onError(Status.UNAVAILABLE.asRuntimeException());
          } else {
            answers.onNext(appended(request));
          }
        }

        @Override
        public void onError(Throwable broken) {}

        @Override
        public void onCompleted() {
          answers.onCompleted();
        }
      };
    }

    private static AppendEntriesReplyProto appended(AppendEntriesRequestProto request) {
      int count = request.getEntriesCount();
      return AppendEntriesReplyProto.newBuilder()
          .setServerReply(reply(request.getServerRequest()))
          .setTerm(request.getLeaderTerm())
          .setResult(AppendResult.SUCCESS)
          .setIsHearbeat(count == 0)
          .setFollowerCommit(request.getLeaderCommit())
          .setMatchIndex(
              count == 0 ? RaftLog.INVALID_LOG_INDEX : request.getEntries(count - 1).getIndex())
          .build();
    }

    private static RaftRpcReplyProto reply(RaftRpcRequestProto request) {
      return RaftRpcReplyProto.newBuilder()
          .setRequestorId(request.getRequestorId())
          .setReplyId(request.getReplyId())
          .setRaftGroupId(request.getRaftGroupId())
          .setCallId(request.getCallId())
          .setSuccess(true)
          .build();
    }
  }

  @Test
  void isAskedForAgain() throws Exception {
    Settings.Replica own = new Settings.Replica("n1", "127.0.0.1", Ports.free());
    Settings.Replica other = new Settings.Replica("n2", "127.0.0.1", Ports.free());
    RaftGroup group = RaftGroup.valueOf(RaftGroupId.randomId(), peer(own), peer(other));
    Settings settings =
        Settings.of("cluster", "n1", List.of(own, other), folder)
            .withElection(ELECTION_MILLIS, 2 * ELECTION_MILLIS);
    Server follower =
        NettyServerBuilder.forPort(other.port()).addService(new Follower()).build().start();
    try (RaftServer leader =
        RaftServer.newBuilder()
            .setServerId(RaftPeerId.valueOf("n1"))
            .setGroup(group)
            .setStateMachine(new BaseStateMachine())
            .setProperties(Tuning.properties(settings, folder))
            .build()) {
      leader.start();
      DivisionInfo info = leader.getDivision(group.getGroupId()).getInfo();
      TestCluster.await("a leader", info::isLeaderReady);

      RaftClientReply reply =
          leader
              .submitClientRequestAsync(command(group.getGroupId()))
              .get(TestCluster.PATIENCE_SECONDS, TimeUnit.SECONDS);

      assertTrue(reply.isSuccess(), reply::toString);
    } finally {
      follower.shutdownNow();
    }
  }

  private static RaftClientRequest command(RaftGroupId group) {
    return RaftClientRequest.newBuilder()
        .setClientId(ClientId.randomId())
        .setServerId(RaftPeerId.valueOf("n1"))
        .setGroupId(group)
        .setCallId(1)
        .setMessage(Message.valueOf("command"))
        .setType(RaftClientRequest.writeRequestType())
        .build();
  }

  private static RaftPeer peer(Settings.Replica replica) {
    return RaftPeer.newBuilder().setId(replica.name()).setAddress(replica.address()).build();
  }
}
