package com.pygmy.replication.ratis;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;

/**
 * Ratis's server as its peers reach it: what it says it appended is on its disk, and was there when
 * it last voted, since the leader counts that towards a commit. Ratis 3.3 says so too early of
 * entries that it is sent again while it still writes them, of those that replace entries of
 * another term, and of the first of all; and it may say so in a term that it has left. Here an
 * answer waits for the appends before it, and then for the disk, and ends with its term.
 *
 * <p>Any thread.
 */
final class DurableAppends {
  private static final int MAX_POLL_MILLIS = 16;

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
                Object answer = method.invoke(server, arguments);
                if (answer instanceof InstallSnapshotReplyProto reply) {
                  appends.installed(reply);
                }
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private CompletableFuture<AppendEntriesReplyProto> append(AppendEntriesRequestProto request)
      throws IOException {
    RaftServer.Division group =
        server.getDivision(
            RaftGroupId.valueOf(request.getServerRequest().getRaftGroupId().getId()));
    CompletableFuture<Void> before;
    CompletableFuture<AppendEntriesReplyProto> reply;
    // One at a time: Ratis looks whether entries fit, and appends them, in two steps.
    synchronized (this) {
      before = appended;
      reply = server.appendEntriesAsync(request);
      appended = before.thenCombine(reply.handle((done, failed) -> null), (one, other) -> null);
    }
    return reply.thenCompose(
        said ->
            said.getResult() == AppendResult.SUCCESS
                ? before.thenCompose(done -> whenFlushed(group, request, said, 1))
                : CompletableFuture.completedFuture(said));
  }

  /** Ratis drops what waits for the disk then, and is never done with it. */
  private synchronized void installed(InstallSnapshotReplyProto reply) {
    if (reply.getResult() == InstallSnapshotResult.SNAPSHOT_INSTALLED) {
      appended = CompletableFuture.completedFuture(null);
    }
  }

  private static CompletableFuture<AppendEntriesReplyProto> whenFlushed(
      RaftServer.Division group,
      AppendEntriesRequestProto request,
      AppendEntriesReplyProto said,
      int pollMillis) {
    RaftLog log = group.getRaftLog();
    boolean isFlushed = log.getFlushIndex() >= said.getMatchIndex();
    AppendEntriesReplyProto reply = inItsTerm(group, request, said);
    if (isFlushed || reply.getResult() != AppendResult.SUCCESS) {
      return CompletableFuture.completedFuture(reply);
    } else if (!log.isOpened()) {
      return CompletableFuture.failedFuture(
          new IOException("closed before entry " + said.getMatchIndex() + " was on the disk"));
    }
    return new CompletableFuture<Void>()
        .completeOnTimeout(null, pollMillis, TimeUnit.MILLISECONDS)
        .thenComposeAsync(
            waited -> whenFlushed(group, request, said, Math.min(MAX_POLL_MILLIS, 2 * pollMillis)));
  }

  /**
   * Ratis votes under the same monitor: who voted in a later term before this knew nothing of the
   * entries, and who votes after it does.
   */
  private static AppendEntriesReplyProto inItsTerm(
      RaftServer.Division group, AppendEntriesRequestProto request, AppendEntriesReplyProto said) {
    synchronized (group) {
      long term = group.getInfo().getCurrentTerm();
      return term == request.getLeaderTerm()
          ? said
          : said.toBuilder()
              .setServerReply(said.getServerReply().toBuilder().setSuccess(false))
              .setResult(AppendResult.NOT_LEADER)
              .setTerm(term)
              .setMatchIndex(RaftLog.INVALID_LOG_INDEX)
              .build();
    }
  }
}
