package com.pygmy.sim;

import static com.pygmy.sim.Scenario.MICRO;
import static com.pygmy.sim.Scenario.MILLI;

import com.pygmy.coherence.View;
import com.pygmy.domain.Shelf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;

/** A catalog replica: applies the log, answers fetches, and leads now and then. */
final class Replica {
  private static final long FETCH_NANOS = 300 * MILLI;

  final Node node;
  Shelf shelf = new Shelf();
  private final World world;
  private final Deque<Proposal> queue = new ArrayDeque<>();
  private final List<Proposal> appended = new ArrayList<>();
  private boolean isProposing;
  private boolean isApplying;
  private int applied;

  /** Led last by this replica, and the one before: may be long deposed. */
  private Leader leader;

  private Leader former;

  Replica(World world, String name) {
    this.world = world;
    node = new Node(world, name);
  }

  /** The index up to which this replica's state goes. */
  int applied() {
    return applied;
  }

  /** Whoever answers here to what is sent to the leader; may be long deposed, or null. */
  Leader leader() {
    return leader;
  }

  /** Some leader of this replica, the last one or the one before; may be null. */
  Leader leader(int term) {
    return former != null && former.term == term
        ? former
        : leader != null && leader.term == term ? leader : null;
  }

  void lead(Leader next) {
    if (former != null) {
      former.end();
    }
    former = leader;
    leader = next;
    if (former != null) {
      former.deposed();
    }
  }

  /** What it holds in memory as a leader is gone; its state is on its disk. */
  void crash() {
    node.crash();
    if (leader != null) {
      leader.end();
    }
    if (former != null) {
      former.end();
    }
    leader = null;
    former = null;
    queue.clear();
    appended.clear();
    isProposing = false;
  }

  void restart() {
    node.restart();
    isApplying = false;
    applyOn();
  }

  /** Takes a proposal on: one after the other, in the order in which they come. */
  void propose(Proposal proposal) {
    queue.add(proposal);
    if (!isProposing) {
      isProposing = true;
      node.later(proposalDelay(), this::proposeNext);
    }
  }

  private long proposalDelay() {
    Scenario scenario = world.scenario;
    return !world.isCalm && world.dice.chance(scenario.stalledProposal)
        ? world.dice.between(MILLI, 300 * MILLI)
        : world.dice.between(0, 500 * MICRO);
  }

  private void proposeNext() {
    Proposal next = queue.remove();
    isProposing = !queue.isEmpty();
    if (isProposing) {
      node.later(proposalDelay(), this::proposeNext);
    }
    Leader now = leader;
    if (now == null || !now.believes()) {
      next.leader.answered(next, Proposal.Answer.NOT_LEADER);
      return;
    }
    // The log is that of the term in which this replica leads now, whoever admitted the command.
    next.index = world.log.append(now.term, next.leader.term, next.command, next);
    appended.add(next);
    world.note(
        () ->
            node
                + " appends "
                + Words.of(next.command)
                + " admitted in term "
                + next.leader.term
                + " to the log of term "
                + now.term
                + " at "
                + next.index);
    next.leader.appended(next);
    now.commitSoon();
  }

  /** Something was committed, or this replica is back. */
  void applyOn() {
    if (!isApplying && applied < world.log.committed()) {
      isApplying = true;
      boolean leads = leader != null && leader.believes();
      Scenario scenario = world.scenario;
      long most = leads ? scenario.leaderApplyMax : scenario.followerApplyMax;
      node.later(
          world.isCalm || world.dice.chance(0.5)
              ? world.dice.between(10 * MICRO, 300 * MICRO)
              : world.dice.between(10 * MICRO, most),
          this::applyNext);
    }
  }

  private void applyNext() {
    isApplying = false;
    apply();
    applyOn();
  }

  private void apply() {
    Log.Entry entry = world.log.at(applied + 1);
    shelf = shelf.with(entry.changed);
    applied++;
    world.note(() -> node + " applies " + applied);
    for (int i = appended.size() - 1; i >= 0; i--) {
      Proposal mine = appended.get(i);
      if (mine.index == applied) {
        appended.remove(i);
        boolean isDecided =
            entry.proposal == mine && (!entry.isFenced() || world.lies(Mutation.NO_FENCING));
        mine.leader.answered(
            mine, isDecided ? Proposal.Answer.COMMITTED : Proposal.Answer.NOT_DECIDED);
      }
    }
  }

  /** Catches up at once: before the run begins. */
  void catchUp() {
    while (applied < world.log.committed()) {
      apply();
    }
  }

  /** A frontend asks for views; answered not older than the read point, or not at all. */
  void fetch(List<View> keys, BiConsumer<List<Copy>, Replica> reply) {
    node.later(
        world.dice.between(0, 500 * MICRO),
        () -> {
          // A confirm round, now: of the leader of the highest term, if it can hold one.
          Replica leading = world.leader.replica;
          if (leading.node.isRunning() && !leading.node.isCut() && world.log.isReady()) {
            int point =
                world.lies(Mutation.READ_POINT_IS_APPLIED)
                    ? leading.applied
                    : world.log.committed();
            answerFrom(point, keys, world.now + FETCH_NANOS, reply);
          }
        });
  }

  private void answerFrom(
      int point, List<View> keys, long until, BiConsumer<List<Copy>, Replica> reply) {
    if (applied < point) {
      if (world.now < until) {
        node.later(
            world.dice.between(MILLI, 10 * MILLI), () -> answerFrom(point, keys, until, reply));
      }
      return;
    }
    long stamp = world.dice.chance(0.3) ? point : applied;
    List<Copy> copies = new ArrayList<>(keys.size());
    for (View key : keys) {
      copies.add(new Copy(Truth.read(shelf, key), stamp, applied));
    }
    if (world.lies(Mutation.STAMP_TAKEN_LATE)) {
      node.later(
          world.dice.between(0, 30 * MILLI),
          () -> {
            copies.replaceAll(copy -> new Copy(copy.value(), applied, copy.content()));
            reply.accept(copies, this);
          });
    } else {
      reply.accept(copies, this);
    }
  }
}
