package com.pygmy.replication.ratis;

import com.pygmy.replication.ratis.PeerProtocol.Question;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 * answers neither. One thread, which may block.
 */
final class StuckConnections implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StuckConnections.class);
  private static final long LOOK_MILLIS = 500;
  private static final long ASK_MILLIS = 500;

  /** Without a word; a peer that is busy answers sooner. */
  static final long SILENT_MILLIS = 2_000;

  /**
   * A peer that was dialled anew has so long to be heard: the old connection takes 3 s to close.
   */
  static final long PATIENCE_MILLIS = 6_000;

  private final Silence silence;
  private final Succession.Peers peers;
  private final Consumer<String> redial;
  private final LongSupplier nanoClock;
  private final Thread thread;
  private final Map<String, Long> dialledAtNanos = new HashMap<>();
  private volatile boolean closed;

  /** Whom Ratis should hear, and has not for so long. */
  interface Silence {
    List<ReplicaId> silent(long millis);
  }

  /**
   * Looks at nothing yet.
   *
   * @param redial is told the name of the peer; may block
   */
  StuckConnections(
      Silence silence,
      Succession.Peers peers,
      Consumer<String> redial,
      LongSupplier nanoClock,
      String name) {
    this.silence = silence;
    this.peers = peers;
    this.redial = redial;
    this.nanoClock = nanoClock;
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
        look();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException surprise) {
      LOG.error("nobody looks for stuck connections any more", surprise);
    }
  }

  /** Runs by itself twice a second. */
  void look() throws InterruptedException {
    for (ReplicaId peer : silence.silent(SILENT_MILLIS)) {
      if (!wasDialled(peer.name()) && answers(peer)) {
        LOG.warn("{} answers, but its connection for the log is stuck: dialled anew", peer);
        dialledAtNanos.put(peer.name(), nanoClock.getAsLong());
        redial.accept(peer.name());
      }
    }
  }

  private boolean wasDialled(String name) {
    Long at = dialledAtNanos.get(name);
    return at != null
        && nanoClock.getAsLong() - at < TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
  }

  private boolean answers(ReplicaId peer) throws InterruptedException {
    try {
      peers
          .ask(peer.name(), new Question.Term(peer), ASK_MILLIS)
          .get(2 * ASK_MILLIS, TimeUnit.MILLISECONDS);
      return true;
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
