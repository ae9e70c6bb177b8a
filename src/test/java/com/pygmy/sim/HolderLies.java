package com.pygmy.sim;

import com.pygmy.coherence.CoherenceMessage.Ack;
import com.pygmy.coherence.CoherenceMessage.Grant;
import com.pygmy.coherence.CoherenceMessage.Resume;
import com.pygmy.coherence.CoherenceMessage.Suspend;
import com.pygmy.coherence.CoherenceMessage.ToHolder;
import com.pygmy.coherence.View;
import com.pygmy.coherence.ViewLease;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a frontend's shell does to messages and times when it lies; else it passes them on. */
final class HolderLies {

  /** Makes room between the numbers, so that an old message can be given a new one. */
  private static final long GAP = 1 << 20;

  private static final Set<Mutation> RENUMBERING =
      EnumSet.of(
          Mutation.OLD_GRANT_TAKEN,
          Mutation.GRANT_OF_OLD_TERM_TAKEN,
          Mutation.OLD_RESUME_OBEYED,
          Mutation.RESUME_OF_OLD_TERM_OBEYED);

  private final World world;
  private final Frontend frontend;
  private final long gap;
  private final Map<View, List<Frontend.Read>> joined = new HashMap<>();
  private ViewLease lease;
  private long highestTerm;
  private long highestSequence;
  private boolean wasValid;
  private long validAt;

  HolderLies(World world, Frontend frontend) {
    this.world = world;
    this.frontend = frontend;
    gap = RENUMBERING.contains(world.mutation()) ? GAP : 1;
  }

  void begin(ViewLease newLease) {
    lease = newLease;
    highestTerm = 0;
    highestSequence = 0;
    wasValid = false;
    joined.clear();
  }

  /** The message as the lease gets it. */
  ToHolder heard(ToHolder sent) {
    if (sent instanceof Grant grant) {
      return heard(grant);
    } else if (sent instanceof Resume resume) {
      boolean renumber =
          isOld(resume, Mutation.OLD_RESUME_OBEYED, Mutation.RESUME_OF_OLD_TERM_OBEYED);
      return new Resume(
          renumber ? highestTerm : resume.term(),
          renumber ? highestSequence + 1 : resume.sequence() * gap,
          resume.views(),
          resume.index(),
          resume.fresh());
    }
    Suspend suspend = (Suspend) sent;
    return new Suspend(suspend.term(), suspend.sequence() * gap, suspend.views());
  }

  private Grant heard(Grant grant) {
    boolean renumber = isOld(grant, Mutation.OLD_GRANT_TAKEN, Mutation.GRANT_OF_OLD_TERM_TAKEN);
    long request = grant.request();
    if (world.lies(Mutation.LEASE_FROM_REPLY)) {
      request = lease.renew(frontend.node.clock()).request();
    } else if (world.lies(Mutation.LEASE_FROM_LAST_REQUEST)) {
      request = frontend.lastRequest();
    }
    return new Grant(
        renumber ? highestTerm : grant.term(),
        renumber ? highestSequence + 1 : grant.sequence() * gap,
        request,
        grant.appliedIndex(),
        grant.suspended());
  }

  /** Is it to be passed off as new, by this lie about its term, or that about older ones? */
  private boolean isOld(ToHolder message, Mutation sameTerm, Mutation olderTerm) {
    return (world.lies(sameTerm)
            && message.term() == highestTerm
            && message.sequence() * gap < highestSequence)
        || (world.lies(olderTerm) && message.term() < highestTerm);
  }

  /** The message has been processed. */
  void taken(ToHolder message) {
    if (message.term() > highestTerm) {
      highestTerm = message.term();
      highestSequence = 0;
    }
    if (message.term() == highestTerm && message.sequence() % gap == 0) {
      highestSequence = Math.max(highestSequence, message.sequence());
    }
    long now = frontend.node.clock();
    if (lease.isValid(now)) {
      wasValid = true;
      validAt = now;
    }
  }

  /** When a grant is processed, as the lease is told. */
  long processedAt(long now) {
    if (!world.lies(Mutation.LAPSED_LEASE_GOES_ON) || !wasValid || lease.isValid(now)) {
      return now;
    }
    long valid = validAt; // somewhere between lies its end
    long over = now;
    while (over - valid > 1) {
      long middle = valid + (over - valid) / 2;
      if (lease.isValid(middle)) {
        valid = middle;
      } else {
        over = middle;
      }
    }
    return valid;
  }

  Optional<Ack> suspend(Suspend suspend) {
    if (world.lies(Mutation.SUSPEND_FORGOTTEN_WITHOUT_LEASE)
        && !lease.isValid(frontend.node.clock())) {
      return Optional.of(new Ack(lease.holder(), suspend.term(), suspend.sequence()));
    }
    return frontend
        .obey(suspend)
        .map(ack -> new Ack(ack.holder(), ack.term(), ack.sequence() / gap));
  }

  /** Joins a read the fetch that is in flight? */
  boolean joins(Frontend.Read read) {
    return world.lies(Mutation.JOINS_EARLIER_FETCH)
        && joined.computeIfAbsent(read.key, k -> new ArrayList<>()).add(read);
  }

  List<Frontend.Read> joined(View key) {
    List<Frontend.Read> reads = joined.remove(key);
    return reads == null ? List.of() : reads;
  }
}
