package com.pygmy.replication.ratis;

import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/**
 * Answers the questions of {@link PeerProtocol} on the port where Ratis serves Raft: its gRPC
 * server is open to further services. So consensus needs one port, and a replica can be asked
 * before it has a group. Puts the {@link TargetGuard} before everything, and {@link NewPeers}
 * before Ratis.
 */
final class PeerPort implements GrpcServices.Customizer {
  private static final String SERVICE = "pygmy.Peer";
  private static final long PING_AT_MOST_EVERY_SECONDS = 1;

  static final MethodDescriptor<byte[], byte[]> ASK =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Ask"))
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(new Bytes())
          .build();

  private final String cluster;
  private final TargetGuard guard;
  private final NewPeers newPeers;
  private final Function<Question, CompletableFuture<Answer>> answers;

  /**
   * @param answers must not block for long; a failure is answered as a refusal
   */
  PeerPort(
      String cluster,
      TargetGuard guard,
      NewPeers newPeers,
      Function<Question, CompletableFuture<Answer>> answers) {
    this.cluster = cluster;
    this.guard = guard;
    this.newPeers = newPeers;
    this.answers = answers;
  }

  @Override
  public NettyServerBuilder customize(
      NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
    return builder
        .permitKeepAliveTime(PING_AT_MOST_EVERY_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        .intercept(newPeers)
        .intercept(new InstallNotices())
        .intercept(guard)
        .addService(
            ServerServiceDefinition.builder(SERVICE)
                .addMethod(ASK, ServerCalls.asyncUnaryCall(this::serve))
                .build());
  }

  private void serve(byte[] request, StreamObserver<byte[]> reply) {
    CompletableFuture<Answer> answer;
    try {
      answer = answers.apply(PeerProtocol.question(cluster, request));
    } catch (RuntimeException refused) {
      answer = CompletableFuture.completedFuture(new Answer.Refused(String.valueOf(refused)));
    }
    Stages.onDone(
        answer,
        (value, failure) -> {
          try {
            reply.onNext(
                PeerProtocol.encode(
                    failure == null ? value : new Answer.Refused(String.valueOf(failure))));
            reply.onCompleted();
          } catch (RuntimeException gone) {
            // The asker hung up, which is its right; there is nobody to tell.
            reply.onError(Status.CANCELLED.withCause(gone).asRuntimeException());
          }
        });
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
    }
  }
}
