package com.pygmy.replication.ratis;

import com.pygmy.replication.Leadership;
import com.pygmy.replication.Leadership.Role;
import com.pygmy.replication.Position;
import com.pygmy.replication.ratis.Settings.Replica;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.LifeCycle;

/**
 * What this replica knows of its Raft group right now: views on Ratis's state, no copies. Before
 * the replica has a group it is a learner in term 0. Thread-safe, never blocks.
 */
final class Group implements ConfirmRound.Standing {
  private final ReplicaId own;
  private final LongSupplier lastAppliedTerm;
  private volatile RaftServer.Division division;
  private volatile boolean handingOver;

  /**
   * @param lastAppliedTerm the term of the last entry passed here
   */
  Group(ReplicaId own, LongSupplier lastAppliedTerm) {
    this.own = own;
    this.lastAppliedTerm = lastAppliedTerm;
  }

  void joined(RaftServer.Division joined) {
    division = joined;
  }

  boolean exists() {
    return division != null;
  }

  @Override
  public ReplicaId own() {
    return own;
  }

  /** Ratis closed it, by itself or because it was told so. */
  boolean isClosed() {
    RaftServer.Division d = division;
    if (d == null) {
      return false;
    }
    LifeCycle.State state = d.getInfo().getLifeCycleState();
    return state.isClosingOrClosed() || state == LifeCycle.State.EXCEPTION;
  }

  /**
   * Ratis refuses commands while it hands leadership over: so nobody is to be sent here meanwhile,
   * or told that there is too much to do.
   */
  void handingOver(boolean now) {
    handingOver = now;
  }

  /** The term is the one in which the role is held. */
  @Override
  public Leadership leadership() {
    RaftServer.Division d = division;
    if (d == null) {
      return new Leadership(0, Role.LEARNER, Optional.empty(), false);
    }
    DivisionInfo info = d.getInfo();
    while (true) {
      long term = info.getCurrentTerm();
      Role role = role(info);
      RaftPeerId leader = info.getLeaderId();
      if (info.getCurrentTerm() == term) {
        boolean ready = role == Role.LEADER && lastAppliedTerm.getAsLong() == term && !handingOver;
        return new Leadership(
            term, role, Optional.ofNullable(leader).map(id -> ReplicaId.of(id).name()), ready);
      }
    }
  }

  private static Role role(DivisionInfo info) {
    if (info.getLifeCycleState() != LifeCycle.State.RUNNING) {
      return Role.LEARNER;
    }
    RaftPeerRole role = info.getCurrentRole();
    if (role == null) {
      return Role.LEARNER;
    }
    return switch (role) {
      case LEADER -> Role.LEADER;
      case CANDIDATE -> Role.CANDIDATE;
      case FOLLOWER -> Role.FOLLOWER;
      default -> Role.LEARNER;
    };
  }

  Optional<ReplicaId> leaderId() {
    RaftServer.Division d = division;
    return d == null
        ? Optional.empty()
        : Optional.ofNullable(d.getInfo().getLeaderId()).map(ReplicaId::of);
  }

  /** How long this replica has been in its role; for a follower: since its leader's last word. */
  long roleMillis() {
    RaftServer.Division d = division;
    if (d == null) {
      return 0;
    }
    RoleInfoProto role = d.getInfo().getRoleInfoProto();
    return role.hasFollowerInfo()
        ? role.getFollowerInfo().getLeaderInfo().getLastRpcElapsedTimeMs()
        : role.getRoleElapsedTimeMs();
  }

  /** Whom this replica follows, while it has a vote itself. */
  Optional<Succession.Followed> followed() {
    RaftServer.Division d = division;
    if (d == null || isClosed()) {
      return Optional.empty();
    }
    DivisionInfo info = d.getInfo();
    long term = info.getCurrentTerm();
    Optional<ReplicaId> leader = leaderId();
    boolean follows =
        info.isFollower() && info.getCurrentTerm() == term && voters().current().contains(own);
    return follows ? leader.map(id -> new Succession.Followed(id, term)) : Optional.empty();
  }

  /** Of the log here; term 0 while it is empty. */
  Position lastEntry() {
    RaftServer.Division d = division;
    TermIndex last = d == null ? null : d.getRaftLog().getLastEntryTermIndex();
    return last == null ? Position.START : new Position(last.getTerm(), last.getIndex());
  }

  /** Raised before this replica votes, so it answers for all votes it has given. */
  long term() {
    RaftServer.Division d = division;
    if (d == null || isClosed()) {
      throw new IllegalStateException(own + " has no group");
    }
    return d.getInfo().getCurrentTerm();
  }

  @Override
  public long committedIndex() {
    RaftServer.Division d = division;
    return d == null ? -1 : d.getRaftLog().getLastCommittedIndex();
  }

  /** Where the log begins; -1 if it is empty. */
  long firstIndex() {
    RaftServer.Division d = division;
    return d == null ? -1 : d.getRaftLog().getStartIndex();
  }

  /** Is this term and index an entry of the log here? False when it is purged, too. */
  boolean logHas(long term, long index) {
    RaftServer.Division d = division;
    if (d == null) {
      return false;
    }
    var entry = d.getRaftLog().getTermIndex(index);
    return entry != null && entry.getTerm() == term;
  }

  /** The voters; of both configurations while one replaces the other. */
  @Override
  public Voters voters() {
    RaftConfiguration conf = division.getRaftConf();
    return new Voters(ids(conf.getCurrentPeers()), ids(conf.getPreviousPeers()));
  }

  /** The other voters while this replica leads, the one first that was heard last. */
  List<ReplicaId> followers() {
    RaftServer.Division d = division;
    if (d == null) {
      return List.of();
    }
    Set<ReplicaId> voters = voters().current();
    return d.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList().stream()
        .sorted(Comparator.comparingLong(ServerRpcProto::getLastRpcElapsedTimeMs))
        .map(follower -> ReplicaId.of(RaftPeerId.valueOf(follower.getId().getId())))
        .filter(voters::contains)
        .toList();
  }

  /**
   * The other voters that should be heard, and were not for so long: by a leader each follower, by
   * who stands for election in vain for so long everybody.
   */
  List<ReplicaId> silent(long millis) {
    RaftServer.Division d = division;
    if (d == null || isClosed()) {
      return List.of();
    }
    RoleInfoProto role = d.getInfo().getRoleInfoProto();
    Set<ReplicaId> voters = voters().all();
    if (role.hasLeaderInfo()) {
      return role.getLeaderInfo().getFollowerInfoList().stream()
          .filter(follower -> follower.getLastRpcElapsedTimeMs() >= millis)
          .map(follower -> ReplicaId.of(RaftPeerId.valueOf(follower.getId().getId())))
          .filter(voters::contains)
          .toList();
    }
    return role.hasCandidateInfo() && role.getRoleElapsedTimeMs() >= millis
        ? voters.stream().filter(id -> !id.equals(own)).toList()
        : List.of();
  }

  /** Where the voters are reached, as the configuration has it. Empty before there is a group. */
  List<Replica> addresses() {
    RaftServer.Division d = division;
    if (d == null) {
      return List.of();
    }
    RaftConfiguration conf = d.getRaftConf();
    return Stream.concat(conf.getCurrentPeers().stream(), conf.getPreviousPeers().stream())
        .flatMap(peer -> address(peer.getId().toString(), peer.getAddress()).stream())
        .toList();
  }

  /** Which all the members have. */
  int priority() {
    return division.getRaftConf().getCurrentPeers().iterator().next().getPriority();
  }

  /** Nothing, if it has none or none that can be dialled. */
  static Optional<Replica> address(String id, String address) {
    try {
      return Optional.ofNullable(address).map(at -> Replica.at(ReplicaId.parse(id).name(), at));
    } catch (IllegalArgumentException none) {
      return Optional.empty();
    }
  }

  private static Set<ReplicaId> ids(Collection<RaftPeer> peers) {
    return peers.stream()
        .map(peer -> ReplicaId.of(peer.getId()))
        .collect(Collectors.toUnmodifiableSet());
  }
}
