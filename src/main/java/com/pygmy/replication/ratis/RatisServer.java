package com.pygmy.replication.ratis;

import com.pygmy.replication.Position;
import com.pygmy.replication.ratis.Settings.Replica;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.ExitUtils;
import org.apache.ratis.util.LifeCycle;

/**
 * Ratis's server in this process, and the requests made to it. Requests go straight to the local
 * server, without a Ratis client: nothing is retried behind our back.
 */
final class RatisServer implements Membership.Ratis, AutoCloseable {
  /** For one follower to take over, and for all of them together. */
  private static final long HAND_OVER_MILLIS = 1_000;

  private static final long ALL_HAND_OVERS_MILLIS = 2_500;

  private final Settings settings;
  private final ReplicaId own;
  private final PeerBook book;
  private final Group group;
  private final PeerResolvers names;
  private final LongSupplier nanoClock;
  private final RaftServer server;

  /** Fresh at every start: Ratis remembers answers by client and call. */
  private final ClientId client = ClientId.randomId();

  private volatile RaftGroupId groupId;

  RatisServer(
      Settings settings,
      ReplicaId own,
      PeerBook book,
      Folder folder,
      Group group,
      Driver<?> driver,
      PeerPort port,
      PeerResolvers names,
      LongSupplier nanoClock)
      throws IOException {
    this.settings = settings;
    this.own = own;
    this.book = book;
    this.group = group;
    this.names = names;
    this.nanoClock = nanoClock;
    // A port that is taken must fail the start, not end the JVM from within.
    ExitUtils.disableSystemExit();
    // Ratis opens every group that it finds when it is built. So it is built looking at an empty
    // folder: the group is added when this replica is sure of its log and state.
    Path nothing = folder.copies();
    RaftProperties properties = Tuning.properties(settings, nothing);
    Parameters parameters = new Parameters();
    GrpcConfigKeys.Server.setServicesCustomizer(parameters, port);
    settings.tls().ifPresent(tls -> GrpcConfigKeys.TLS.setConf(parameters, PeerTls.forRatis(tls)));
    this.server =
        RaftServer.newBuilder()
            .setServerId(own.raftId())
            .setStateMachineRegistry(id -> driver)
            .setProperties(properties)
            .setParameters(parameters)
            .build();
    RaftServerConfigKeys.setStorageDir(properties, List.of(folder.storage().toFile()));
  }

  void start() throws IOException {
    try {
      server.start();
    } catch (ExitUtils.ExitException taken) {
      throw new IOException(
          "port " + settings.own().port() + " could not be opened: " + taken.getMessage(), taken);
    }
  }

  @Override
  public void addGroup(Identity joined) throws IOException {
    RaftGroupId id = GroupIds.of(joined.foundation().orElseThrow());
    Set<ReplicaId> known = new LinkedHashSet<>(joined.members());
    known.addAll(joined.founders());
    knows(known);
    List<RaftPeer> founders =
        joined.isFounder()
            ? joined.founders().stream()
                .map(f -> peer(f, book.address(f.name()).address(), 0))
                .toList()
            : List.of();
    groupId = id;
    RaftClientReply reply =
        server.groupManagement(
            GroupManagementRequest.newAdd(
                client, own.raftId(), 0, RaftGroup.valueOf(id, founders), false));
    if (!reply.isSuccess()) {
      throw new IOException("Ratis did not open the group", reply.getException());
    }
    group.joined(server.getDivision(id));
  }

  /**
   * To be called before Ratis hears of them: it keeps the first address that it hears of a peer,
   * for as long as it runs. So it gets one that the book answers for, each time that it dials.
   */
  void knows(Collection<ReplicaId> peers) {
    server
        .getServerRpc()
        .addRaftPeers(
            peers.stream()
                .filter(id -> !id.equals(own))
                .map(id -> peer(id, names.target(id.name()), 0))
                .toList());
  }

  /**
   * Ratis dials it anew. A connection to where it was may take minutes to break. Blocks a little.
   */
  void redial(String name) {
    if (group.exists()) {
      group.voters().all().stream()
          .filter(id -> id.name().equals(name) && !id.equals(own))
          .forEach(this::redial);
    }
  }

  /** The same of one replica. */
  void redial(ReplicaId id) {
    server.getServerRpc().handleException(id.raftId(), new IOException(id + " dialled anew"), true);
  }

  /** By us or by itself: after a pause of the JVM of more than a minute Ratis gives up. */
  boolean isClosed() {
    LifeCycle.State state = server.getLifeCycleState();
    return state.isClosingOrClosed() || state == LifeCycle.State.EXCEPTION;
  }

  private static RaftPeer peer(ReplicaId id, String address, int priority) {
    return RaftPeer.newBuilder()
        .setId(id.raftId())
        .setAddress(address)
        .setPriority(priority)
        .build();
  }

  private static List<RaftPeer> peers(Map<ReplicaId, Replica> members, int priority) {
    return members.entrySet().stream()
        .map(m -> peer(m.getKey(), m.getValue().address(), priority))
        .toList();
  }

  /** Blocks until the entry is appended or refused. */
  CompletableFuture<RaftClientReply> submit(long sequence, byte[] entry) {
    try {
      return server.submitClientRequestAsync(
          RaftClientRequest.newBuilder()
              .setClientId(client)
              .setServerId(own.raftId())
              .setGroupId(groupId)
              .setCallId(sequence)
              .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
              .setType(RaftClientRequest.writeRequestType())
              .build());
    } catch (IOException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  @Override
  public CompletableFuture<Void> changeMembers(
      Map<ReplicaId, Replica> from, Map<ReplicaId, Replica> to) {
    knows(to.keySet());
    // Ratis takes a configuration for the same if nobody in it has another priority. One for all
    // means nothing: it is which of the two they all have that changes with an address, and only
    // then, so that the old and the new members of a change of others have the same.
    int now = group.priority();
    int priority = from.keySet().equals(to.keySet()) ? 1 - now : now;
    SetConfigurationRequest.Arguments arguments =
        SetConfigurationRequest.Arguments.newBuilder()
            .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
            .setServersInCurrentConf(peers(from, now))
            .setServersInNewConf(peers(to, priority))
            .build();
    try {
      return server
          .setConfigurationAsync(
              new SetConfigurationRequest(client, own.raftId(), groupId, 0, arguments))
          .thenAccept(RatisServer::mustSucceed);
    } catch (IOException | RuntimeException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  private static void mustSucceed(RaftClientReply reply) {
    if (!reply.isSuccess()) {
      throw new CompletionException(reply.getException());
    }
  }

  /**
   * Hands leadership to the follower that was heard last, or else to the next one: it stands for
   * election at once, so nobody waits for an election time-out, and this replica cannot win it
   * back, as it may when it only resigns. All of it takes a bounded time.
   */
  @Override
  public CompletableFuture<Boolean> stepDown() {
    group.handingOver(true);
    CompletableFuture<Boolean> handed;
    try {
      long end = nanoClock.getAsLong() + TimeUnit.MILLISECONDS.toNanos(ALL_HAND_OVERS_MILLIS);
      handed = handTo(group.followers().iterator(), end);
    } catch (RuntimeException closed) {
      handed = CompletableFuture.completedFuture(false);
    }
    return handed.whenComplete((done, failure) -> group.handingOver(false));
  }

  /**
   * Has this replica stand for election at once, by the message with which a leader hands over: the
   * one that is gone cannot send it any more.
   *
   * @return false if this replica has another leader meanwhile, or no entry of that term
   */
  boolean standAfter(Succession.Followed gone) {
    Position last = group.lastEntry();
    if (last.term() != gone.term()) {
      return false;
    }
    StartLeaderElectionRequestProto handOver =
        StartLeaderElectionRequestProto.newBuilder()
            .setServerRequest(
                ClientProtoUtils.toRaftRpcRequestProtoBuilder(
                    RaftGroupMemberId.valueOf(gone.leader().raftId(), groupId), own.raftId()))
            .setLeaderLastEntry(TermIndex.valueOf(last.term(), last.index()).toProto())
            .build();
    try {
      return server.startLeaderElection(handOver).getServerReply().getSuccess();
    } catch (IOException closed) {
      return false;
    }
  }

  private CompletableFuture<Boolean> handTo(Iterator<ReplicaId> followers, long endNanos) {
    long left = TimeUnit.NANOSECONDS.toMillis(endNanos - nanoClock.getAsLong());
    if (!followers.hasNext() || left <= 0) {
      return CompletableFuture.completedFuture(false);
    }
    TransferLeadershipRequest request =
        new TransferLeadershipRequest(
            client,
            own.raftId(),
            groupId,
            0,
            followers.next().raftId(),
            Math.min(left, HAND_OVER_MILLIS));
    CompletableFuture<RaftClientReply> reply;
    try {
      reply = server.transferLeadershipAsync(request);
    } catch (IOException | RuntimeException refused) {
      reply = CompletableFuture.failedFuture(refused);
    }
    return reply
        .handle((done, failure) -> failure == null && done.isSuccess())
        .thenCompose(
            handed ->
                handed ? CompletableFuture.completedFuture(true) : handTo(followers, endNanos));
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException failed) {
      throw new java.io.UncheckedIOException(failed);
    }
  }
}
