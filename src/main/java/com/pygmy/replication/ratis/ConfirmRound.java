package com.pygmy.replication.ratis;

import com.pygmy.replication.Leadership;
import com.pygmy.replication.Position;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Witness;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

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
  private final Standing standing;
  private final Function<ReplicaId, CompletableFuture<Answer>> askTerm;

  /** What this replica knows of itself and its group now. */
  interface Standing {
    ReplicaId own();

    Leadership leadership();

    long committedIndex();

    Voters voters();
  }

  /**
   * @param askTerm asks a voter for its term; ends within a time of its own
   */
  ConfirmRound(Standing standing, Function<ReplicaId, CompletableFuture<Answer>> askTerm) {
    this.standing = standing;
    this.askTerm = askTerm;
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
    Leadership start = standing.leadership();
    if (!start.ready()) {
      return CompletableFuture.failedFuture(
          new NotConfirmed("no leader, or one that has not committed in its term yet"));
    }
    Position point = new Position(start.term(), standing.committedIndex());
    Voters voters = standing.voters();
    Tally tally = new Tally(point, voters);
    Set<ReplicaId> others = voters.all();
    others.remove(standing.own());
    others.forEach(voter -> ask(voter, tally));
    tally.answered(standing.own(), point.term());
    return tally.result;
  }

  /**
   * The same without asking anybody, where this replica and the one that asks are a majority, as in
   * a group of three: what that one says of its term is what it would answer in a round, and as
   * new.
   *
   * @return the term and a commit index; empty when a round must tell
   */
  Optional<Position> confirmedBy(Witness witness) {
    Leadership start = standing.leadership();
    if (!start.ready()
        || witness.term() != start.term()
        || !standing.voters().isMajority(new HashSet<>(List.of(standing.own(), witness.who())))) {
      return Optional.empty();
    }
    Position point = new Position(start.term(), standing.committedIndex());
    return stillLeads(point) ? Optional.of(point) : Optional.empty();
  }

  private boolean stillLeads(Position point) {
    Leadership now = standing.leadership();
    return now.ready() && now.term() == point.term();
  }

  private void ask(ReplicaId voter, Tally tally) {
    Stages.onDone(
        askTerm.apply(voter),
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
      if (stillLeads(point)) {
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
