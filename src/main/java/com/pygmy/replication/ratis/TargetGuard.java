package com.pygmy.replication.ratis;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;

/**
 * Refuses Raft requests that are meant for another replica id. Ratis 3.3.0 checks the group and the
 * sender of a request, but not whom it is addressed to: a wiped replica that comes back under a new
 * id at the old address would take entries and grant votes in the name of the old one, whose
 * acknowledged entries are gone. That can elect a leader without confirmed entries.
 *
 * <p>Refuses all of them as long as this replica's group is not open, too: Ratis takes a leader's
 * notice of a snapshot while it still opens the log, becomes a follower by it, and then fails its
 * own start, as it is one already. And what comes while Ratis closes, it complains of one by one.
 */
final class TargetGuard implements ServerInterceptor {
  private final ByteString own;
  private final BooleanSupplier isOpen;
  private final AtomicLong refused = new AtomicLong();

  TargetGuard(ReplicaId own, BooleanSupplier isOpen) {
    this.own = own.raftId().toByteString();
    this.isOpen = isOpen;
  }

  /** Requests refused so far. */
  long refusals() {
    return refused.get();
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      private boolean closed;

      @Override
      public void onMessage(Q message) {
        if (closed) {
          return;
        }
        RaftRpcRequestProto request = raftRequest(message);
        if (request == null) {
          super.onMessage(message);
        } else if (!request.getReplyId().equals(own)) {
          refuse(
              Status.FAILED_PRECONDITION.withDescription(
                  "this is "
                      + own.toStringUtf8()
                      + ", not "
                      + request.getReplyId().toStringUtf8()));
        } else if (!isOpen.getAsBoolean()) {
          refuse(Status.UNAVAILABLE.withDescription("the group is not open here"));
        } else {
          super.onMessage(message);
        }
      }

      private void refuse(Status why) {
        closed = true;
        refused.incrementAndGet();
        call.close(why, new Metadata());
      }

      @Override
      public void onHalfClose() {
        if (!closed) {
          super.onHalfClose();
        }
      }
    };
  }

  private static RaftRpcRequestProto raftRequest(Object message) {
    if (message instanceof AppendEntriesRequestProto append) {
      return append.getServerRequest();
    } else if (message instanceof RequestVoteRequestProto vote) {
      return vote.getServerRequest();
    } else if (message instanceof InstallSnapshotRequestProto install) {
      return install.getServerRequest();
    } else if (message instanceof StartLeaderElectionRequestProto start) {
      return start.getServerRequest();
    } else if (message instanceof ReadIndexRequestProto read) {
      return read.getServerRequest();
    }
    return null;
  }
}
