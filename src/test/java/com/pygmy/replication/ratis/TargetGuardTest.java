package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.pygmy.replication.ratis.TestCluster.Node;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ratis itself answers a vote request that is meant for another replica; this one does not. */
class TargetGuardTest {
  @TempDir Path folder;

  @Test
  void aVoteAskedOfAnotherIncarnationIsRefused() throws Exception {
    try (TestCluster cluster = new TestCluster(folder, 1, 1, 10).startAll()) {
      cluster.write("a");
      Node node = cluster.leader();
      ReplicaId own = ReplicaId.parse(node.log.incarnation());
      ReplicaId before = new ReplicaId(own.name(), "00000000deadbeef");
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", cluster.replicas.get(0).port())
              .usePlaintext()
              .build();
      try {
        RequestVoteReplyProto reply = vote(channel, node, own);
        assertEquals(own.toString(), reply.getServerReply().getReplyId().toStringUtf8());
        StatusRuntimeException refused =
            assertThrows(StatusRuntimeException.class, () -> vote(channel, node, before));
        assertEquals(Status.Code.FAILED_PRECONDITION, refused.getStatus().getCode());
      } finally {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      }
    }
  }

  private static RequestVoteReplyProto vote(ManagedChannel channel, Node node, ReplicaId target) {
    return RaftServerProtocolServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .requestVote(
            RequestVoteRequestProto.newBuilder()
                .setServerRequest(
                    RaftRpcRequestProto.newBuilder()
                        .setRequestorId(target.raftId().toByteString())
                        .setReplyId(target.raftId().toByteString())
                        .setRaftGroupId(
                            RaftGroupIdProto.newBuilder().setId(node.log.groupId().toByteString())))
                .setCandidateTerm(1)
                .setCandidateLastEntry(TermIndexProto.getDefaultInstance())
                .setPreVote(true)
                .build());
  }
}
