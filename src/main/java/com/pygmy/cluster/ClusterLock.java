package com.pygmy.cluster;

import com.pygmy.cluster.LockRules.Ask;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.AsyncMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One contender for a cluster-wide lock: for jobs that one replica should do at a time. Advisory:
 * it saves duplicate work and is never what keeps anything right (while the cluster is split, each
 * half has a holder). Contenders exclude each other across nodes, and within one too; each job has
 * its own. A holder that dies or freezes is followed by another within 3 seconds, within 8 when it
 * also kept the map's data. Works on a Vert.x that is not clustered.
 *
 * <p>Thread-safe. Each contender has at most one call to the map outstanding.
 */
public final class ClusterLock {

  /**
   * How often the rules are asked what to do; a waiter looks each time. What a takeover needs
   * beyond the rules' own times is twice this at most: to see the last renewal, and to see that it
   * is due.
   */
  static final long TURN_MILLIS = 100;

  /**
   * After this the answer to a call counts as lost. Longer than the map's own time-out, so that the
   * calls of a contender do not pile up on worker threads; a holder lapses long before.
   */
  static final long CALL_MILLIS = HazelcastSettings.CALL_TIMEOUT_MILLIS + 1_000;

  private static final String MAP = "pygmy.lock";
  private static final Logger log = LoggerFactory.getLogger(ClusterLock.class);

  private final Vertx vertx;
  private final Context context;
  private final String name;
  private final String owner;
  private final LongSupplier nanoClock;

  /** Guards the state below; never held during a call. */
  private final Object monitor = new Object();

  private final LockRules rules;
  private final List<Promise<Void>> waiting = new ArrayList<>();
  private final List<Promise<Void>> releasing = new ArrayList<>();
  private Optional<AsyncMap<String, String>> map = Optional.empty();
  private boolean calling;
  private Optional<Long> timer = Optional.empty();

  /**
   * @param name of the lock
   * @param owner who contends: differs from all other contenders, also those of former processes
   *     (node, its incarnation, the job); without a colon
   * @param nanoClock monotonic
   */
  public ClusterLock(Vertx vertx, String name, String owner, LongSupplier nanoClock) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.name = name;
    this.owner = owner;
    this.nanoClock = nanoClock;
    this.rules = new LockRules(owner);
  }

  /** Whether this is the holder at this moment. To be asked before each step of the job. */
  public boolean holdsNow() {
    synchronized (monitor) {
      return rules.holds(nanoClock.getAsLong());
    }
  }

  /** Wants the lock from now on, again and again when it gets lost, until {@link #release}. */
  public void contend() {
    synchronized (monitor) {
      rules.want();
      if (timer.isEmpty()) {
        timer = Optional.of(vertx.setPeriodic(TURN_MILLIS, tick -> turn()));
      }
    }
    turn();
  }

  /**
   * Contends, and waits until this is the holder.
   *
   * @return whether it became the holder in time; if not, it no longer contends
   */
  public Future<Boolean> acquire(long timeoutMillis) {
    Promise<Void> held = Promise.promise();
    synchronized (monitor) {
      waiting.add(held);
    }
    contend();
    return held.future()
        .map(true)
        .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
        .recover(
            late -> {
              synchronized (monitor) {
                waiting.remove(held);
              }
              return release().transform(released -> Future.succeededFuture(false));
            });
  }

  /**
   * Is no holder from this moment, and lets others in.
   *
   * @return done when the entry is gone; at the latest after some seconds, when it cannot be told
   *     and the others will take over
   */
  public Future<Void> release() {
    Promise<Void> released = Promise.promise();
    synchronized (monitor) {
      rules.giveUp();
      releasing.add(released);
    }
    turn();
    return released
        .future()
        .timeout(CALL_MILLIS, TimeUnit.MILLISECONDS)
        .otherwiseEmpty()
        .onComplete(done -> stopTurns());
  }

  private void stopTurns() {
    synchronized (monitor) {
      if (!rules.wants()) {
        timer.ifPresent(vertx::cancelTimer);
        timer = Optional.empty();
      }
    }
  }

  private void turn() {
    context.runOnContext(now -> call());
  }

  private void call() {
    Ask ask;
    synchronized (monitor) {
      rules.awake(nanoClock.getAsLong());
      settle();
      if (calling) {
        return;
      }
      ask = rules.next(nanoClock.getAsLong());
      if (ask instanceof Ask.Nothing) {
        return;
      }
      calling = true;
    }
    Future<Optional<String>> answer = open().compose(entries -> call(entries, ask));
    answer
        .timeout(CALL_MILLIS, TimeUnit.MILLISECONDS)
        .onComplete(done -> context.runOnContext(now -> answered(ask, done)));
  }

  /** A replacement or removal that was done answers with the entry, one that was not with none. */
  private Future<Optional<String>> call(AsyncMap<String, String> entries, Ask ask) {
    if (ask instanceof Ask.Put put) {
      return entries.putIfAbsent(name, put.entry()).map(Optional::ofNullable);
    }
    if (ask instanceof Ask.Replace replace) {
      return entries
          .replaceIfPresent(name, replace.entry(), replace.by())
          .map(done -> done ? Optional.of(replace.by()) : Optional.empty());
    }
    if (ask instanceof Ask.Remove remove) {
      return entries
          .removeIfPresent(name, remove.entry())
          .map(done -> done ? Optional.of(remove.entry()) : Optional.empty());
    }
    return entries.get(name).map(Optional::ofNullable);
  }

  private void answered(Ask ask, AsyncResult<Optional<String>> answer) {
    boolean again;
    synchronized (monitor) {
      calling = false;
      long now = nanoClock.getAsLong();
      boolean held = rules.holds(now);
      if (answer.failed()) {
        rules.unknown();
        log.warn("lock {}: no answer to {} of {}: {}", name, ask, owner, answer.cause().toString());
      } else if (ask instanceof Ask.Put) {
        rules.put(answer.result(), now);
      } else if (ask instanceof Ask.Replace) {
        rules.replaced(answer.result().isPresent());
      } else if (ask instanceof Ask.Remove) {
        rules.removed(answer.result().isPresent());
      } else {
        rules.read(answer.result(), now);
      }
      if (held != rules.holds(now)) {
        log.info("lock {}: {} {}", name, owner, held ? "lost it" : "holds it");
      }
      settle();
      again = rules.isEager(now);
    }
    if (again) {
      turn();
    }
  }

  /** Tells those who wait for what is now so. Their handlers run later, on the context. */
  private void settle() {
    if (rules.holds(nanoClock.getAsLong())) {
      tell(waiting);
    }
    if (rules.isClear() && !calling) {
      tell(releasing);
    }
  }

  private void tell(List<Promise<Void>> those) {
    for (Promise<Void> one : those) {
      context.runOnContext(now -> one.tryComplete());
    }
    those.clear();
  }

  private Future<AsyncMap<String, String>> open() {
    synchronized (monitor) {
      if (map.isPresent()) {
        return Future.succeededFuture(map.get());
      }
    }
    return vertx
        .sharedData()
        .<String, String>getAsyncMap(MAP)
        .onSuccess(
            opened -> {
              synchronized (monitor) {
                map = Optional.of(opened);
              }
            });
  }
}
