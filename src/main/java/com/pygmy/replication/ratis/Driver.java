package com.pygmy.replication.ratis;

import com.pygmy.replication.Entry;
import com.pygmy.replication.Position;
import com.pygmy.replication.StateMachine;
import com.pygmy.replication.ratis.Settings.Replica;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;

/**
 * Ratis's state machine: passes every entry, of whatever kind, to the {@link StateMachine} once and
 * in order, and ends the process at any surprise. (Ratis closes the server when apply throws, and
 * only logs when it fails its future while the index moves on; a replica that skipped an entry
 * would be wrong for ever, so nothing of that is left to it.)
 *
 * <p>The snapshot of Ratis is the state itself: {@link #takeSnapshot} only says how far the state
 * is durable, and the log is purged no further.
 */
final class Driver<R> extends BaseStateMachine {

  /** What the driver tells the rest of the adapter. Calls must be short. */
  interface Events {
    /** Who leads, the term, or the readiness may have changed. */
    void leadershipChanged();

    /** The voters; of both configurations while one replaces the other. */
    void membersChanged(List<ReplicaId> members, List<Replica> addresses);

    /** Ratis is closing the group. */
    void groupClosed();

    /** This replica can no longer be trusted. */
    void fatal(Throwable cause);

    /**
     * The leader's log begins at {@code first}, perhaps behind the end of ours.
     *
     * @return what the state durably contains after a copy was installed through {@link
     *     Driver#install}, if one was needed; {@link Position#START} if the log will do
     */
    CompletableFuture<Position> fetchCopy(ReplicaId leader, Position first);
  }

  private final StateMachine<R> machine;
  private final Proposals<R> proposals;
  private final AppliedIndex applied;
  private final Events events;

  /** Held while an entry is applied, and while a copy is installed. */
  private final ReentrantLock gate = new ReentrantLock();

  private volatile Position passed;
  private volatile boolean trusted;

  /**
   * Where Ratis believes the state to be durable. Moves only when Ratis is told, because Ratis
   * compares what it was told with {@link #getLatestSnapshot} later.
   */
  private volatile Position snapshot;

  /** The last entry that Ratis handed over, be it passed here or skipped. */
  private volatile long handedOver;

  /** Ratis was told of a new snapshot and has not reloaded yet. */
  private volatile boolean reloading;

  /**
   * @param trusted the state is known to be a prefix of the log; otherwise the leader is asked
   *     first
   */
  Driver(
      StateMachine<R> machine,
      Proposals<R> proposals,
      AppliedIndex applied,
      Events events,
      boolean trusted) {
    this.machine = machine;
    this.proposals = proposals;
    this.applied = applied;
    this.events = events;
    this.passed = machine.restored();
    this.trusted = trusted;
    this.snapshot = trusted ? passed : Position.START;
    this.handedOver = snapshot.index();
  }

  /** The last entry passed, of any kind. */
  Position passed() {
    return passed;
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage)
      throws IOException {
    super.initialize(server, group, storage);
    getLifeCycle().startAndTransition(() -> setLastAppliedTermIndex(termIndex(passed)));
  }

  // ---- apply

  @Override
  public TransactionContext preAppendTransaction(TransactionContext transaction) {
    proposals.appending(transaction.getClientRequest().getCallId());
    return transaction;
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto log = transaction.getLogEntry();
    Position position = new Position(log.getTerm(), log.getIndex());
    pass(
        position,
        () -> {
          EntryFormat.Written written =
              EntryFormat.decode(log.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
          if (written.admittedTerm() == position.term()) {
            apply(written, position);
          } else {
            machine.pass(position);
            proposals.fenced(written);
          }
        });
    return CompletableFuture.completedFuture(Message.EMPTY);
  }

  private void apply(EntryFormat.Written written, Position position) {
    List<R> results = machine.apply(new Entry(position, written.at(), written.commands()));
    if (results.size() != written.commands().size()) {
      throw new IllegalStateException(
          results.size() + " results for " + written.commands().size() + " commands");
    }
    proposals.applied(written, position.index(), results);
  }

  /** Configuration and metadata entries: they use indexes, too. */
  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    Position position = new Position(term, index);
    pass(position, () -> machine.pass(position));
  }

  private void pass(Position position, Runnable work) {
    gate.lock();
    try {
      handedOver = position.index();
      if (position.index() <= passed.index()) {
        return; // in the state already: Ratis goes on where it is durable
      }
      if (position.index() != passed.index() + 1 || position.term() < passed.term()) {
        throw new IllegalStateException("entry " + position + " follows " + passed);
      }
      long termBefore = passed.term();
      work.run();
      moveTo(position);
      if (position.term() > termBefore) {
        proposals.termPassed(position.term());
        events.leadershipChanged();
      }
    } catch (Throwable surprise) {
      events.fatal(surprise);
      throw surprise;
    } finally {
      gate.unlock();
    }
  }

  private void moveTo(Position position) {
    passed = position;
    setLastAppliedTermIndex(termIndex(position));
    applied.advance(position.index());
  }

  // ---- snapshots

  /**
   * How far the log may be purged. Runs on the applying thread; the syncing is done elsewhere, by
   * the state machine.
   */
  @Override
  public long takeSnapshot() {
    Position durable = machine.durable();
    if (reloading || durable.compareTo(snapshot) <= 0 || durable.index() > handedOver) {
      return Position.START.index();
    }
    snapshot = durable;
    return durable.index();
  }

  @Override
  public SnapshotInfo getLatestSnapshot() {
    Position latest = snapshot;
    return latest.index() < 0 ? null : new StateSnapshot(termIndex(latest));
  }

  private record StateSnapshot(TermIndex termIndex) implements SnapshotInfo {
    @Override
    public TermIndex getTermIndex() {
      return termIndex;
    }

    @Override
    public long getIndex() {
      return termIndex.getIndex();
    }

    @Override
    public List<FileInfo> getFiles() {
      return List.of();
    }
  }

  // ---- a copy instead of entries

  @Override
  public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(
      RoleInfoProto role, TermIndex first) {
    RaftPeerId leader = RaftPeerId.valueOf(role.getFollowerInfo().getLeaderInfo().getId().getId());
    return events
        .fetchCopy(ReplicaId.of(leader), new Position(first.getTerm(), first.getIndex()))
        .thenApply(at -> at.index() < 0 ? null : termIndex(at));
  }

  /**
   * Replaces the state by a copy if that is newer. The installation is durable before Ratis hears
   * of it and drops the log.
   *
   * @return where the state is now
   */
  Position install(Path copy, Position at) throws IOException {
    gate.lock();
    try {
      if (at.index() <= passed.index()) {
        return passed;
      }
      Position installed = machine.install(copy);
      if (!installed.equals(at)) {
        throw new IOException("the copy was said to be of " + at + ", it is of " + installed);
      }
      trusted = true;
      moveTo(installed);
      if (!getLifeCycleState().isRunning()) {
        goOnAfter(installed);
      }
      proposals.skipped();
      return installed;
    } finally {
      gate.unlock();
    }
  }

  /** Ratis is about to go on after {@code durable}, which is at most what was passed here. */
  Position continueAfter(Position durable) {
    if (durable.index() >= 0) {
      reloading = true;
      snapshot = durable;
    }
    return durable;
  }

  /** The leader says that our state is a prefix of its log, or this replica founds that log. */
  void trust() {
    trusted = true;
    if (!getLifeCycleState().isRunning()) {
      goOnAfter(passed);
    }
  }

  /** Before Ratis has the group: it begins after what is in the state. */
  private void goOnAfter(Position position) {
    snapshot = position;
    handedOver = position.index();
  }

  boolean isTrusted() {
    return trusted;
  }

  @Override
  public void pause() {
    LifeCycle life = getLifeCycle();
    if (life.compareAndTransition(LifeCycle.State.RUNNING, LifeCycle.State.PAUSING)) {
      life.transition(LifeCycle.State.PAUSED);
    }
  }

  /** Ratis goes on after {@link #getLatestSnapshot}; entries passed already are skipped. */
  @Override
  public void reinitialize() {
    handedOver = snapshot.index();
    reloading = false;
    LifeCycle life = getLifeCycle();
    if (life.compareAndTransition(LifeCycle.State.PAUSED, LifeCycle.State.STARTING)) {
      life.transition(LifeCycle.State.RUNNING);
    }
  }

  // ---- events

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
    events.leadershipChanged();
  }

  @Override
  public void notifyLeaderReady() {
    events.leadershipChanged();
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    events.leadershipChanged();
  }

  @Override
  public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto conf) {
    List<RaftPeerProto> voters =
        Stream.concat(conf.getPeersList().stream(), conf.getOldPeersList().stream()).toList();
    events.membersChanged(
        voters.stream()
            .map(peer -> ReplicaId.of(RaftPeerId.valueOf(peer.getId())))
            .distinct()
            .toList(),
        voters.stream()
            .flatMap(peer -> Group.address(peer.getId().toStringUtf8(), peer.getAddress()).stream())
            .distinct()
            .toList());
  }

  @Override
  public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
    events.fatal(new IOException("the log could not be written", cause));
  }

  @Override
  public void notifyServerShutdown(RoleInfoProto role, boolean all) {
    events.groupClosed();
  }

  @Override
  public void close() {
    events.groupClosed();
  }

  private static TermIndex termIndex(Position position) {
    return position.index() < 0
        ? TermIndex.INITIAL_VALUE
        : TermIndex.valueOf(position.term(), position.index());
  }
}
