package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.TestAuthority;
import com.pygmy.TestCertificate;
import com.pygmy.config.NodeCredentials;
import com.pygmy.replication.MembersChange;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import com.pygmy.replication.ratis.Settings.Tls;
import com.pygmy.replication.ratis.TestCluster.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.GroupListRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.grpc.AdminProtocolServiceGrpc;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.GrpcSslContexts;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContextBuilder;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that know each other by certificates, and others who would like to be some. */
class PeerTlsTest {

  private static final long DEADLINE_SECONDS = 20;

  /** A term that no election of this test comes to. */
  private static final long LATER = 1_000;

  @TempDir private static Path certificates;
  private static NodeCredentials ours;
  private static NodeCredentials foreign;

  @TempDir private Path folder;

  @BeforeAll
  static void makeCertificates() throws Exception {
    ours = TestAuthority.of(certificates.resolve("ours"), "n1").credentials("n1");
    foreign = TestAuthority.of(certificates.resolve("foreign"), "n1").credentials("n1");
  }

  /** The certificate names a host that is none of theirs. */
  @Test
  void replicasDecideAndSucceedEachOtherAsEver() throws Exception {
    TestCertificate elsewhere =
        TestCertificate.make(certificates, "elsewhere", "EC", "dns:shop.example");
    NodeCredentials shared = NodeCredentials.read(elsewhere.nodeConf());
    try (TestCluster cluster =
        new TestCluster(folder, 3, 1, 10).with(secured(shared, shared)).startAll().awaitReady()) {
      long first = cluster.write("a");
      String leader = cluster.leader().name;
      cluster.stop(leader);
      assertFalse(cluster.write("b") <= first);
      Node back = cluster.start(leader);
      TestCluster.join(back.log.ready());
      assertFalse(TestCluster.confirmed(back).index() <= first);
    }
  }

  @Test
  void nobodyElseSpeaksRaftToAReplica() throws Exception {
    try (TestCluster cluster =
        new TestCluster(folder, 3, 1, 10).with(secured(ours, ours)).startAll().awaitReady()) {
      cluster.write("a");
      Node asked = cluster.leader();
      long term = asked.log.leadership().term();
      int port =
          cluster.replicas.stream()
              .filter(r -> r.name().equals(asked.name))
              .findFirst()
              .orElseThrow()
              .port();
      ManagedChannel known = dial(port, Optional.of(builder(Optional.of(ours))));
      try {
        assertInstanceOf(RequestVoteReplyProto.class, vote(known, asked, 1, true));
        assertInstanceOf(Answer.class, ask(known), "the test can tell");
      } finally {
        hangUp(known);
      }
      List<Optional<SslContextBuilder>> strangers =
          List.of(
              Optional.empty(),
              Optional.of(builder(Optional.empty())),
              Optional.of(builder(Optional.of(foreign))));
      for (Optional<SslContextBuilder> stranger : strangers) {
        ManagedChannel channel = dial(port, stranger);
        try {
          refused(() -> vote(channel, asked, term + LATER, false));
          refused(() -> append(channel, asked, term + LATER));
          refused(() -> ask(channel));
          refused(() -> administer(channel));
        } finally {
          hangUp(channel);
        }
      }
      assertTrue(cluster.leader().log.leadership().term() < term + LATER, "none of theirs");
      cluster.write("b");
    }
  }

  /** It believes the others, who do not believe it. */
  @Test
  void aReplicaOfAnotherAuthorityIsNotLetIn() throws Exception {
    try (TestCluster cluster =
        new TestCluster(folder, 3, 1, 10).with(secured(ours, ours)).startAll().awaitReady()) {
      cluster.write("a");
      Node newcomer = cluster.newcomer(folder, "c4");
      var unused = cluster.start("c4", secured(foreign, ours));
      MembersChange outcome =
          TestCluster.join(cluster.leader().log.addMember(TestCluster.member(newcomer)));
      assertFalse(outcome instanceof MembersChange.Done, outcome::toString);
      assertEquals(3, cluster.leader().log.members().size());
      assertFalse(newcomer.log.ready().toCompletableFuture().isDone());
    }
  }

  private static java.util.function.UnaryOperator<Settings> secured(
      NodeCredentials shown, NodeCredentials believed) {
    return settings -> settings.withTls(Optional.of(new Tls(shown.shown(), believed.believed())));
  }

  /** By the connection, before anything was asked. */
  private static void refused(Executable call) {
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, call);
    assertTrue(
        Set.of(Status.Code.UNAVAILABLE, Status.Code.INTERNAL)
            .contains(refused.getStatus().getCode()),
        refused::toString);
  }

  private static SslContextBuilder builder(Optional<NodeCredentials> shown) {
    SslContextBuilder builder = SslContextBuilder.forClient().trustManager(ours.believed());
    shown.ifPresent(credentials -> builder.keyManager(credentials.shown()));
    return builder;
  }

  private static ManagedChannel dial(int port, Optional<SslContextBuilder> tls) throws Exception {
    NettyChannelBuilder builder = NettyChannelBuilder.forAddress("127.0.0.1", port);
    return tls.isEmpty()
        ? builder.usePlaintext().build()
        : builder.sslContext(GrpcSslContexts.configure(tls.get(), SslProvider.JDK).build()).build();
  }

  private static void hangUp(ManagedChannel channel) throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
  }

  private static RaftRpcRequestProto to(Node node) {
    ReplicaId own = ReplicaId.parse(node.log.incarnation());
    return RaftRpcRequestProto.newBuilder()
        .setRequestorId(own.raftId().toByteString())
        .setReplyId(own.raftId().toByteString())
        .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(node.log.groupId().toByteString()))
        .build();
  }

  private static RequestVoteReplyProto vote(
      ManagedChannel channel, Node node, long term, boolean isPreVote) {
    return RaftServerProtocolServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
        .requestVote(
            RequestVoteRequestProto.newBuilder()
                .setServerRequest(to(node))
                .setCandidateTerm(term)
                .setCandidateLastEntry(TermIndexProto.getDefaultInstance())
                .setPreVote(isPreVote)
                .build());
  }

  /** As a leader of a later term would. */
  private static void append(ManagedChannel channel, Node node, long term) throws Throwable {
    CompletableFuture<List<AppendEntriesReplyProto>> answered = new CompletableFuture<>();
    StreamObserver<AppendEntriesRequestProto> requests =
        RaftServerProtocolServiceGrpc.newStub(channel)
            .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
            .appendEntries(
                new StreamObserver<>() {
                  private final List<AppendEntriesReplyProto> replies = new ArrayList<>();

                  @Override
                  public void onNext(AppendEntriesReplyProto reply) {
                    replies.add(reply);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answered.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {
                    answered.complete(replies);
                  }
                });
    requests.onNext(
        AppendEntriesRequestProto.newBuilder()
            .setServerRequest(to(node))
            .setLeaderTerm(term)
            .build());
    requests.onCompleted();
    try {
      var unused = answered.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException failed) {
      throw failed.getCause();
    }
  }

  private static Answer ask(ManagedChannel channel) {
    return PeerProtocol.answer(
        ClientCalls.blockingUnaryCall(
            channel,
            PeerPort.ASK,
            CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS),
            PeerProtocol.encode("test", new Question.Identify(Optional.empty()))));
  }

  private static void administer(ManagedChannel channel) {
    var unused =
        AdminProtocolServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
            .groupList(GroupListRequestProto.getDefaultInstance());
  }
}
