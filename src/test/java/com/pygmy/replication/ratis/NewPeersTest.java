package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto.NotificationProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.junit.jupiter.api.Test;

/** Of every peer that a leader names, the address is known before Ratis hears of it. */
class NewPeersTest {
  private final List<String> heard = new ArrayList<>();

  private void send(Object message) {
    ServerCall.Listener<Object> listener =
        new NewPeers(peers -> peers.forEach(peer -> heard.add(peer.name())))
            .interceptCall(
                null,
                new Metadata(),
                (call, headers) ->
                    new ServerCall.Listener<>() {
                      @Override
                      public void onMessage(Object passedOn) {
                        heard.add("Ratis");
                      }
                    });
    listener.onMessage(message);
  }

  private static LogEntryProto configuration() {
    return LogEntryProto.newBuilder()
        .setConfigurationEntry(
            RaftConfigurationProto.newBuilder().addPeers(peer("c2")).addOldPeers(peer("c1")))
        .build();
  }

  private static RaftPeerProto peer(String name) {
    return RaftPeerProto.newBuilder()
        .setId(ByteString.copyFromUtf8(name + "#0123456789abcdef"))
        .build();
  }

  @Test
  void inEntries() {
    send(
        AppendEntriesRequestProto.newBuilder()
            .addEntries(LogEntryProto.getDefaultInstance())
            .addEntries(configuration())
            .build());
    assertEquals(List.of("c2", "c1", "Ratis"), heard);
  }

  @Test
  void inANoticeThatTheLogBeginsLater() {
    send(
        InstallSnapshotRequestProto.newBuilder()
            .setNotification(NotificationProto.getDefaultInstance())
            .setLastRaftConfigurationLogEntryProto(configuration())
            .build());
    assertEquals(List.of("c2", "c1", "Ratis"), heard);
  }

  @Test
  void whatNamesNobodyIsPassedOn() {
    send(InstallSnapshotRequestProto.getDefaultInstance());
    send(AppendEntriesRequestProto.getDefaultInstance());
    assertEquals(List.of("Ratis", "Ratis"), heard);
  }
}
