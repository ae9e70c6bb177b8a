package com.pygmy.coherence;

import com.pygmy.domain.Book;
import java.util.List;
import java.util.Set;

/**
 * What the leader and a frontend say to each other. Any message may be lost, late, repeated or
 * overtaken. The leader numbers all that it sends in a term from one counter.
 */
public sealed interface CoherenceMessage {

  /** Sent by a frontend, as the {@code holder} of a lease: a name that no other start of it had. */
  sealed interface ToLeader extends CoherenceMessage {
    String holder();
  }

  /** Sent by the leader of {@code term}. */
  sealed interface ToHolder extends CoherenceMessage {
    long term();

    long sequence();
  }

  /**
   * Asks for a lease, or for a longer one.
   *
   * @param request numbers the requests of this holder
   * @param storeId of the store whose views the holder caches
   */
  record Renew(String holder, long request, String storeId) implements ToLeader {}

  /** The holder does not serve what {@code sequence} suspended. */
  record Ack(String holder, long term, long sequence) implements ToLeader {}

  /**
   * Grants a lease, reckoned from when {@code request} was sent.
   *
   * @param appliedIndex at the leader when this was made
   * @param suspended every view that was suspended then
   */
  record Grant(long term, long sequence, long request, long appliedIndex, Set<View> suspended)
      implements ToHolder {
    public Grant {
      suspended = Set.copyOf(suspended);
    }
  }

  /**
   * Stop serving these views, on every thread, then acknowledge. None of them: just acknowledge.
   */
  record Suspend(long term, long sequence, Set<View> views) implements ToHolder {
    public Suspend {
      views = Set.copyOf(views);
    }
  }

  /**
   * These views may be served again, from {@code index} on.
   *
   * @param fresh books as they are at {@code index}, of those that are resumed; not all of them
   */
  record Resume(long term, long sequence, Set<View> views, long index, List<Book> fresh)
      implements ToHolder {
    public Resume {
      views = Set.copyOf(views);
      fresh = List.copyOf(fresh);
    }
  }
}
