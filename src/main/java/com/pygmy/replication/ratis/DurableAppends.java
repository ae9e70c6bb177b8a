package com.pygmy.replication.ratis;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
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

  /** What leaders wait for, by the number of the append. */
  private final Map<Long, CompletableFuture<AppendEntriesReplyProto>> answers =
      new ConcurrentHashMap<>();

  private long appends;

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
              if (arguments != null
                  && arguments[0] instanceof InstallSnapshotRequestProto request) {
                return appends.install(request);
              }
              try {
                return method.invoke(server, arguments);
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
    // One at a time: Ratis looks whether entries fit, and appends them, in two steps.
    synchronized (this) {
      long number = ++appends;
      CompletableFuture<Void> before = appended;
      CompletableFuture<AppendEntriesReplyProto> reply = server.appendEntriesAsync(request);
      appended = before.thenCombine(reply.handle((done, failed) -> null), (one, other) -> null);
      long term = request.getLeaderTerm();
      CompletableFuture<AppendEntriesReplyProto> answer =
          reply.thenCompose(
              said ->
                  said.getResult() == AppendResult.SUCCESS
                      ? before.thenCompose(done -> whenFlushed(group, term, said, 1))
                      : CompletableFuture.completedFuture(said));
      answers.put(number, answer);
      return answer.whenComplete((done, failed) -> answers.remove(number));
    }
  }

  /**
   * When a copy takes the place of the log, Ratis drops what waits for the disk and is never done
   * with it. Whoever waits for that is told that it failed, and the leader connects anew.
   */
  private InstallSnapshotReplyProto install(InstallSnapshotRequestProto request)
      throws IOException {
    List<CompletableFuture<AppendEntriesReplyProto>> dropped;
    InstallSnapshotReplyProto reply;
    synchronized (this) {
      reply = server.installSnapshot(request);
      if (reply.getResult() != InstallSnapshotResult.SNAPSHOT_INSTALLED) {
        return reply;
      }
      appended = CompletableFuture.completedFuture(null);
      dropped = List.copyOf(answers.values());
    }
    dropped.forEach(
        answer -> answer.completeExceptionally(new IOException("a copy took its place")));
    return reply;
  }

  private static CompletableFuture<AppendEntriesReplyProto> whenFlushed(
      RaftServer.Division group, long leaderTerm, AppendEntriesReplyProto said, int pollMillis) {
    RaftLog log = group.getRaftLog();
    boolean isFlushed = log.getFlushIndex() >= said.getMatchIndex();
    AppendEntriesReplyProto reply = inItsTerm(group, leaderTerm, said);
    if (isFlushed || reply.getResult() != AppendResult.SUCCESS) {
      return CompletableFuture.completedFuture(reply);
    } else if (!log.isOpened()) {
      return CompletableFuture.failedFuture(
          new IOException("closed before entry " + said.getMatchIndex() + " was on the disk"));
    }
    return new CompletableFuture<Void>()
        .completeOnTimeout(null, pollMillis, TimeUnit.MILLISECONDS)
        .thenComposeAsync(
            waited ->
                whenFlushed(group, leaderTerm, said, Math.min(MAX_POLL_MILLIS, 2 * pollMillis)));
  }

  /**
   * A vote for another that comes before this raised the term before, and one that comes after it
   * sees the entries: Ratis votes under the same monitor. When it stands for election itself it
   * raises the term first, without the monitor, and looks at its entries then.
   */
  private static AppendEntriesReplyProto inItsTerm(
      RaftServer.Division group, long leaderTerm, AppendEntriesReplyProto said) {
    synchronized (group) {
      long term = group.getInfo().getCurrentTerm();
      return term == leaderTerm
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
