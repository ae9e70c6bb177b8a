package com.pygmy.replication.ratis;

import com.pygmy.replication.Position;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import com.pygmy.replication.ratis.Settings.Replica;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has this replica stand for election as soon as its leader's process is certainly gone, instead of
 * after an election time-out, of which Ratis may sleep through two.
 *
 * <p>Certainly gone means: the leader has missed a heartbeat; its port refuses connections, as the
 * kernel of a living machine does for a process that is not there (and a firewall may); and a
 * majority of the voters, this one included, has missed a heartbeat of the same leader in the same
 * term, and has no longer log. The last is what Raft's pre-vote asks (Ongaro's dissertation,
 * section 9.6), for the election that follows has none: a replica that alone cannot reach the
 * leader, or that lags, deposes nobody. When a machine dies, or is cut off, nobody refuses, and the
 * election time-out decides as ever.
 *
 * <p>Nothing wrong follows from its being mistaken: Raft elects as safely as ever. It costs an
 * election that nobody needed; and a candidate that is cut off just then, in one direction, raises
 * its term with each time-out until it is heard again, as one without pre-vote does. Each leader of
 * each term is succeeded once at most. One thread, which may block.
 */
final class Succession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Succession.class);
  private static final long LOOK_MILLIS = 20;
  private static final int ASK_MILLIS = 100;

  /** So that two do not stand at once and split the votes: the second waits for the first. */
  private static final long TURN_MILLIS = 100;

  private final Ballot ballot;
  private final Peers peers;
  private final Predicate<ReplicaId> refuses;
  private final long heartbeatMissedMillis;
  private final Thread thread;
  private Followed succeeded;
  private volatile boolean closed;

  /** A leader as a follower sees it. */
  record Followed(ReplicaId leader, long term) {}

  /** How to ask another replica, see {@link PeerCalls#ask}. */
  interface Peers {
    CompletableFuture<Answer> ask(String name, Question question, long timeoutMillis);
  }

  /** What this replica knows of its group, and its way to stand for election. */
  interface Ballot {
    ReplicaId own();

    /** Whom this replica follows; nothing if it has a vote no more, or follows nobody. */
    Optional<Followed> followed();

    /** Where this replica's log ends. */
    Position last();

    /** How long ago the one that is followed was heard last. */
    long silentMillis();

    Voters voters();

    /** Stands for election at once. */
    boolean stand(Followed after);
  }

  /**
   * Looks at nothing yet.
   *
   * @param refuses does a replica's port refuse connections? May block for a moment.
   * @param electionMinMillis of this much, a leader lets no more than half pass without a word
   */
  Succession(
      Ballot ballot,
      Peers peers,
      Predicate<ReplicaId> refuses,
      long electionMinMillis,
      String name) {
    this.ballot = ballot;
    this.peers = peers;
    this.refuses = refuses;
    this.heartbeatMissedMillis = electionMinMillis * 2 / 3;
    this.thread = new Thread(this::run, name + "-succession");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Does the machine there say that nobody listens? Blocks for a moment. */
  static boolean refuses(Replica replica) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(replica.host(), replica.port()), ASK_MILLIS);
      return false;
    } catch (ConnectException refused) {
      return true;
    } catch (IOException unreachable) {
      return false;
    }
  }

  /**
   * Has this replica, too, not heard this leader for longer than it should have, and no longer log
   * than this?
   */
  boolean misses(Followed leader, Position last) {
    return !isLonger(ballot.last(), last)
        && ballot.followed().filter(leader::equals).isPresent()
        && ballot.silentMillis() >= heartbeatMissedMillis;
  }

  /** As Raft compares logs (section 5.4.1): the term of the last entry first. */
  private static boolean isLonger(Position one, Position other) {
    return one.term() != other.term() ? one.term() > other.term() : one.index() > other.index();
  }

  private void run() {
    try {
      while (!closed) {
        TimeUnit.MILLISECONDS.sleep(look());
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Stands, if it is time to.
   *
   * @return after how many milliseconds to look again: none can be missed before
   */
  long look() throws InterruptedException {
    try {
      Optional<Followed> followed = ballot.followed();
      if (followed.isEmpty()) {
        return LOOK_MILLIS;
      }
      long silent = ballot.silentMillis();
      if (silent < heartbeatMissedMillis) {
        return heartbeatMissedMillis - silent;
      }
      if (!followed.get().equals(succeeded) && isGone(followed.get())) {
        succeeded = followed.get();
        boolean stands = ballot.stand(succeeded);
        LOG.info("{}: {} is gone; standing for election: {}", ballot.own(), succeeded, stands);
      }
    } catch (RuntimeException surprise) {
      LOG.warn("{}: the leader's succession was not looked after", ballot.own(), surprise);
    }
    return LOOK_MILLIS;
  }

  private boolean isGone(Followed followed) throws InterruptedException {
    long own = heartbeatMissedMillis + turn(followed) * TURN_MILLIS;
    return ballot.silentMillis() >= own
        && refuses.test(followed.leader())
        && isMissedByMajority(followed, ballot.last())
        && misses(followed, ballot.last());
  }

  private int turn(Followed followed) {
    List<ReplicaId> others =
        ballot.voters().current().stream()
            .filter(voter -> !voter.equals(followed.leader()))
            .sorted(Comparator.comparing(ReplicaId::toString))
            .toList();
    return Math.max(0, others.indexOf(ballot.own()));
  }

  private boolean isMissedByMajority(Followed followed, Position last) throws InterruptedException {
    Voters voters = ballot.voters();
    Set<ReplicaId> others = new HashSet<>(voters.all());
    others.remove(ballot.own());
    others.remove(followed.leader());
    Set<ReplicaId> missing = new HashSet<>(Set.of(ballot.own()));
    List<Asked> asked =
        others.stream()
            .map(
                voter ->
                    new Asked(
                        voter,
                        peers.ask(
                            voter.name(),
                            new Question.Misses(voter, followed.leader(), followed.term(), last),
                            ASK_MILLIS)))
            .toList();
    for (Asked one : asked) {
      if (voters.isMajority(missing)) {
        return true;
      }
      if (one.answersYes()) {
        missing.add(one.voter());
      }
    }
    return voters.isMajority(missing);
  }

  private record Asked(ReplicaId voter, CompletableFuture<Answer> answer) {
    boolean answersYes() throws InterruptedException {
      try {
        return answer.get(ASK_MILLIS, TimeUnit.MILLISECONDS) instanceof Answer.Done;
      } catch (ExecutionException | TimeoutException noAnswer) {
        return false;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
