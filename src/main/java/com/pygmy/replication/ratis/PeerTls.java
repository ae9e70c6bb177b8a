package com.pygmy.replication.ratis;

import com.pygmy.replication.ratis.Settings.Tls;
import javax.net.ssl.SSLException;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.thirdparty.io.grpc.netty.GrpcSslContexts;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContext;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContextBuilder;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;

/**
 * TLS between replicas, as Ratis and gRPC want to be told. By Java's own implementation: Ratis's
 * default for servers would unpack a native library into a folder that may be read-only.
 */
final class PeerTls {

  private PeerTls() {}

  /** For all that Ratis serves and dials. Who shows nothing is refused. */
  static GrpcTlsConfig forRatis(Tls tls) {
    return GrpcTlsConfig.newBuilder()
        .setKeyManager(tls.shown())
        .setTrustManager(tls.believed())
        .setMutualTls(true)
        .setSslProvider(SslProvider.JDK)
        .build();
  }

  /** For our own questions to other replicas. */
  static SslContext toDial(Tls tls) {
    try {
      return GrpcSslContexts.configure(
              SslContextBuilder.forClient().keyManager(tls.shown()).trustManager(tls.believed()),
              SslProvider.JDK)
          .build();
    } catch (SSLException noSuchTls) {
      throw new IllegalStateException("this JVM cannot talk TLS to replicas", noSuchTls);
    }
  }
}
