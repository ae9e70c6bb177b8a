package com.pygmy.frontend;

import com.pygmy.coherence.CoherenceMessage.Ack;
import com.pygmy.coherence.CoherenceMessage.Grant;
import com.pygmy.coherence.CoherenceMessage.Renew;
import com.pygmy.coherence.CoherenceMessage.Resume;
import com.pygmy.coherence.CoherenceMessage.Suspend;
import com.pygmy.coherence.CoherenceMessage.ToHolder;
import com.pygmy.coherence.View;
import com.pygmy.coherence.ViewLease;
import com.pygmy.coherence.ViewLease.Verdict;
import com.pygmy.domain.Book;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The copies of one store's views in this node's memory, and the lease under which they may be
 * served. Thread-safe: one lock makes each question and each message a step of its own, and the
 * clock is read inside it. So when {@link #hear} has returned an acknowledgement, no thread will be
 * permitted what was suspended; one that was permitted it before read it then.
 */
final class LeasedCopies {

  private final ViewLease lease;
  private final Copies copies;
  private final String storeTag;
  private final LongSupplier nanoClock;
  private boolean isEnded;

  /**
   * @param holder no other start of a frontend had this name, nor any other store of this one
   */
  LeasedCopies(String holder, String storeId, long maxBytes, LongSupplier nanoClock) {
    this.lease = new ViewLease(holder, storeId);
    this.copies = new Copies(maxBytes);
    this.storeTag = ETags.ofStore(storeId);
    this.nanoClock = nanoClock;
  }

  String holder() {
    return lease.holder();
  }

  String storeId() {
    return lease.storeId();
  }

  /** Of the store, for entity tags. */
  String storeTag() {
    return storeTag;
  }

  Optional<Copy> find(Object asked) {
    return copies.find(asked);
  }

  void keep(Object asked, Copy copy) {
    copies.keep(asked, copy);
  }

  long size() {
    return copies.size();
  }

  /** May this copy, which the caller has at hand, be served to who asked before this call? */
  Verdict check(Copy copy) {
    synchronized (lease) {
      return check(copy.view(), copy.asOf(), nanoClock.getAsLong());
    }
  }

  /** May a copy of this view be served, if only it is new enough? */
  Verdict check(View view) {
    synchronized (lease) {
      return check(view, Long.MAX_VALUE, nanoClock.getAsLong());
    }
  }

  /** May all of these be served as one answer, at one and the same moment? If not, why not? */
  Verdict check(List<Copy> together) {
    synchronized (lease) {
      long now = nanoClock.getAsLong();
      Verdict verdict = isEnded || !lease.isValid(now) ? Verdict.NO_LEASE : Verdict.SERVE;
      for (int i = 0; i < together.size() && verdict == Verdict.SERVE; i++) {
        verdict = check(together.get(i).view(), together.get(i).asOf(), now);
      }
      return verdict;
    }
  }

  boolean isLeased() {
    synchronized (lease) {
      return !isEnded && lease.isValid(nanoClock.getAsLong());
    }
  }

  long losses() {
    synchronized (lease) {
      return lease.losses();
    }
  }

  /** The next request for a lease, to be sent at once. */
  Renew renew() {
    synchronized (lease) {
      return lease.renew(nanoClock.getAsLong());
    }
  }

  private Verdict check(View view, long asOf, long now) {
    return isEnded ? Verdict.NO_LEASE : lease.check(view, asOf, now);
  }

  /** Nothing is served from here any more, whatever the leader says. */
  void end() {
    synchronized (lease) {
      isEnded = true;
    }
  }

  /** Takes in what the leader says; answers what is to be said to it. */
  Optional<Ack> hear(ToHolder said) {
    boolean mayKeep = false;
    synchronized (lease) {
      if (said instanceof Grant grant) {
        lease.granted(grant, nanoClock.getAsLong());
      } else if (said instanceof Suspend suspend) {
        return lease.suspend(suspend);
      } else if (said instanceof Resume resume) {
        mayKeep = lease.resume(resume);
      }
    }
    if (mayKeep) {
      Resume resume = (Resume) said;
      for (Book book : resume.fresh()) {
        if (copies.has(book.id())) { // else nobody has read it here: most books, of most frontends
          keep(book.id(), Copy.of(resume.index(), book, storeTag));
        }
      }
    }
    return Optional.empty();
  }
}
