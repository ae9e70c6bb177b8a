package com.pygmy.launch;

import com.pygmy.catalog.CatalogStateMachine;
import com.pygmy.config.Conf;
import com.pygmy.config.NodeConf;
import com.pygmy.config.NodeCredentials;
import com.pygmy.config.Role;
import com.pygmy.domain.Decision;
import com.pygmy.replication.Leadership;
import com.pygmy.replication.ReplicatedLog;
import com.pygmy.replication.Standing;
import com.pygmy.replication.ratis.Outside;
import com.pygmy.replication.ratis.RatisLog;
import com.pygmy.replication.ratis.Settings;
import com.pygmy.store.CatalogStore;
import com.pygmy.store.DamagedDatabaseException;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One catalog replica: its database, and its place in the replicated log. The log holds what the
 * database may lose. The only replica of a store has nobody to copy from: it does not start then,
 * unless it is told to found a new store.
 */
final class CatalogReplica implements AutoCloseable {

  /**
   * Without a leader for so long, this replica says that it cannot serve, and whoever asks need not
   * wait. An election takes less, unless votes are split twice.
   */
  private static final long LEADERLESS_MILLIS = 1_500;

  /** Behind the log and not moving for so long, likewise. */
  private static final long STALLED_MILLIS = 2_000;

  /** With the wait for leases, shorter than an order replica waits for the leader, see there. */
  private static final int PROPOSAL_MILLIS = 3_200;

  private static final int READ_MILLIS = 1_000;
  private static final long STEP_DOWN_MILLIS = 3_000;

  /**
   * Beside a database that {@code restore} has laid, until this replica has joined a group with it:
   * if that is damaged, an empty one in its place could found a store from nothing.
   */
  static final String RESTORED = "restored";

  private static final Logger logger = LoggerFactory.getLogger(CatalogReplica.class);

  private final String name;
  private final CatalogStore store;
  private final ReplicatedLog<Decision> log;
  private final LongSupplier nanoClock;
  private volatile long leaderSeenNanos;
  private volatile long progressNanos;
  private volatile long progressIndex;

  private CatalogReplica(
      String name, CatalogStore store, ReplicatedLog<Decision> log, LongSupplier nanoClock) {
    this.name = name;
    this.store = store;
    this.log = log;
    this.nanoClock = nanoClock;
    this.leaderSeenNanos = nanoClock.getAsLong();
    this.progressNanos = leaderSeenNanos;
  }

  /**
   * Opens the database and starts the log. Blocks for as long as that takes.
   *
   * @param credentials by which replicas know each other; absent: they ask for none
   * @throws IOException if a disk or the port cannot be used
   */
  static CatalogReplica open(
      Conf conf,
      NodeConf node,
      Path folder,
      Optional<NodeCredentials> credentials,
      boolean bootstrap,
      Outside outside)
      throws IOException {
    Files.createDirectories(folder);
    Path marker = folder.resolve(RESTORED);
    CatalogStore store = openStore(folder.resolve("catalog.db"), Files.exists(marker), outside);
    List<Settings.Replica> replicas =
        conf.nodesWith(Role.CATALOG).stream()
            .map(n -> new Settings.Replica(n.name(), n.host(), n.raftPort().orElseThrow()))
            .toList();
    Settings settings =
        Settings.of(conf.cluster(), node.name(), replicas, folder.resolve("raft"))
            .withElection(
                conf.raft().electionTimeoutMinMillis(), conf.raft().electionTimeoutMaxMillis())
            .withTimeouts(PROPOSAL_MILLIS, READ_MILLIS)
            .withBootstrap(bootstrap)
            .withTls(credentials.map(c -> new Settings.Tls(c.shown(), c.believed())));
    try {
      ReplicatedLog<Decision> log =
          RatisLog.start(settings, new CatalogStateMachine(store), outside);
      log.ready().thenRun(() -> removeMarker(marker));
      return new CatalogReplica(node.name(), store, log, outside.nanoClock());
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /**
   * A damaged database is set aside, a lost one is missing: then the state starts empty, and the
   * log replays what it holds or copies another replica's state first. It never founds a store
   * anew.
   *
   * @param isRestored what is there was restored, and no group has been joined with it yet
   */
  private static CatalogStore openStore(Path database, boolean isRestored, Outside outside)
      throws IOException {
    try {
      return open(database, outside);
    } catch (DamagedDatabaseException e) {
      if (isRestored) {
        throw new IOException(
            e.getMessage()
                + ". It was restored: remove this node's folder and restore the same FILE there",
            e);
      }
      String suffix = ".damaged-" + outside.wallClockMillis().getAsLong();
      Path aside = CatalogStore.setAside(database, suffix);
      logger.error("{} is damaged, kept as {}: {}", database, aside, e.getMessage());
      return open(database, outside);
    }
  }

  private static void removeMarker(Path marker) {
    try {
      Files.deleteIfExists(marker);
    } catch (IOException e) {
      logger.warn("{} could not be removed", marker, e);
    }
  }

  private static CatalogStore open(Path database, Outside outside) throws IOException {
    return CatalogStore.open(
        database, CatalogStore.Settings.defaults(), outside.nanoClock(), outside.onFatal());
  }

  CatalogStore store() {
    return store;
  }

  ReplicatedLog<Decision> log() {
    return log;
  }

  /** For the heartbeat. Any thread. */
  ReplicaState state() {
    Leadership leadership = log.leadership();
    long now = nanoClock.getAsLong();
    if (leadership.leader().isPresent()) {
      leaderSeenNanos = now;
    }
    Standing standing = log.standing();
    String detail = trouble(now, standing);
    return new ReplicaState(
        name,
        Service.CATALOG,
        role(leadership, standing),
        leadership.term(),
        store.applied().index(),
        detail.isEmpty(),
        store.catalog().storeId(),
        detail);
  }

  /** Why this replica cannot serve now; empty when it can. */
  private String trouble(long now, Standing standing) {
    long applied = store.applied().index();
    if (applied != progressIndex || applied >= log.committedIndex()) {
      progressIndex = applied;
      progressNanos = now;
    }
    if (standing == Standing.REMOVED) {
      return "was removed from the group; start it again before it is added again";
    } else if (standing == Standing.OUTSIDE) {
      return "belongs to no group yet: it is founded with all of them, or 'replica add' lets it in";
    } else if (standing == Standing.LEARNER) {
      return "catches up, has no vote yet";
    } else if (!log.ready().toCompletableFuture().isDone()) {
      return "waits for its first read point";
    } else if (store.catalog().storeId().isEmpty()) {
      return "the store is not founded yet";
    } else if (now - leaderSeenNanos > TimeUnit.MILLISECONDS.toNanos(LEADERLESS_MILLIS)) {
      return "no leader";
    } else if (now - progressNanos > TimeUnit.MILLISECONDS.toNanos(STALLED_MILLIS)) {
      return "applies nothing, though there is more in the log";
    } else {
      return "";
    }
  }

  private static Message.Role role(Leadership leadership, Standing standing) {
    if (standing != Standing.MEMBER) {
      return Message.Role.LEARNER;
    }
    return switch (leadership.role()) {
      case LEADER -> leadership.ready() ? Message.Role.LEADER : Message.Role.FOLLOWER;
      case FOLLOWER, CANDIDATE -> Message.Role.FOLLOWER;
      case LEARNER -> Message.Role.LEARNER;
    };
  }

  /** The leader, as this replica knows it. */
  Optional<String> leader() {
    return log.leadership().leader();
  }

  /** Hands leadership on, if this replica has it, so that nobody waits for an election. */
  void stepDown() throws Exception {
    boolean handedOn =
        log.stepDown().toCompletableFuture().get(STEP_DOWN_MILLIS, TimeUnit.MILLISECONDS);
    logger.info("leadership {}", handedOn ? "handed on" : "was not here, or nobody could take it");
  }

  @Override
  public void close() {
    log.close();
    store.close();
  }
}
