package com.pygmy.sim;

import static com.pygmy.sim.Scenario.MICRO;
import static com.pygmy.sim.Scenario.MILLI;

import com.pygmy.coherence.AffectedViews;
import com.pygmy.coherence.CoherenceMessage.Ack;
import com.pygmy.coherence.CoherenceMessage.Renew;
import com.pygmy.coherence.LeaseKeeper;
import com.pygmy.coherence.LeaseKeeper.Action;
import com.pygmy.coherence.LeaseKeeper.Fate;
import com.pygmy.coherence.Spoken;
import com.pygmy.coherence.Timing;
import com.pygmy.coherence.View;
import com.pygmy.domain.Command;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A term's leader: the real {@link LeaseKeeper} and the shell around it. It goes on when it is
 * deposed, first without knowing, then without being able to propose, until it is ended.
 */
final class Leader {

  /** What came of a batch. */
  enum Reply {
    DONE,
    NOT_DONE
  }

  /** A write handed to the keeper: a batch of commands. */
  static final class OpenWrite {
    final long number;
    final List<Command> commands;
    final Consumer<Reply> client;
    int open;
    boolean anyCommitted;
    boolean anyUnknown;
    boolean allCommitted = true;
    boolean isProposed;

    OpenWrite(long number, List<Command> commands, Consumer<Reply> client) {
      this.number = number;
      this.commands = commands;
      this.client = client;
      open = commands.size();
    }

    Fate fate() {
      return anyUnknown ? Fate.UNKNOWN : anyCommitted ? Fate.APPLIED : Fate.NEVER;
    }
  }

  final Replica replica;
  final int term;
  private final World world;
  private final int firstIndex;
  private final LeaseKeeper keeper;
  private final LeaderLies lies;
  private final Map<Long, OpenWrite> writes = new HashMap<>();
  private boolean believes = true;
  private boolean ended;
  private boolean commits;

  Leader(World world, Replica replica, int term, int firstIndex) {
    this.world = world;
    this.replica = replica;
    this.term = term;
    this.firstIndex = firstIndex;
    lies = new LeaderLies(world, this);
    // The first one has led for a while when the run begins.
    long ledFor = term == 1 ? Timing.LEASE_MILLIS * MILLI : 0;
    keeper = new LeaseKeeper(term, lies.wonAt(clock() - ledFor), id -> replica.shelf.find(id));
    commitSoon();
    tickOn();
  }

  long clock() {
    return replica.node.clock();
  }

  LeaseKeeper keeper() {
    return keeper;
  }

  boolean believes() {
    return believes;
  }

  boolean isEnded() {
    return ended;
  }

  /** Hears that it leads no more, and acts on for a while. */
  void deposed() {
    if (believes) {
      believes = false;
      world.note(() -> replica.node + " hears that it leads no more in term " + term);
      replica.node.later(world.dice.between(0, world.scenario.lingerMax), this::end);
    }
  }

  void end() {
    believes = false;
    ended = true;
  }

  /** Has an entry of this term been applied here? */
  boolean isReady() {
    return replica.applied() >= firstIndex;
  }

  /** Tries to commit, again and again: it may be slow, or frozen, or deposed meanwhile. */
  void commitSoon() {
    if (!commits) {
      commits = true;
      boolean stuck = world.dice.chance(world.scenario.stuckCommit) && !world.isCalm;
      replica.node.later(
          stuck
              ? world.dice.between(20 * MILLI, 400 * MILLI)
              : world.dice.between(200 * MICRO, 3 * MILLI),
          this::commit);
    }
  }

  private void commit() {
    commits = false;
    world.log.commit(term);
    for (Replica each : world.replicas) {
      each.applyOn();
    }
  }

  private void tickOn() {
    replica.node.later(
        world.dice.between(5 * MILLI, 40 * MILLI),
        () -> {
          if (!ended) {
            lies.tick();
            act(keeper.tick(clock(), replica.applied()));
            tickOn();
          }
        });
  }

  /** A frontend asks for a lease. */
  void asked(Renew renew) {
    if (ended || lies.joins(renew)) {
      return;
    }
    lies.asked(renew);
    replica.node.later(
        world.dice.between(0, 500 * MICRO),
        () -> {
          if (world.log.term() == term || lies.confirms()) { // a majority says so, now
            lies.roundBegins();
            replica.node.later(
                roundTime(),
                () -> {
                  lies.roundEnds();
                  grant(renew);
                });
          }
        });
  }

  private long roundTime() {
    return !world.isCalm && world.dice.chance(world.scenario.longRound)
        ? world.dice.between(MILLI, 500 * MILLI)
        : world.dice.between(100 * MICRO, 2 * MILLI);
  }

  void grant(Renew renew) {
    if (!ended && (isReady() || world.lies(Mutation.GRANTS_BEFORE_READY))) {
      act(keeper.renew(renew, clock(), replica.applied()));
    }
  }

  void acknowledged(Ack ack) {
    if (!ended) {
      lies.heard(ack);
      take(ack);
    }
  }

  void take(Ack ack) {
    act(keeper.acknowledged(ack));
  }

  /** A client hands a batch in. */
  void submit(List<Command> commands, Consumer<Reply> client) {
    if (ended || !believes || !(isReady() || world.lies(Mutation.ADMITS_BEFORE_READY))) {
      client.accept(Reply.NOT_DONE);
      return;
    }
    Set<View> suspended = world.lies(Mutation.MOVES_OVERLOOKED) ? Set.of() : keeper.suspended();
    Set<View> views = AffectedViews.of(commands, replica.shelf, suspended);
    boolean joins = keeper.suspended().containsAll(views);
    List<Action> out = new ArrayList<>();
    long number = keeper.admit(views, clock(), out);
    world.note(
        () ->
            replica.node
                + " admits write "
                + number
                + " to "
                + Spoken.of(views)
                + ": "
                + Words.of(commands));
    writes.put(number, new OpenWrite(number, commands, client));
    if (joins && world.lies(Mutation.WRITE_TO_SUSPENDED_AT_ONCE)) {
      propose(number);
    }
    act(out);
  }

  void act(List<Action> actions) {
    for (Action action : actions) {
      if (action instanceof Action.Propose propose) {
        lies.propose(propose.write());
      } else if (action instanceof Action.Send send) {
        lies.send(send);
      }
    }
  }

  /** Sends to the holder of that name, if it is alive. */
  void send(Action.Send send) {
    for (Frontend frontend : world.frontends) {
      if (frontend.holder().equals(send.holder())) {
        world.network.send(replica.node, frontend.node, () -> frontend.hear(this, send.message()));
      }
    }
  }

  void propose(long number) {
    OpenWrite write = writes.get(number);
    if (ended || write == null || write.isProposed) {
      return;
    }
    write.isProposed = true;
    world.note(() -> replica.node + " proposes write " + number);
    for (Command command : write.commands) {
      Proposal proposal = new Proposal(this, write, command);
      replica.propose(proposal);
      replica.node.later(world.scenario.timeOut, () -> end(proposal, Proposal.Answer.UNKNOWN));
    }
  }

  /** It is in the log of this replica. */
  void appended(Proposal proposal) {
    if (world.lies(Mutation.RESUME_BEFORE_APPLY)) {
      end(proposal, Proposal.Answer.COMMITTED);
    }
  }

  /** The log has an answer: it comes in on another thread. */
  void answered(Proposal proposal, Proposal.Answer answer) {
    replica.node.later(world.dice.between(0, MILLI), () -> end(proposal, answer));
  }

  private void end(Proposal proposal, Proposal.Answer answer) {
    if (ended || proposal.isAnswered) {
      return;
    }
    proposal.isAnswered = true;
    OpenWrite write = proposal.write;
    write.anyCommitted |= answer == Proposal.Answer.COMMITTED;
    write.allCommitted &= answer == Proposal.Answer.COMMITTED;
    write.anyUnknown |= answer == Proposal.Answer.UNKNOWN;
    write.open--;
    if (write.open == 0) {
      writes.remove(write.number);
      Fate fate = write.fate();
      world.tally.count(
          switch (fate) {
            case APPLIED -> Tally.Of.FATES_APPLIED;
            case NEVER -> Tally.Of.FATES_NEVER;
            case UNKNOWN -> Tally.Of.FATES_UNKNOWN;
          });
      world.note(() -> replica.node + " settles write " + write.number + ": " + fate);
      if (!lies.forgets()) {
        act(keeper.settle(write.number, lies.settled(fate), clock(), replica.applied()));
      }
      write.client.accept(write.allCommitted ? Reply.DONE : Reply.NOT_DONE);
    }
  }
}
