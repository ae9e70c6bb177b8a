package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.pygmy.replication.ratis.TestCluster.Node;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ratis itself answers a vote request that is meant for another replica, and takes requests while
 * it still opens its log; a guarded replica does neither.
 */
class TargetGuardTest {
  @TempDir Path folder;

  @Test
  void aVoteAskedOfAnotherIncarnationIsRefused() throws Exception {
    try (TestCluster cluster = new TestCluster(folder, 1, 1, 10).startAll()) {
      cluster.write("a");
      Node node = cluster.leader();
      ReplicaId own = ReplicaId.parse(node.log.incarnation());
      ReplicaId before = new ReplicaId(own.name(), "00000000deadbeef");
      RaftGroupId group = node.log.groupId();
      ManagedChannel channel = channel(cluster);
      try {
        RequestVoteReplyProto reply = vote(channel, group, own);
        assertEquals(own.toString(), reply.getServerReply().getReplyId().toStringUtf8());
        StatusRuntimeException refused =
            assertThrows(StatusRuntimeException.class, () -> vote(channel, group, before));
        assertEquals(Status.Code.FAILED_PRECONDITION, refused.getStatus().getCode());
      } finally {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void nothingOfRaftIsTakenBeforeTheGroupIsOpen() throws Exception {
    try (TestCluster cluster = new TestCluster(folder, 3, 1, 10)) {
      Node alone = cluster.start(cluster.replicas.get(0).name());
      ReplicaId own = ReplicaId.parse(alone.log.incarnation());
      ManagedChannel channel = channel(cluster);
      try {
        StatusRuntimeException refused =
            assertThrows(
                StatusRuntimeException.class,
                () -> vote(channel, GroupIds.of(UUID.randomUUID()), own));
        assertEquals(Status.Code.UNAVAILABLE, refused.getStatus().getCode());
        assertEquals("the group is not open here", refused.getStatus().getDescription());
      } finally {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      }
    }
  }

  private static ManagedChannel channel(TestCluster cluster) {
    return NettyChannelBuilder.forAddress("127.0.0.1", cluster.replicas.get(0).port())
        .usePlaintext()
        .build();
  }

  private static RequestVoteReplyProto vote(
      ManagedChannel channel, RaftGroupId group, ReplicaId target) {
    return RaftServerProtocolServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .requestVote(
            RequestVoteRequestProto.newBuilder()
                .setServerRequest(
                    RaftRpcRequestProto.newBuilder()
                        .setRequestorId(target.raftId().toByteString())
                        .setReplyId(target.raftId().toByteString())
                        .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(group.toByteString())))
                .setCandidateTerm(1)
                .setCandidateLastEntry(TermIndexProto.getDefaultInstance())
                .setPreVote(true)
                .build());
  }
}
