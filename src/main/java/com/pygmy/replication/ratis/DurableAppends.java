package com.pygmy.replication.ratis;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;

/**
 * Ratis's server as its peers reach it: what it says it appended is on its disk, since the leader
 * counts that towards a commit. Ratis 3.3 says so too early of entries that it is sent again while
 * it still writes them, of those that replace entries of another term, and of the first one of all.
 * Here an answer waits for the appends before it, and then for the disk.
 *
 * <p>Any thread.
 */
final class DurableAppends {
  private static final long POLL_MILLIS = 1;

  /** The leader has given the request up by then, and sends it again. */
  private static final int MAX_POLLS = 2_000;

  private final RaftServer server;

  /** Done when all appends so far are, well or badly. */
  private CompletableFuture<Void> appended = CompletableFuture.completedFuture(null);

  private DurableAppends(RaftServer server) {
    this.server = server;
  }

  static RaftServer of(RaftServer server) {
    DurableAppends appends = new DurableAppends(server);
    return (RaftServer)
        Proxy.newProxyInstance(
            RaftServer.class.getClassLoader(),
            new Class<?>[] {RaftServer.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("appendEntriesAsync")
                  && arguments[0] instanceof AppendEntriesRequestProto request
                  && request.getEntriesCount() > 0) {
                return appends.append(request);
              }
              try {
                return method.invoke(server, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private synchronized CompletableFuture<AppendEntriesReplyProto> append(
      AppendEntriesRequestProto request) throws IOException {
    CompletableFuture<Void> before = appended;
    CompletableFuture<AppendEntriesReplyProto> reply = server.appendEntriesAsync(request);
    appended = before.thenCombine(reply.handle((done, failed) -> null), (one, other) -> null);
    RaftLog log =
        server
            .getDivision(RaftGroupId.valueOf(request.getServerRequest().getRaftGroupId().getId()))
            .getRaftLog();
    return reply.thenCompose(
        said ->
            said.getResult() == AppendResult.SUCCESS
                ? before.thenCompose(done -> whenFlushed(log, said, MAX_POLLS))
                : CompletableFuture.completedFuture(said));
  }

  private static CompletableFuture<AppendEntriesReplyProto> whenFlushed(
      RaftLog log, AppendEntriesReplyProto said, int polls) {
    if (log.getFlushIndex() >= said.getMatchIndex()) {
      return CompletableFuture.completedFuture(said);
    } else if (polls == 0) {
      return CompletableFuture.failedFuture(
          new IOException("entry " + said.getMatchIndex() + " is not on the disk yet"));
    }
    return new CompletableFuture<Void>()
        .completeOnTimeout(null, POLL_MILLIS, TimeUnit.MILLISECONDS)
        .thenComposeAsync(waited -> whenFlushed(log, said, polls - 1));
  }
}
