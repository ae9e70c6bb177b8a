package com.pygmy.replication.ratis;

import com.pygmy.replication.Leadership;
import com.pygmy.replication.Position;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The leader's own confirmation that it still leads, for linearizable reads. Ratis's read index is
 * not used: it confirms a commit index once and then answers from memory, so a leader that was
 * frozen and deposed meanwhile can serve stale reads.
 *
 * <p>A round notes the term T and the commit index, then asks every voter of the current
 * configuration for its current term. It holds when a majority, the leader included, answers
 * exactly T, and the leader had applied an entry of T when it began and still leads in T when it
 * ends.
 *
 * <p>Why that is enough: a voter raises its term before it votes. Had another leader been elected
 * in a later term before the round began, a majority would have had that term, and one of them
 * would be among those that answered T. So up to the beginning of the round nobody but the leaders
 * up to T has committed anything; the leader of T has an entry of its own committed, hence knows of
 * all the commits before T; and what was committed in T, it committed itself.
 *
 * <p>The read point is the commit index, not the applied index: a follower may already have
 * applied, and shown to somebody, an entry that the leader has committed but not yet applied
 * itself.
 */
final class ConfirmRound {
  private final Group group;
  private final PeerCalls peers;
  private final long timeoutMillis;

  ConfirmRound(Group group, PeerCalls peers, long timeoutMillis) {
    this.group = group;
    this.peers = peers;
    this.timeoutMillis = timeoutMillis;
  }

  /** Leadership could not be confirmed. */
  static final class NotConfirmed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotConfirmed(String why) {
      super(why, null, false, false);
    }
  }

  /**
   * Runs one round.
   *
   * @return the term and the commit index as the round began; fails with {@link NotConfirmed}
   */
  CompletableFuture<Position> run() {
    Leadership start = group.leadership();
    if (!start.ready()) {
      return CompletableFuture.failedFuture(
          new NotConfirmed("no leader, or one that has not committed in its term yet"));
    }
    Position point = new Position(start.term(), group.committedIndex());
    Voters voters = group.voters();
    Tally tally = new Tally(point, voters);
    Set<ReplicaId> others = voters.all();
    others.remove(group.own());
    others.forEach(voter -> ask(voter, tally));
    tally.answered(group.own(), point.term());
    return tally.result;
  }

  private void ask(ReplicaId voter, Tally tally) {
    Stages.onDone(
        peers.ask(voter.name(), new Question.Term(voter), timeoutMillis),
        (answer, failure) -> {
          if (answer instanceof Answer.Term term) {
            tally.answered(voter, term.term());
          } else {
            tally.silent(voter);
          }
        });
  }

  private final class Tally {
    private final Position point;
    private final Voters voters;
    private final Set<ReplicaId> agreeing = new HashSet<>();
    private final Set<ReplicaId> open;
    final CompletableFuture<Position> result = new CompletableFuture<>();

    Tally(Position point, Voters voters) {
      this.point = point;
      this.voters = voters;
      this.open = new HashSet<>(voters.all());
    }

    void answered(ReplicaId voter, long term) {
      boolean decided;
      synchronized (this) {
        open.remove(voter);
        if (term == point.term()) {
          agreeing.add(voter);
        }
        decided = voters.isMajority(agreeing);
      }
      if (decided) {
        conclude();
      } else {
        giveUpIfHopeless();
      }
    }

    void silent(ReplicaId voter) {
      synchronized (this) {
        open.remove(voter);
      }
      giveUpIfHopeless();
    }

    private void conclude() {
      Leadership now = group.leadership();
      if (now.ready() && now.term() == point.term()) {
        result.complete(point);
      } else {
        result.completeExceptionally(
            new NotConfirmed("no longer the leader of term " + point.term()));
      }
    }

    private void giveUpIfHopeless() {
      boolean hopeless;
      synchronized (this) {
        Set<ReplicaId> best = new HashSet<>(agreeing);
        best.addAll(open);
        hopeless = !voters.isMajority(best);
      }
      if (hopeless) {
        result.completeExceptionally(
            new NotConfirmed("no majority confirmed term " + point.term()));
      }
    }
  }
}
