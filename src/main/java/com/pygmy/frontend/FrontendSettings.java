package com.pygmy.frontend;

import com.pygmy.config.AdminToken;
import com.pygmy.config.Balancing;
import com.pygmy.config.Conf.TlsConf;
import java.util.List;
import java.util.Optional;

/**
 * What a frontend must know.
 *
 * @param node the name of the node that it runs in
 * @param port 0: one that the system chooses
 * @param adminTokens any of them makes an administrator; none: nobody is one
 * @param tls present: it speaks HTTPS, HTTP/2 among it, and nothing else
 * @param maxBodyBytes of a request
 * @param maxInFlight requests of one event loop that are answered at the same time, and also bodies
 *     of requests that may be on their way; more are refused as {@code overloaded}, but for health
 *     checks and metrics
 */
public record FrontendSettings(
    String node,
    String host,
    int port,
    Balancing balancing,
    List<AdminToken> adminTokens,
    Optional<TlsConf> tls,
    int maxBodyBytes,
    int maxInFlight,
    Deadlines deadlines) {

  public FrontendSettings {
    adminTokens = List.copyOf(adminTokens);
  }

  public static final int MAX_BODY_BYTES = 16 * 1024;
  public static final int MAX_IN_FLIGHT = 2_048;

  /** The usual settings. */
  public static FrontendSettings of(String node, String host, int port) {
    return new FrontendSettings(
        node,
        host,
        port,
        Balancing.LOCAL_FIRST,
        List.of(),
        Optional.empty(),
        MAX_BODY_BYTES,
        MAX_IN_FLIGHT,
        Deadlines.usual());
  }

  public FrontendSettings withBalancing(Balancing other) {
    return new FrontendSettings(
        node, host, port, other, adminTokens, tls, maxBodyBytes, maxInFlight, deadlines);
  }

  public FrontendSettings withAdminTokens(List<AdminToken> other) {
    return new FrontendSettings(
        node, host, port, balancing, other, tls, maxBodyBytes, maxInFlight, deadlines);
  }

  public FrontendSettings withTls(Optional<TlsConf> other) {
    return new FrontendSettings(
        node, host, port, balancing, adminTokens, other, maxBodyBytes, maxInFlight, deadlines);
  }

  public FrontendSettings withDeadlines(Deadlines other) {
    return new FrontendSettings(
        node, host, port, balancing, adminTokens, tls, maxBodyBytes, maxInFlight, other);
  }

  public FrontendSettings withMaxInFlight(int other) {
    return new FrontendSettings(
        node, host, port, balancing, adminTokens, tls, maxBodyBytes, other, deadlines);
  }

  /**
   * How long a frontend waits, in milliseconds.
   *
   * @param commandMillis until a buy or an administrator's command is given up
   * @param commandAttemptMillis for one replica's answer to it, before another is asked as well
   * @param readMillis until a read is given up: longer than the slowest fail-over of the catalog,
   *     2.5 s
   * @param readAttemptMillis for one replica's answer to it, before another is asked instead:
   *     longer than a catalog replica takes to say that it finds no read point, 1 s
   * @param pauseMillis before all replicas are asked once more
   * @param bodyMillis for the whole body of a request
   * @param idleMillis for a connection on which nothing moves; a part of a head is no move
   * @param drainMillis for requests in flight when the frontend stops
   */
  public record Deadlines(
      long commandMillis,
      long commandAttemptMillis,
      long readMillis,
      long readAttemptMillis,
      long pauseMillis,
      long bodyMillis,
      long idleMillis,
      long drainMillis) {

    public static Deadlines usual() {
      return new Deadlines(5_000, 1_500, 3_000, 1_200, 100, 10_000, 30_000, 6_000);
    }
  }
}
