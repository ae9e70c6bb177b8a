package com.pygmy.coherence;

import com.pygmy.coherence.CoherenceMessage.Ack;
import com.pygmy.coherence.CoherenceMessage.Grant;
import com.pygmy.coherence.CoherenceMessage.Renew;
import com.pygmy.coherence.CoherenceMessage.Resume;
import com.pygmy.coherence.CoherenceMessage.Suspend;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The frontend's side: may a copy be served from a cache? Only under a valid lease, if its view is
 * not suspended, and if it is not older than the view's floor.
 *
 * <p>What each message does:
 *
 * <pre>
 * Grant    | of an older term, or not above the highest number taken   -> ignored
 *          | of a new term, or taken after the lease ran out           -> a new lease: every floor
 *          |                                                              rises to its index
 *          | otherwise                                                 -> the lease is longer; a view
 *          |                                                              no longer suspended gets
 *          |                                                              its index as floor
 * Suspend  | of an older term                                          -> ignored
 *          | otherwise, whatever its number                            -> suspended, acknowledged
 * Resume   | of an older term, or not above the highest number taken   -> ignored
 *          | otherwise                                                 -> lifted; floor raised
 * </pre>
 *
 * <p>Not thread-safe, and no clock: the caller gives the time, monotonic, in nanoseconds. A caller
 * that reads from several threads must see to it that none of them serves on the ground of a {@link
 * #check} made before {@link #suspend} and completed after it: the check and what it permits need a
 * common lock only up to the check itself, for a read may take effect at any moment while it lasts.
 */
public final class ViewLease {

  /** Floors kept one by one, at most; the lower half is forgotten then, into the default. */
  static final int MAX_FLOORS = 10_000;

  /** Requests whose answers are still taken, at most. */
  private static final int MAX_REQUESTS = 16;

  /** May a copy be served? */
  public enum Verdict {
    SERVE,
    /** There is no valid lease. */
    NO_LEASE,
    /** A write may be changing the view. */
    SUSPENDED,
    /** The copy is older than the view's floor. */
    STALE
  }

  private final String holder;
  private final String storeId;
  private final Map<Long, Long> sentAt = new LinkedHashMap<>();
  private final Map<View, Long> floors = new HashMap<>();
  private Set<View> suspended = Set.of();
  private long defaultFloor;
  private long lastRequest;
  private long highestTerm;
  private long highestSequence;
  private boolean granted;
  private long leaseTerm;
  private long leaseEnd;
  private long losses;

  /**
   * @param holder names this start of the frontend: no other start may have had it
   * @param storeId of the store whose views are cached
   */
  public ViewLease(String holder, String storeId) {
    this.holder = holder;
    this.storeId = storeId;
  }

  public String holder() {
    return holder;
  }

  public String storeId() {
    return storeId;
  }

  /** Is there a lease now? */
  public boolean isValid(long now) {
    return granted && leaseEnd - now > 0;
  }

  /** How often a lease ran out, or ended with its term, before a grant came. */
  public long losses() {
    return losses;
  }

  /** The next request for a lease, to be sent at {@code now}: not earlier, or it lasts too long. */
  public Renew renew(long now) {
    if (sentAt.size() >= MAX_REQUESTS) {
      sentAt.remove(sentAt.keySet().iterator().next());
    }
    sentAt.put(++lastRequest, now);
    return new Renew(holder, lastRequest, storeId);
  }

  /** A request was answered, or so it says. */
  public void granted(Grant grant, long now) {
    Long sent = sentAt.get(grant.request());
    if (sent == null || !isNews(grant.term(), grant.sequence())) {
      return;
    }
    take(grant.term(), grant.sequence());
    long end = sent + Timing.USE_NANOS;
    if (grant.term() != leaseTerm || !isValid(now)) {
      losses += granted ? 1 : 0;
      defaultFloor = Math.max(defaultFloor, grant.appliedIndex());
      floors.values().removeIf(floor -> floor <= defaultFloor);
      leaseEnd = end;
    } else {
      for (View view : suspended) {
        if (!grant.suspended().contains(view)) {
          raise(view, grant.appliedIndex());
        }
      }
      leaseEnd = end - leaseEnd > 0 ? end : leaseEnd;
    }
    granted = true;
    leaseTerm = grant.term();
    suspended = grant.suspended();
  }

  /**
   * A write is about to change views. From the return on no {@link #check} permits them, so the
   * acknowledgement may be sent.
   */
  public Optional<Ack> suspend(Suspend suspend) {
    if (suspend.term() < highestTerm) {
      return Optional.empty();
    }
    take(suspend.term(), suspend.sequence());
    if (!suspended.containsAll(suspend.views())) {
      suspended = union(suspended, suspend.views());
    }
    return Optional.of(new Ack(holder, suspend.term(), suspend.sequence()));
  }

  /**
   * Views may be served again.
   *
   * @return was it obeyed? Then its fresh books may be kept, as of its index
   */
  public boolean resume(Resume resume) {
    if (!isNews(resume.term(), resume.sequence())) {
      return false;
    }
    take(resume.term(), resume.sequence());
    suspended = without(suspended, resume.views());
    resume.views().forEach(view -> raise(view, resume.index()));
    return true;
  }

  /**
   * May a copy of a view be served now? To be asked after the request arrived, with the copy at
   * hand.
   *
   * @param asOf the copy contains every entry of the log up to this index
   */
  public Verdict check(View view, long asOf, long now) {
    if (!isValid(now)) {
      return Verdict.NO_LEASE;
    } else if (suspended.contains(view)) {
      return Verdict.SUSPENDED;
    } else {
      return asOf >= floor(view) ? Verdict.SERVE : Verdict.STALE;
    }
  }

  private long floor(View view) {
    return floors.isEmpty() ? defaultFloor : floors.getOrDefault(view, defaultFloor);
  }

  private boolean isNews(long term, long sequence) {
    return term > highestTerm || (term == highestTerm && sequence > highestSequence);
  }

  private void take(long term, long sequence) {
    if (isNews(term, sequence)) {
      highestTerm = term;
      highestSequence = sequence;
    }
  }

  private void raise(View view, long index) {
    if (index > floor(view)) {
      if (floors.size() >= MAX_FLOORS) {
        forgetLowFloors();
      }
      floors.put(view, Math.max(index, floor(view)));
    }
  }

  private void forgetLowFloors() {
    long[] sorted = floors.values().stream().mapToLong(Long::longValue).sorted().toArray();
    defaultFloor = Math.max(defaultFloor, sorted[sorted.length / 2]);
    floors.values().removeIf(floor -> floor <= defaultFloor);
  }

  private static Set<View> union(Set<View> some, Set<View> others) {
    Set<View> all = new HashSet<>(some);
    all.addAll(others);
    return all;
  }

  private static Set<View> without(Set<View> some, Set<View> others) {
    Set<View> left = new HashSet<>(some);
    left.removeAll(others);
    return left;
  }
}
