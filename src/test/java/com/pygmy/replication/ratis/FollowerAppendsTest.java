package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.Ports;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StateMachineEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A follower as a leader on the wire sees it, when connections break and entries are sent again:
 * what it says it has, it has, and on its disk.
 */
class FollowerAppendsTest {
  /** Heartbeats in which a follower that answered too early would have been heard. */
  private static final int ROUNDS = 20;

  @TempDir Path folder;

  private final RaftGroupId group = RaftGroupId.randomId();
  private final int port = Ports.free();
  private final SlowDisk disk = new SlowDisk();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private RaftServer follower;
  private RaftLog log;
  private long calls;
  private long latestTerm;

  /** An entry's data is taken at once, or when the test says so; the log is written after it. */
  private static final class SlowDisk extends BaseStateMachine implements StateMachine.DataApi {
    private final Map<Long, CompletableFuture<Void>> held = new ConcurrentHashMap<>();
    private final BlockingQueue<Long> asked = new LinkedBlockingQueue<>();

    @Override
    public DataApi data() {
      return this;
    }

    @Override
    public CompletableFuture<?> write(LogEntryProto entry, TransactionContext context) {
      asked.add(entry.getIndex());
      return held.getOrDefault(entry.getIndex(), CompletableFuture.completedFuture(null));
    }

    void hold(long... indices) {
      asked.clear();
      LongStream.of(indices).forEach(index -> held.put(index, new CompletableFuture<>()));
    }

    void awaitAsked(long index) throws InterruptedException {
      assertEquals(index, asked.poll(TestCluster.PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    void release(long index) {
      held.remove(index).complete(null);
    }
  }

  /**
   * @param flushed what the follower had on its disk when the reply was heard
   */
  private record Reply(AppendEntriesReplyProto reply, long flushed) {}

  /** One connection of the leader. */
  private final class Connection implements StreamObserver<AppendEntriesReplyProto> {
    private final BlockingQueue<Reply> entries = new LinkedBlockingQueue<>();
    private final BlockingQueue<Reply> heartbeats = new LinkedBlockingQueue<>();
    private final StreamObserver<AppendEntriesRequestProto> requests;

    Connection() {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
      channels.add(channel);
      requests = RaftServerProtocolServiceGrpc.newStub(channel).appendEntries(this);
    }

    @Override
    public void onNext(AppendEntriesReplyProto reply) {
      (reply.getIsHearbeat() ? heartbeats : entries).add(new Reply(reply, log.getFlushIndex()));
    }

    @Override
    public void onError(Throwable broken) {}

    @Override
    public void onCompleted() {}

    void append(long term, long... indices) {
      requests.onNext(request(term, indices));
    }

    /** What was sent before it on this connection has been handled then. */
    void heartbeat() throws InterruptedException {
      heartbeat(latestTerm);
    }

    void heartbeat(long term) throws InterruptedException {
      requests.onNext(request(term));
      assertEquals(AppendResult.SUCCESS, next(heartbeats).reply().getResult());
    }

    void heartbeats(int count) throws InterruptedException {
      for (int i = 0; i < count; i++) {
        heartbeat();
      }
    }

    /** What it says, it has, and on its disk. */
    void assertAppended(long index) throws InterruptedException {
      Reply reply = next(entries);
      assertEquals(AppendResult.SUCCESS, reply.reply().getResult());
      assertEquals(index, reply.reply().getMatchIndex());
      assertTrue(reply.flushed() >= index, () -> "told before it was on the disk: " + reply);
    }

    private Reply next(BlockingQueue<Reply> replies) throws InterruptedException {
      Reply reply = replies.poll(TestCluster.PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertNotNull(reply, "no reply");
      return reply;
    }
  }

  @BeforeEach
  void start() throws Exception {
    Settings.Replica own = new Settings.Replica("n1", "127.0.0.1", port);
    Settings settings = Settings.of("cluster", "n1", List.of(own), folder);
    RaftGroup members = RaftGroup.valueOf(group, peer("n1", port), peer("n2", 1), peer("n3", 2));
    follower =
        RaftServer.newBuilder()
            .setServerId(RaftPeerId.valueOf("n1"))
            .setGroup(members)
            .setStateMachine(disk)
            .setProperties(Tuning.properties(settings, folder))
            .build();
    follower.start();
    log = follower.getDivision(group).getRaftLog();
  }

  @AfterEach
  void stop() throws Exception {
    disk.held.values().forEach(held -> held.complete(null));
    channels.forEach(ManagedChannel::shutdownNow);
    follower.close();
  }

  @Test
  void saysNoMoreThanItHas() throws Exception {
    Connection first = new Connection();
    Connection second = new Connection();
    disk.hold(0, 1);

    first.append(1, 0);
    disk.awaitAsked(0);
    second.append(1, 0, 1);
    second.heartbeat();
    disk.release(0);
    second.heartbeats(ROUNDS);
    disk.release(1);

    first.assertAppended(0);
    second.assertAppended(1);
    assertEquals(1, log.getLastEntryTermIndex().getIndex());
  }

  @Test
  void hasOnItsDiskWhatItWasSentTwice() throws Exception {
    Connection first = new Connection();
    Connection second = new Connection();
    first.append(1, 0);
    first.assertAppended(0);
    disk.hold(1);

    first.append(1, 1);
    disk.awaitAsked(1);
    second.append(1, 1);
    second.heartbeats(ROUNDS);
    disk.release(1);

    second.assertAppended(1);
    first.assertAppended(1);
  }

  @Test
  void hasOnItsDiskWhatReplacesEntriesOfAnotherTerm() throws Exception {
    Connection leader = new Connection();
    leader.append(1, 0, 1, 2);
    leader.assertAppended(2);
    disk.hold(1, 2);

    leader.append(2, 1);
    disk.awaitAsked(1);
    leader.append(2, 2);
    leader.heartbeat();
    disk.release(1);
    // It is written, and not flushed while the next one is waited for.
    leader.heartbeats(ROUNDS);
    disk.release(2);

    leader.assertAppended(1);
    leader.assertAppended(2);
  }

  @Test
  void hasOnItsDiskWhatItWasSentTwiceWhileEntriesOfAnotherTermWaitToBeCut() throws Exception {
    Connection first = new Connection();
    Connection second = new Connection();
    first.append(1, 0, 1, 2);
    first.assertAppended(2);
    disk.hold(3);

    first.append(1, 3);
    disk.awaitAsked(3);
    // The disk is at entry 3 of term 1, and will cut all from 1 after it: 2 is flushed until then.
    first.append(2, 1);
    first.heartbeat();
    second.append(2, 1);
    second.heartbeats(ROUNDS);
    assertEquals(0, second.entries.size());
    disk.release(3);

    second.assertAppended(1);
    assertEquals(2, log.getLastEntryTermIndex().getTerm());
  }

  @Test
  void saysNothingInATermThatIsOver() throws Exception {
    Connection first = new Connection();
    Connection second = new Connection();
    first.append(1, 0);
    first.assertAppended(0);
    disk.hold(1);

    first.append(1, 1);
    disk.awaitAsked(1);
    second.heartbeat(2);
    disk.release(1);

    AppendEntriesReplyProto reply = first.next(first.entries).reply();
    assertEquals(AppendResult.NOT_LEADER, reply.getResult());
    assertEquals(2, reply.getTerm());
    assertEquals(RaftLog.INVALID_LOG_INDEX, reply.getMatchIndex());
  }

  private static RaftPeer peer(String name, int port) {
    return RaftPeer.newBuilder().setId(name).setAddress("127.0.0.1:" + port).build();
  }

  /** Entry 0 is of term 1, those behind it of the term of who sends them. */
  private AppendEntriesRequestProto request(long term, long... indices) {
    latestTerm = term;
    AppendEntriesRequestProto.Builder request =
        AppendEntriesRequestProto.newBuilder()
            .setServerRequest(
                RaftRpcRequestProto.newBuilder()
                    .setRequestorId(ByteString.copyFromUtf8("n2"))
                    .setReplyId(ByteString.copyFromUtf8("n1"))
                    .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(group.toByteString()))
                    .setCallId(++calls))
            .setLeaderTerm(term)
            .setLeaderCommit(-1);
    if (indices.length > 0 && indices[0] > 0) {
      long previous = indices[0] - 1;
      request.setPreviousLog(
          TermIndexProto.newBuilder().setTerm(previous == 0 ? 1 : term).setIndex(previous));
    }
    for (long index : indices) {
      request.addEntries(entry(index == 0 ? 1 : term, index));
    }
    return request.build();
  }

  private static LogEntryProto entry(long term, long index) {
    return LogEntryProto.newBuilder()
        .setTerm(term)
        .setIndex(index)
        .setStateMachineLogEntry(
            StateMachineLogEntryProto.newBuilder()
                .setClientId(ClientId.emptyClientId().toByteString())
                .setLogData(ByteString.copyFromUtf8("entry"))
                .setStateMachineEntry(
                    StateMachineEntryProto.newBuilder()
                        .setStateMachineData(ByteString.copyFromUtf8("data"))))
        .build();
  }
}
