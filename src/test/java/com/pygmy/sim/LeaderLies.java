package com.pygmy.sim;

import static com.pygmy.sim.Scenario.MILLI;

import com.pygmy.coherence.CoherenceMessage.Ack;
import com.pygmy.coherence.CoherenceMessage.Grant;
import com.pygmy.coherence.CoherenceMessage.Renew;
import com.pygmy.coherence.CoherenceMessage.Resume;
import com.pygmy.coherence.CoherenceMessage.Suspend;
import com.pygmy.coherence.LeaseKeeper.Action;
import com.pygmy.coherence.LeaseKeeper.Fate;
import com.pygmy.coherence.Timing;
import com.pygmy.coherence.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a leader's shell does to messages and times when it lies; else it only passes them on. */
final class LeaderLies {
  private static final long LEASE = Timing.LEASE_MILLIS * MILLI;

  /** A suspend that a holder has not acknowledged when the lease ends that it had then. */
  private record Unanswered(String holder, long sequence, long leaseEnd) {}

  /** What was so when a request came in. */
  private record Before(long appliedIndex, Set<View> suspended) {}

  private final World world;
  private final Leader leader;
  private final Map<String, Long> lastSuspend = new HashMap<>();
  private final Map<String, Long> leaseEnds = new HashMap<>();
  private final List<Unanswered> unanswered = new ArrayList<>();
  private final Set<String> forgotten = new HashSet<>();
  private final Map<Renew, Before> before = new HashMap<>();
  private final List<Renew> joined = new ArrayList<>();
  private int rounds;

  LeaderLies(World world, Leader leader) {
    this.world = world;
    this.leader = leader;
  }

  long wonAt(long clock) {
    return world.lies(Mutation.NO_WAIT_OF_NEW_LEADER) ? clock - LEASE : clock;
  }

  /** Does a confirm round hold though this leader was deposed? */
  boolean confirms() {
    return world.lies(Mutation.LEADERSHIP_NOT_CONFIRMED)
        || (world.lies(Mutation.CONFIRMED_BY_SUCCESSOR) && world.log.isReady());
  }

  void roundBegins() {
    rounds++;
  }

  void roundEnds() {
    rounds--;
    joined.forEach(leader::grant);
    joined.clear();
  }

  /** Does a request join a round that is under way? */
  boolean joins(Renew renew) {
    return rounds > 0 && world.lies(Mutation.JOINS_EARLIER_ROUND) && joined.add(renew);
  }

  void asked(Renew renew) {
    if (world.lies(Mutation.GRANT_OF_EARLIER_INDEX)
        || world.lies(Mutation.GRANT_OF_EARLIER_SUSPENDED)) {
      before.put(
          renew, new Before(leader.replica.applied(), Set.copyOf(leader.keeper().suspended())));
    }
  }

  void heard(Ack ack) {
    unanswered.removeIf(one -> one.holder.equals(ack.holder()) && one.sequence == ack.sequence());
    if (world.lies(Mutation.ACK_NAMES_NO_SUSPEND) && lastSuspend.containsKey(ack.holder())) {
      leader.take(new Ack(ack.holder(), ack.term(), lastSuspend.get(ack.holder())));
    }
  }

  boolean forgets() {
    return world.lies(Mutation.SETTLE_FORGOTTEN) && world.dice.chance(0.1);
  }

  Fate settled(Fate fate) {
    return fate == Fate.UNKNOWN && world.lies(Mutation.LIFT_AFTER_UNKNOWN) ? Fate.NEVER : fate;
  }

  void propose(long write) {
    if (world.lies(Mutation.PROPOSED_OUT_OF_ORDER) && world.dice.chance(0.3)) {
      leader.replica.node.later(world.dice.between(MILLI, 60 * MILLI), () -> leader.propose(write));
    } else {
      leader.propose(write);
    }
  }

  void send(Action.Send send) {
    switch (world.mutation()) {
      case ACKS_NOT_AWAITED -> acknowledgeUnheard(send);
      case ACK_NAMES_NO_SUSPEND -> rememberSuspend(send);
      case RENEWED_HOLDER_FORGOTTEN -> sendUnlessForgotten(send);
      case NO_FLOOR_ON_RESUME, GRANT_WITHOUT_SUSPENDED -> leader.send(falsified(send));
      case GRANT_OF_EARLIER_INDEX, GRANT_OF_EARLIER_SUSPENDED -> leader.send(outdated(send));
      default -> leader.send(send);
    }
  }

  private void acknowledgeUnheard(Action.Send send) {
    leader.send(send);
    if (send.message() instanceof Suspend suspend) {
      leader.take(new Ack(send.holder(), suspend.term(), suspend.sequence()));
    }
  }

  private void rememberSuspend(Action.Send send) {
    leader.send(send);
    if (send.message() instanceof Suspend suspend && !suspend.views().isEmpty()) {
      lastSuspend.put(send.holder(), suspend.sequence());
    }
  }

  private void sendUnlessForgotten(Action.Send send) {
    String holder = send.holder();
    if (send.message() instanceof Grant) {
      leaseEnds.put(holder, leader.clock() + LEASE);
    } else if (send.message() instanceof Suspend suspend) {
      if (forgotten.contains(holder)) {
        leader.take(new Ack(holder, suspend.term(), suspend.sequence()));
        return;
      }
      unanswered.add(
          new Unanswered(
              holder, suspend.sequence(), leaseEnds.getOrDefault(holder, leader.clock())));
    }
    leader.send(send);
  }

  /** Time has passed. */
  void tick() {
    for (Unanswered one : unanswered) {
      if (one.leaseEnd - leader.clock() <= 0) {
        forgotten.add(one.holder);
      }
    }
    unanswered.removeIf(one -> one.leaseEnd - leader.clock() <= 0);
  }

  private Action.Send falsified(Action.Send send) {
    if (send.message() instanceof Resume resume && world.lies(Mutation.NO_FLOOR_ON_RESUME)) {
      return new Action.Send(
          send.holder(),
          new Resume(resume.term(), resume.sequence(), resume.views(), 0, List.of()));
    } else if (send.message() instanceof Grant grant
        && world.lies(Mutation.GRANT_WITHOUT_SUSPENDED)) {
      return granting(send, grant, grant.appliedIndex(), Set.of());
    }
    return send;
  }

  private Action.Send outdated(Action.Send send) {
    if (send.message() instanceof Grant grant) {
      for (Map.Entry<Renew, Before> asked : before.entrySet()) {
        if (asked.getKey().holder().equals(send.holder())
            && asked.getKey().request() == grant.request()) {
          Before was = asked.getValue();
          return world.lies(Mutation.GRANT_OF_EARLIER_INDEX)
              ? granting(send, grant, was.appliedIndex, grant.suspended())
              : granting(send, grant, grant.appliedIndex(), was.suspended);
        }
      }
    }
    return send;
  }

  private static Action.Send granting(
      Action.Send send, Grant grant, long appliedIndex, Set<View> suspended) {
    return new Action.Send(
        send.holder(),
        new Grant(grant.term(), grant.sequence(), grant.request(), appliedIndex, suspended));
  }
}
