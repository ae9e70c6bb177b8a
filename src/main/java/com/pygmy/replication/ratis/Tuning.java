package com.pygmy.replication.ratis;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.LeaderElection;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.RaftServerConfigKeys.RetryCache;
import org.apache.ratis.server.RaftServerConfigKeys.Rpc;
import org.apache.ratis.server.RaftServerConfigKeys.Snapshot;
import org.apache.ratis.server.RaftServerConfigKeys.ThreadPool;
import org.apache.ratis.server.RaftServerConfigKeys.Write;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * Ratis set up for a heap of 256 MB, a log that is synced before it is acknowledged, and failover
 * in about a second.
 */
final class Tuning {
  /** More than the largest entry: one command of 1 MiB after 1 MiB of others. */
  private static final SizeInBytes ENTRY_LIMIT = SizeInBytes.valueOf("3MB");

  private static final SizeInBytes WRITE_BUFFER = SizeInBytes.valueOf("4MB");
  private static final SizeInBytes MESSAGE_LIMIT = SizeInBytes.valueOf("8MB");
  private static final SizeInBytes SEGMENT = SizeInBytes.valueOf("8MB");
  private static final SizeInBytes CACHE = SizeInBytes.valueOf("16MB");
  private static final SizeInBytes PENDING = SizeInBytes.valueOf("8MB");
  private static final int PENDING_ENTRIES = 64;
  private static final int MAX_PURGE_GAP = 1024;
  private static final int CAUGHT_UP_GAP = 100;
  private static final int REQUEST_THREADS = 2;
  private static final long STEP_DOWN_WAIT_MILLIS = 1_000;

  private Tuning() {}

  static RaftProperties properties(Settings settings, Path storage) {
    RaftProperties p = new RaftProperties();
    RaftServerConfigKeys.setStorageDir(p, List.of(storage.toFile()));
    network(p, settings);
    elections(p, settings);
    log(p, settings);
    return p;
  }

  private static void network(RaftProperties p, Settings settings) {
    RaftConfigKeys.Rpc.setType(p, new MendedGrpc());
    GrpcConfigKeys.Server.setHost(p, settings.own().host());
    GrpcConfigKeys.Server.setPort(p, settings.own().port());
    GrpcConfigKeys.setMessageSizeMax(p, MESSAGE_LIMIT);
    // gRPC's own event loops are shared by all its users and grow with the connections, a few per
    // peer; loops of Ratis's own would take two seconds to close.
    GrpcConfigKeys.Server.setBossGroupSize(p, 0);
    GrpcConfigKeys.Server.setWorkerGroupSize(p, 0);
    GrpcConfigKeys.Client.setWorkerGroupSize(p, 0);
    GrpcConfigKeys.Server.setAsyncRequestThreadPoolSize(p, REQUEST_THREADS);
    ThreadPool.setClientCached(p, true);
    Rpc.setRequestTimeout(p, millis(2_000));
  }

  private static void elections(RaftProperties p, Settings settings) {
    Rpc.setTimeoutMin(p, millis(settings.electionMinMillis()));
    Rpc.setTimeoutMax(p, millis(settings.electionMaxMillis()));
    LeaderElection.setPreVote(p, true);
    // Who lost the leadership for want of answers, as after a freeze, stands for election again
    // after this; the default is 10 s, in which the next leader may be lost and nobody else be up
    // to date.
    LeaderElection.setLeaderStepDownWaitTime(p, millis(STEP_DOWN_WAIT_MILLIS));
    RaftServerConfigKeys.setStagingCatchupGap(p, CAUGHT_UP_GAP);
    RaftServerConfigKeys.setStagingTimeout(p, millis(10L * settings.electionMaxMillis()));
  }

  private static void log(RaftProperties p, Settings settings) {
    Log.setUnsafeFlushEnabled(p, false);
    Log.setAsyncFlushEnabled(p, false);
    // An entry that tells how far the log is committed, after each commit, is dear; see MendedGrpc.
    Log.setLogMetadataEnabled(p, false);
    // With it a follower that is sent an entry again while it still writes it, and more behind it,
    // answers that it has them all, and drops the rest (Ratis 3.3, ServerImplUtils). Without it,
    // appends must not come at the same time: see DurableAppends.
    Log.setAppendEntriesComposeEnabled(p, false);
    Log.setCorruptionPolicy(p, Log.CorruptionPolicy.EXCEPTION);
    Log.setSegmentSizeMax(p, SEGMENT);
    Log.setPreallocatedSize(p, SizeInBytes.ONE_MB);
    Log.setSegmentCacheNumMax(p, 2);
    Log.setSegmentCacheSizeMax(p, CACHE);
    Log.setWriteBufferSize(p, WRITE_BUFFER);
    Log.setQueueByteLimit(p, PENDING);
    Write.setByteLimit(p, PENDING);
    Write.setElementLimit(p, PENDING_ENTRIES);
    Log.Appender.setBufferByteLimit(p, ENTRY_LIMIT);
    Log.Appender.setWaitTimeMin(p, TimeDuration.ZERO);
    Log.Appender.setInstallSnapshotEnabled(p, false);
    // The default waits 5 s between attempts after a while: a peer that is back must not wait so.
    Log.Appender.setRetryPolicy(p, "10ms,10, 200ms,1000000000");
    Log.setPurgeUptoSnapshotIndex(p, true);
    Log.setPurgePreservationLogNum(p, settings.keptEntries());
    Log.setPurgeGap(p, Math.max(1, Math.min(MAX_PURGE_GAP, settings.snapshotEveryEntries() / 2)));
    Snapshot.setAutoTriggerEnabled(p, true);
    Snapshot.setAutoTriggerThreshold(p, settings.snapshotEveryEntries());
    Snapshot.setTriggerWhenStopEnabled(p, false);
    Snapshot.setTriggerWhenRemoveEnabled(p, false);
    // Nothing is retried under the same call id, so answers need not be remembered.
    RetryCache.setExpiryTime(p, millis(1_000));
  }

  private static TimeDuration millis(long millis) {
    return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
  }
}
