package com.pygmy.replication.ratis;

import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;

/**
 * Tells of peers in a configuration that the leader sends, with entries or with a notice that the
 * log begins later, before Ratis takes it: Ratis keeps the first address that it hears of a peer,
 * and the one in the configuration may not stay.
 */
final class NewPeers implements ServerInterceptor {
  private final Consumer<Collection<ReplicaId>> heard;

  /**
   * @param heard of these; must be quick, and take no harm from hearing of one again
   */
  NewPeers(Consumer<Collection<ReplicaId>> heard) {
    this.heard = heard;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      public void onMessage(Q message) {
        if (message instanceof AppendEntriesRequestProto append) {
          append.getEntriesList().forEach(this::hear);
        } else if (message instanceof InstallSnapshotRequestProto install) {
          hear(install.getLastRaftConfigurationLogEntryProto());
        }
        super.onMessage(message);
      }

      private void hear(LogEntryProto entry) {
        if (entry.hasConfigurationEntry()) {
          heard.accept(peers(entry));
        }
      }
    };
  }

  private static List<ReplicaId> peers(LogEntryProto entry) {
    return Stream.concat(
            entry.getConfigurationEntry().getPeersList().stream(),
            entry.getConfigurationEntry().getOldPeersList().stream())
        .map(peer -> ReplicaId.of(RaftPeerId.valueOf(peer.getId())))
        .toList();
  }
}
