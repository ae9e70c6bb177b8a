package com.pygmy.replication.ratis;

import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has Ratis dial a peer anew whose connection is stuck. When packets vanish for a while, TCP waits
 * twice as long before each further attempt to send them (RFC 6298, section 5.5): after a cut of
 * half a minute for another half, with the network mended long ago, and Ratis waits for it. So a
 * peer that Ratis does not hear, and that answers a question on another connection ({@link
 * PeerCalls} gives silent ones up within seconds), is dialled anew. One that is frozen or cut off
 * answers neither; one that has just thawed is heard by the next look. One thread, which may block.
 */
final class StuckConnections implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StuckConnections.class);
  private static final long LOOK_MILLIS = 500;
  private static final long ASK_MILLIS = 500;

  /** Without a word; a peer that is busy answers sooner. */
  private static final long LEAST_SILENT_MILLIS = 2_000;

  /** Whoever leads lets half of an election time-out pass without a word. */
  private static final long TIME_OUTS = 4;

  /**
   * A peer that was dialled anew has so long to be heard: the old connection takes 3 s to close.
   */
  static final long PATIENCE_MILLIS = 6_000;

  private final Silence silence;
  private final Succession.Peers peers;
  private final Consumer<ReplicaId> redial;
  private final LongSupplier nanoClock;
  private final long silentMillis;
  private final Thread thread;
  private final Map<ReplicaId, Long> dialledAtNanos = new HashMap<>();

  /** Silent at the last look, and not dead. */
  private Set<ReplicaId> suspected = Set.of();

  private volatile boolean closed;

  /** Whom Ratis should hear, and has not for so long. */
  interface Silence {
    List<ReplicaId> silent(long millis);
  }

  /**
   * Looks at nothing yet.
   *
   * @param redial may block
   * @param electionMaxMillis the longest election time-out
   */
  StuckConnections(
      Silence silence,
      Succession.Peers peers,
      Consumer<ReplicaId> redial,
      LongSupplier nanoClock,
      long electionMaxMillis,
      String name) {
    this.silence = silence;
    this.peers = peers;
    this.redial = redial;
    this.nanoClock = nanoClock;
    this.silentMillis = Math.max(LEAST_SILENT_MILLIS, TIME_OUTS * electionMaxMillis);
    this.thread = new Thread(this::run, name + "-stuck");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!closed) {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        try {
          look();
        } catch (RuntimeException surprise) { // whatever Ratis says while it starts or stops
          LOG.debug("connections could not be looked at", surprise);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs by itself twice a second. Dials one at most: of the others, that takes too long. */
  void look() throws InterruptedException {
    Set<ReplicaId> answering = new HashSet<>();
    for (ReplicaId peer : silence.silent(silentMillis)) {
      if (answers(peer)) {
        answering.add(peer);
      }
    }
    Optional<ReplicaId> stuck =
        answering.stream()
            .filter(suspected::contains)
            .filter(peer -> !wasDialled(peer))
            .min(Comparator.comparing(ReplicaId::toString));
    suspected = answering;
    stuck.ifPresent(
        peer -> {
          LOG.warn("{} answers, but its connection for the log is stuck: dialled anew", peer);
          dialledAtNanos.put(peer, nanoClock.getAsLong());
          redial.accept(peer);
        });
  }

  private boolean wasDialled(ReplicaId peer) {
    Long at = dialledAtNanos.get(peer);
    return at != null
        && nanoClock.getAsLong() - at < TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
  }

  /** By its term, which only the one that is meant tells, and only once its log is open. */
  private boolean answers(ReplicaId peer) throws InterruptedException {
    try {
      return peers
              .ask(peer.name(), new Question.Term(peer), ASK_MILLIS)
              .get(2 * ASK_MILLIS, TimeUnit.MILLISECONDS)
          instanceof Answer.Term;
    } catch (ExecutionException | TimeoutException silent) {
      return false;
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
