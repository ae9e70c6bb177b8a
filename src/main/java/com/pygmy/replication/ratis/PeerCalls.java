package com.pygmy.replication.ratis;

import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import com.pygmy.replication.ratis.Settings.Replica;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelOption;
import org.apache.ratis.thirdparty.io.netty.channel.nio.NioEventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.socket.nio.NioSocketChannel;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContext;

/**
 * Asks other replicas, at the addresses of the {@link PeerBook}. Never blocks: each question has a
 * deadline and its own call, so a dead or frozen peer holds up nobody. Answers come on one network
 * thread, which must not be blocked.
 */
final class PeerCalls implements AutoCloseable {
  private static final long RECONNECT_EVERY_MILLIS = 100;

  /** Then a host's name is looked up again: it may have another address by now. */
  private static final int CONNECT_MILLIS = 2_000;

  private static final long PING_EVERY_MILLIS = 2_000;
  private static final long PING_TIMEOUT_MILLIS = 1_000;

  private final String cluster;
  private final Optional<SslContext> tls;
  private final LongSupplier nanoClock;
  private final NioEventLoopGroup thread = new NioEventLoopGroup(1);
  private final PeerBook book;
  private final Map<String, Peer> peers = new HashMap<>();
  private boolean closed;

  private record Peer(ManagedChannel channel, AtomicLong lastReconnectNanos) {}

  /**
   * @param cluster of the other replicas, too
   */
  PeerCalls(String cluster, Optional<Settings.Tls> tls, PeerBook book, LongSupplier nanoClock) {
    this.cluster = cluster;
    this.tls = tls.map(PeerTls::toDial);
    this.book = book;
    this.nanoClock = nanoClock;
  }

  /**
   * Asks one replica one question.
   *
   * @return fails when the peer is not known, cannot be reached or did not answer in time
   */
  CompletableFuture<Answer> ask(String name, Question question, long timeoutMillis) {
    return book.find(name)
        .map(replica -> askAt(replica, question, timeoutMillis))
        .orElseGet(
            () ->
                CompletableFuture.failedFuture(
                    new IllegalArgumentException("nobody knows where " + name + " is")));
  }

  /** The same of one that is not in the book yet. */
  CompletableFuture<Answer> askAt(Replica replica, Question question, long timeoutMillis) {
    Optional<Peer> open;
    try {
      open = peer(replica.address(), replica);
    } catch (IllegalArgumentException noHost) { // it was said by another replica
      return CompletableFuture.failedFuture(noHost);
    }
    if (open.isEmpty()) {
      return CompletableFuture.failedFuture(new IllegalStateException("being stopped"));
    }
    Peer peer = open.get();
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    ClientCalls.asyncUnaryCall(
        peer.channel()
            .newCall(
                PeerPort.ASK,
                CallOptions.DEFAULT.withDeadlineAfter(timeoutMillis, TimeUnit.MILLISECONDS)),
        PeerProtocol.encode(cluster, question),
        new StreamObserver<>() {
          @Override
          public void onNext(byte[] reply) {
            try {
              answer.complete(PeerProtocol.answer(reply));
            } catch (IllegalArgumentException malformed) {
              answer.completeExceptionally(malformed);
            }
          }

          @Override
          public void onError(Throwable failure) {
            reconnectSoon(peer);
            answer.completeExceptionally(failure);
          }

          @Override
          public void onCompleted() {
            answer.completeExceptionally(new IllegalStateException("an answer without content"));
          }
        });
    return answer;
  }

  private synchronized Optional<Peer> peer(String address, Replica replica) {
    return closed
        ? Optional.empty()
        : Optional.of(peers.computeIfAbsent(address, at -> dial(replica)));
  }

  private Peer dial(Replica replica) {
    NettyChannelBuilder builder = NettyChannelBuilder.forAddress(replica.host(), replica.port());
    tls.ifPresentOrElse(builder::sslContext, builder::usePlaintext);
    ManagedChannel channel =
        builder
            .eventLoopGroup(thread)
            .channelType(NioSocketChannel.class)
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .directExecutor()
            .keepAliveTime(PING_EVERY_MILLIS, TimeUnit.MILLISECONDS)
            .keepAliveTimeout(PING_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
            .keepAliveWithoutCalls(true)
            .build();
    return new Peer(channel, new AtomicLong(nanoClock.getAsLong()));
  }

  /** Hangs up on addresses that are nobody's any more. */
  synchronized void forgetOthers() {
    Set<String> known =
        book.others().stream()
            .flatMap(name -> book.candidates(name).stream())
            .map(Replica::address)
            .collect(Collectors.toSet());
    peers
        .entrySet()
        .removeIf(
            peer -> {
              boolean gone = !known.contains(peer.getKey());
              if (gone) {
                peer.getValue().channel().shutdown();
              }
              return gone;
            });
  }

  /** gRPC waits up to two minutes before it dials again; a peer is back sooner than that. */
  private void reconnectSoon(Peer peer) {
    long last = peer.lastReconnectNanos().get();
    long now = nanoClock.getAsLong();
    if (now - last > TimeUnit.MILLISECONDS.toNanos(RECONNECT_EVERY_MILLIS)
        && peer.lastReconnectNanos().compareAndSet(last, now)) {
      peer.channel().resetConnectBackoff();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    peers.values().forEach(peer -> peer.channel().shutdownNow());
    var unused = thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
