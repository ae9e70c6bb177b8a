package com.pygmy.frontend;

import com.pygmy.wire.Message;
import com.pygmy.wire.Message.BackupOpened;
import com.pygmy.wire.Message.BackupRead;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /backup}: a copy of one catalog replica's database, with everything in it that was
 * confirmed before the request. One part is in memory at a time, and the next is asked for when the
 * client has taken it.
 *
 * <p>The length is known before the first byte, so an answer that breaks off cannot pass for whole.
 */
final class BackupReads {

  /** In all, to have a copy made: shorter than a connection may be idle. */
  static final long OPEN_MILLIS = 25_000;

  static final long READ_MILLIS = 5_000;

  private static final CharSequence SQLITE = HttpHeaders.createOptimized("application/vnd.sqlite3");
  private static final CharSequence DIGEST = HttpHeaders.createOptimized("Repr-Digest");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");

  private static final Logger log = LoggerFactory.getLogger(BackupReads.class);

  private final Replicas replicas;
  private final LongSupplier nanoClock;

  BackupReads(Replicas replicas, LongSupplier nanoClock) {
    this.replicas = replicas;
    this.nanoClock = nanoClock;
  }

  Future<Reply> read(Exchange exchange) {
    exchange.requireAdministrator();
    Optional<String> requestId = Optional.of(exchange.requestId());
    return open(candidates(), requestId, nanoClock.getAsLong(), "");
  }

  /** The leader last: it has the most to do. */
  private List<String> candidates() {
    Optional<String> leader = replicas.directory().leader().map(ReplicaState::replica);
    List<String> ready = replicas.inOrder(Service.CATALOG, "");
    ready.sort(
        (a, b) -> Boolean.compare(leader.equals(Optional.of(a)), leader.equals(Optional.of(b))));
    return ready;
  }

  private Future<Reply> open(
      List<String> left, Optional<String> requestId, long startNanos, String lastFailure) {
    long passed = TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - startNanos);
    if (left.isEmpty() || passed >= OPEN_MILLIS) {
      String why =
          replicas
              .missing(Service.CATALOG)
              .orElse("no catalog replica gives a back-up: " + lastFailure);
      return Future.failedFuture(new Failure.Unavailable(why).exception());
    }
    String replica = left.get(0);
    List<String> others = left.subList(1, left.size());
    return replicas
        .ask(
            Service.CATALOG,
            replica,
            new Message.OpenBackup(OPEN_MILLIS - passed),
            OPEN_MILLIS - passed,
            requestId)
        .transform(
            got -> {
              if (got.succeeded() && got.result() instanceof BackupOpened opened) {
                return Future.succeededFuture(reply(replica, opened, requestId));
              }
              String why = replica + ": " + told(got.result(), got.cause());
              return open(others, requestId, startNanos, why);
            });
  }

  private static String told(Message answer, Throwable failure) {
    return answer instanceof Message.Unavailable unavailable
        ? unavailable.why()
        : String.valueOf(failure == null ? answer : failure.getMessage());
  }

  private Reply reply(String replica, BackupOpened opened, Optional<String> requestId) {
    byte[] digest = HexFormat.of().parseHex(opened.sha256());
    return Reply.of(SQLITE, opened.length(), new Sending(replica, opened, requestId))
        .with(DIGEST, "sha-256=:" + Base64.getEncoder().encodeToString(digest) + ":")
        .with(HttpHeaders.CACHE_CONTROL, NO_STORE);
  }

  /** One copy on its way from a replica to a client. */
  private final class Sending implements Reply.Download {
    private final String replica;
    private final BackupOpened opened;
    private final Optional<String> requestId;

    Sending(String replica, BackupOpened opened, Optional<String> requestId) {
      this.replica = replica;
      this.opened = opened;
      this.requestId = requestId;
    }

    @Override
    public Future<Void> sendTo(HttpServerResponse response) {
      Promise<Void> sent = Promise.promise();
      next(0, response, sent);
      return sent.future().compose(all -> response.end()).onComplete(done -> abandon());
    }

    /**
     * A part has left for the client before the next is asked for. One promise for all of them:
     * futures that wait for each other would end in as many nested calls as there are parts.
     */
    private void next(long offset, HttpServerResponse response, Promise<Void> sent) {
      int length = (int) Math.min(Message.MAX_BACKUP_CHUNK, opened.length() - offset);
      if (length == 0) {
        sent.complete();
        return;
      }
      part(offset, length)
          .compose(part -> response.write(part).map(part.length()))
          .onComplete(
              (written, failure) -> {
                if (failure == null) {
                  next(offset + written, response, sent);
                } else {
                  sent.fail(failure);
                }
              });
    }

    /** From {@code offset} on; at least one byte, and at most so many. */
    private Future<Buffer> part(long offset, int length) {
      Message request = new Message.ReadBackup(opened.backup(), offset, length);
      return replicas
          .ask(Service.CATALOG, replica, request, READ_MILLIS, requestId)
          .compose(
              answer ->
                  answer instanceof BackupRead read
                          && read.bytes().length() > 0
                          && read.bytes().length() <= length
                      ? Future.succeededFuture(read.bytes())
                      : Future.failedFuture(
                          "a back-up from %s broke off at %d of %d bytes: %s"
                              .formatted(replica, offset, opened.length(), told(answer, null))));
    }

    @Override
    public void abandon() {
      Message request = new Message.CloseBackup(opened.backup());
      replicas
          .ask(Service.CATALOG, replica, request, READ_MILLIS, requestId)
          .onFailure(gone -> log.debug("closing a back-up at {}", replica, gone));
    }
  }
}
