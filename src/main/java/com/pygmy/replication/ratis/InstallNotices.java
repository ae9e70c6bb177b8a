package com.pygmy.replication.ratis;

import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto.NotificationProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;

/**
 * Mends a leader's notice that its log begins at index f and a snapshot is to be installed, in two
 * ways.
 *
 * <p><b>It asks for one entry more.</b> When the follower's state ends at f - 1 exactly, Ratis
 * 3.3.0 goes round in circles: the leader cannot append f, since it does not know the term of f - 1
 * any more, so it sends a notice; the follower answers that it needs no snapshot, as f is the next
 * entry; and so on for ever. It is no rare case: a leader that was killed ends where the next term,
 * and with it the next segment, begins. Taken as f + 1, the notice makes the follower fetch a copy
 * that contains f.
 *
 * <p><b>It waits a little.</b> While the follower is busy fetching, the leader repeats the notice
 * without a pause, since its appender may not wait otherwise ({@code wait-time.min} is 0 for the
 * sake of latency).
 */
final class InstallNotices implements ServerInterceptor {
  private static final long PAUSE_NANOS = 10_000_000;

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      @SuppressWarnings("unchecked")
      public void onMessage(Q message) {
        if (message instanceof InstallSnapshotRequestProto notice && notice.hasNotification()) {
          LockSupport.parkNanos(PAUSE_NANOS);
          super.onMessage((Q) mended(notice));
        } else {
          super.onMessage(message);
        }
      }
    };
  }

  /** A log that begins at 0 has nothing before it. */
  static InstallSnapshotRequestProto mended(InstallSnapshotRequestProto notice) {
    TermIndexProto first = notice.getNotification().getFirstAvailableTermIndex();
    return first.getIndex() == 0
        ? notice
        : notice.toBuilder()
            .setNotification(
                NotificationProto.newBuilder()
                    .setFirstAvailableTermIndex(first.toBuilder().setIndex(first.getIndex() + 1)))
            .build();
  }
}
