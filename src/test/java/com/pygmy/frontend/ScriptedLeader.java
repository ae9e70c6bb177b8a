package com.pygmy.frontend;

import com.pygmy.cluster.Bus;
import com.pygmy.coherence.CoherenceMessage.Ack;
import com.pygmy.coherence.CoherenceMessage.Grant;
import com.pygmy.coherence.CoherenceMessage.Renew;
import com.pygmy.coherence.CoherenceMessage.Resume;
import com.pygmy.coherence.CoherenceMessage.Suspend;
import com.pygmy.coherence.CoherenceMessage.ToHolder;
import com.pygmy.coherence.View;
import com.pygmy.domain.Book;
import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The leader's side of the coherence protocol as a test wants it: grants what is asked for, unless
 * told not to, and suspends and resumes at the test's word. Waits for nobody.
 */
final class ScriptedLeader {

  private static final long WAIT_SECONDS = 10;

  private final Bus bus;
  private final FakeStore store;
  private final Set<View> suspended = new HashSet<>();
  private final BlockingQueue<Ack> acks = new LinkedBlockingQueue<>();
  private long term = 3;
  private long sequence;
  private volatile boolean grants = true;
  private volatile String holder = "";

  /** Every request for a lease, by the replica that got it. */
  final List<String> askedAt = new CopyOnWriteArrayList<>();

  final List<Renew> renewals = new CopyOnWriteArrayList<>();

  ScriptedLeader(Bus bus, FakeStore store) {
    this.bus = bus;
    this.store = store;
  }

  /** Listens at the place of a replica. */
  Future<MessageConsumer<Message>> lead(String replica) {
    return bus.listen(Addresses.keeper(replica), message -> hear(replica, message));
  }

  /** From now on, it answers in a new term, in which nothing is suspended. */
  synchronized void newTerm(long other) {
    term = other;
    sequence = 0;
    suspended.clear();
  }

  /** Does it answer who asks for a lease? */
  void grant(boolean other) {
    grants = other;
  }

  /** Has the views suspended, and waits until it is acknowledged. */
  Ack suspend(View... views) {
    Suspend suspend;
    synchronized (this) {
      suspended.addAll(Set.of(views));
      suspend = new Suspend(term, ++sequence, Set.of(views));
    }
    tell(suspend);
    return awaitAck();
  }

  /** Lifts the suspension, as of what the store has applied. */
  synchronized void resume(List<Book> fresh, View... views) {
    suspended.removeAll(Set.of(views));
    tell(new Resume(term, ++sequence, Set.of(views), store.index(), fresh));
  }

  void tell(ToHolder said) {
    bus.tell(Addresses.holder(holder), new Message.Coherence(said));
  }

  Ack awaitAck() {
    try {
      Ack ack = acks.poll(WAIT_SECONDS, TimeUnit.SECONDS);
      if (ack == null) {
        throw new AssertionError("no acknowledgement within " + WAIT_SECONDS + " s");
      }
      return ack;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void hear(String replica, Message message) {
    if (((Message.Coherence) message).message() instanceof Renew renew) {
      holder = renew.holder();
      if (grants) {
        answer(renew);
      }
      askedAt.add(replica);
      renewals.add(renew); // whoever sees it here speaks after the answer
    } else if (((Message.Coherence) message).message() instanceof Ack ack) {
      acks.add(ack);
    }
  }

  private synchronized void answer(Renew renew) {
    tell(new Grant(term, ++sequence, renew.request(), store.index(), suspended));
  }
}
