package com.pygmy.replication.ratis;

import com.pygmy.replication.ratis.Settings.Replica;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.ExitUtils;
import org.apache.ratis.util.LifeCycle;

/**
 * Ratis's server in this process, and the requests made to it. Requests go straight to the local
 * server, without a Ratis client: nothing is retried behind our back.
 */
final class RatisServer implements Membership.Ratis, AutoCloseable {
  private static final long STEP_DOWN_TIMEOUT_MILLIS = 3_000;

  private final Settings settings;
  private final ReplicaId own;
  private final Group group;
  private final RaftServer server;

  /** Fresh at every start: Ratis remembers answers by client and call. */
  private final ClientId client = ClientId.randomId();

  private volatile RaftGroupId groupId;

  RatisServer(
      Settings settings, ReplicaId own, Folder folder, Group group, Driver<?> driver, PeerPort port)
      throws IOException {
    this.settings = settings;
    this.own = own;
    this.group = group;
    // A port that is taken must fail the start, not end the JVM from within.
    ExitUtils.disableSystemExit();
    // Ratis opens every group it finds when it is built. It is built looking at an empty folder:
    // the
    // group is added when this replica is sure of its log and state, under addresses of the conf.
    Path nothing = folder.copies();
    RaftProperties properties = Tuning.properties(settings, nothing);
    Parameters parameters = new Parameters();
    GrpcConfigKeys.Server.setServicesCustomizer(parameters, port);
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
    // Ratis keeps the first address it hears of a peer: the one of the conf, not of the stored log.
    Set<ReplicaId> known = new LinkedHashSet<>(joined.members());
    known.addAll(joined.founders());
    known.remove(own);
    server
        .getServerRpc()
        .addRaftPeers(
            known.stream().filter(k -> settings.knows(k.name())).map(this::peer).toList());
    List<RaftPeer> founders =
        joined.isFounder() ? joined.founders().stream().map(this::peer).toList() : List.of();
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

  /** By us or by itself: after a pause of the JVM of more than a minute Ratis gives up. */
  boolean isClosed() {
    LifeCycle.State state = server.getLifeCycleState();
    return state.isClosingOrClosed() || state == LifeCycle.State.EXCEPTION;
  }

  private RaftPeer peer(ReplicaId id) {
    Replica replica = settings.replica(id.name());
    return RaftPeer.newBuilder()
        .setId(id.raftId())
        .setAddress(replica.host() + ":" + replica.port())
        .build();
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
  public CompletableFuture<Void> replaceMembers(List<ReplicaId> from, List<ReplicaId> to) {
    SetConfigurationRequest.Arguments arguments =
        SetConfigurationRequest.Arguments.newBuilder()
            .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
            .setServersInCurrentConf(from.stream().map(this::peer).toList())
            .setServersInNewConf(to.stream().map(this::peer).toList())
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

  /** With a null new leader and equal priorities, whoever is up to date may follow. */
  CompletableFuture<Boolean> stepDown() {
    try {
      return server
          .transferLeadershipAsync(
              new TransferLeadershipRequest(
                  client, own.raftId(), groupId, 0, null, STEP_DOWN_TIMEOUT_MILLIS))
          .handle((reply, failure) -> failure == null && reply.isSuccess());
    } catch (IOException | RuntimeException refused) {
      return CompletableFuture.completedFuture(false);
    }
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
