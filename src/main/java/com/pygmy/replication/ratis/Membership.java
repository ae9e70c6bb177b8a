package com.pygmy.replication.ratis;

import com.pygmy.replication.Position;
import com.pygmy.replication.StateMachine;
import com.pygmy.replication.ratis.Identity.Stage;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Answer.Identified;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import com.pygmy.replication.ratis.Settings.Replica;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who belongs to the group. One thread, that looks once a second, founds the store, hands it to its
 * founders, and as the leader lets replicas in that lost their folder.
 *
 * <p><b>Founding.</b> The first replica of the conf founds the store when every replica of the conf
 * answers that it is FRESH and holds no state; the others wait to be asked to join. It makes up the
 * store's foundation (a UUID) and fixes the founders: exactly the ids that answered. Each founder
 * writes them down before it can vote. Any founder that has joined hands the foundation to founders
 * that have not. A state that no log has changed yet ({@link StateMachine#base}) counts as none, if
 * all have the same: the log then begins after its position, so that a replica without it can never
 * replay the log onto nothing, but needs a copy. The cases:
 *
 * <ul>
 *   <li>The founder crashes before it wrote: nothing happened. After it wrote: it goes on.
 *   <li>The founder is wiped after some others joined: it comes back FRESH with another id, but not
 *       everybody answers FRESH any more, so it founds nothing. Those that joined hand the
 *       foundation to the rest and elect; the leader lets the wiped one in. Nothing is lost: what
 *       the old id acknowledged was committed only if one of the others had it, too.
 *   <li>The founder is wiped before anybody joined: all are FRESH, a new store is founded; the old
 *       one had no majority, so it never committed anything.
 *   <li>Ratis counts no vote of an empty log once the candidate has committed something. So until
 *       every founder has an entry, the store may need all of them that do: it is whole when each
 *       replica is ready.
 *   <li>A founder that is FRESH under its first id has never voted, so it may be given the
 *       foundation at any time. If it was wiped it has another id and is no founder.
 *   <li>Two found at once: not without the bootstrap flag, as only the first of the conf does. Of
 *       several with the flag that reach each other, the first in the conf does. If two that cannot
 *       reach each other are both given the flag, there are two stores, and their replicas refuse
 *       each other for ever: the flag is for one.
 * </ul>
 *
 * <b>Return.</b> A replica that lost its folder is FRESH under a new id. The leader sees an id at
 * an address of the conf that is not the one of the configuration, has it join the group as a
 * learner, catch up, and replaces the old id by the new one in one change of configuration (joint
 * consensus: it takes a majority of both). Without a leader nothing is changed: to let the newcomer
 * vote could make a majority without the confirmed entries. Then the replica waits and says so.
 */
final class Membership implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
  private static final long LOOK_MILLIS = 1_000;
  private static final long FOUNDING_LOOK_MILLIS = 100;
  private static final long ASK_MILLIS = 1_000;
  private static final long JOIN_MILLIS = 10_000;
  private static final long COMPLAIN_AFTER_SECONDS = 3;
  private static final long COMPLAIN_EVERY_SECONDS = 60;

  /** What the membership has done to the group. */
  interface Ratis {
    void addGroup(Identity joined) throws IOException;

    /** One change of configuration; ends when it is committed, or fails. */
    CompletableFuture<Void> replaceMembers(List<ReplicaId> from, List<ReplicaId> to);
  }

  private final Settings settings;
  private final Outside outside;
  private final Folder folder;
  private final Group group;
  private final PeerCalls peers;
  private final StateMachine<?> machine;
  private final Driver<?> driver;
  private final CopyFetch fetch;
  private final Ratis ratis;
  private final Consumer<Throwable> fatal;
  private final ScheduledExecutorService thread;
  private CompletableFuture<Void> change = CompletableFuture.completedFuture(null);
  private long complainAtNanos;
  private boolean troubled;

  Membership(
      Settings settings,
      Outside outside,
      Folder folder,
      Group group,
      PeerCalls peers,
      StateMachine<?> machine,
      Driver<?> driver,
      CopyFetch fetch,
      Ratis ratis,
      Consumer<Throwable> fatal) {
    this.settings = settings;
    this.outside = outside;
    this.folder = folder;
    this.group = group;
    this.peers = peers;
    this.machine = machine;
    this.driver = driver;
    this.fetch = fetch;
    this.ratis = ratis;
    this.fatal = fatal;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread t = new Thread(task, settings.name() + "-membership");
              t.setDaemon(true);
              return t;
            });
  }

  /** Adds the group if this replica has one, and begins to look. */
  void start() throws IOException {
    Identity identity = folder.identity();
    if (identity.stage() == Stage.PREPARED) {
      join(identity.foundation().orElseThrow(), identity.founders());
    } else if (identity.stage() == Stage.JOINED && !stateIsBehindLog()) {
      ratis.addGroup(identity);
    }
    schedule(0);
  }

  private void schedule(long delayMillis) {
    if (!thread.isShutdown()) {
      var unused = thread.schedule(this::look, delayMillis, TimeUnit.MILLISECONDS);
    }
  }

  private void look() {
    try {
      if (folder.identity().stage() == Stage.FRESH) {
        foundIfAllowed();
      } else if (!group.exists()) {
        restoreState();
      } else {
        tend();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return;
    } catch (IOException | RuntimeException failure) {
      LOG.error("{}: the membership could not be looked after", settings.name(), failure);
    }
    schedule(folder.identity().stage() == Stage.FRESH ? FOUNDING_LOOK_MILLIS : LOOK_MILLIS);
  }

  Answer.Identified identified() {
    Identity now = folder.identity();
    return new Identified(
        now.id(),
        now.stage(),
        now.foundation(),
        hasState(),
        base(),
        settings.bootstrap(),
        group.leadership().leads());
  }

  private boolean hasState() {
    return driver.passed().index() >= 0 && machine.base().isEmpty();
  }

  /** What a log founded here would begin from; empty: from nothing. */
  private String base() {
    return machine.base().orElse("");
  }

  // ---- founding

  private void foundIfAllowed() throws IOException, InterruptedException {
    Map<String, Identified> seen = identifyOthers();
    boolean all = seen.size() == settings.others().size();
    boolean first = settings.replicas().get(0).name().equals(settings.name());
    if (!settings.bootstrap() && !first) {
      complain("waits to be asked to join by the first replica or a leader", seen);
      return;
    }
    if (hasState() || seen.values().stream().anyMatch(i -> !isVirgin(i))) {
      complain("founds no store: one of the replicas was initialised before", seen);
      return;
    }
    if (seen.values().stream().anyMatch(i -> !i.base().equals(base()))) {
      complain(
          "founds no store: the replicas would begin from different states, here from "
              + told(base())
              + ". Move the catalog folders of those away that are wrong, or restore all anew",
          seen);
      return;
    }
    if (!all && !settings.bootstrap()) {
      complain("founds no store: not every replica of the conf answers", seen);
      return;
    }
    if (settings.bootstrap() && earlierBootstraps(seen)) {
      complain("leaves the founding to an earlier replica that bootstraps, too", seen);
      return;
    }
    List<ReplicaId> founders = new ArrayList<>();
    for (Replica replica : settings.replicas()) {
      if (replica.name().equals(settings.name())) {
        founders.add(folder.identity().id());
      } else if (seen.containsKey(replica.name())) {
        founders.add(seen.get(replica.name()).id());
      }
    }
    RandomGenerator random = outside.random();
    UUID foundation = new UUID(random.nextLong(), random.nextLong());
    LOG.info("{} founds store {} with {}", settings.name(), foundation, founders);
    join(foundation, founders);
    handOut(seen);
  }

  private static String told(String base) {
    return base.isEmpty() ? "nothing" : "the restored " + base;
  }

  private static boolean isVirgin(Identified replica) {
    return replica.stage() == Stage.FRESH && !replica.hasState();
  }

  private boolean earlierBootstraps(Map<String, Identified> seen) {
    for (Replica replica : settings.replicas()) {
      if (replica.name().equals(settings.name())) {
        return false;
      }
      Identified other = seen.get(replica.name());
      if (other != null && other.bootstraps()) {
        return true;
      }
    }
    return false;
  }

  /** A member asks this replica to join; done when it has. */
  CompletableFuture<Answer> joinAsked(Question.Join question) {
    return Stages.on(
        thread,
        () -> {
          Identity now = folder.identity();
          if (!now.id().equals(question.target())) {
            return new Answer.Refused("this is " + now.id());
          }
          if (now.stage() != Stage.FRESH) {
            boolean same = now.foundation().orElseThrow().equals(question.foundation());
            return same ? new Answer.Done() : new Answer.Refused("joined another store");
          }
          if (question.founders().contains(now.id()) && hasState()) {
            return new Answer.Refused("a founder must hold no state");
          }
          join(question.foundation(), question.founders());
          return new Answer.Done();
        });
  }

  private void join(UUID foundation, List<ReplicaId> founders) throws IOException {
    Identity joined = folder.join(foundation, founders, driver.passed().index());
    if (joined.trusted()) {
      driver.trust();
    }
    addGroup(joined);
    LOG.info("{} joined store {}", joined.id(), foundation);
  }

  /** A member whose group cannot be opened is of no use: another start may do better. */
  private void addGroup(Identity joined) throws IOException {
    try {
      ratis.addGroup(joined);
    } catch (IOException | RuntimeException | Error failed) {
      fatal.accept(failed);
      throw failed;
    }
  }

  // ---- a state that was lost while the log was not

  private boolean stateIsBehindLog() throws IOException {
    return folder.firstIndex() > machine.restored().index() + 1;
  }

  /**
   * The log here is whole and may vote, but begins after the state: first a copy, then the group.
   */
  private void restoreState() throws IOException, InterruptedException {
    Identity own = folder.identity();
    long missing = folder.firstIndex() - 1;
    Map<String, Identified> seen = identifyOthers();
    for (Map.Entry<String, Identified> other : seen.entrySet()) {
      if (other.getValue().foundation().equals(own.foundation()) && other.getValue().hasState()) {
        Position at = fetch.install(other.getKey(), missing, driver::install);
        if (at.index() >= missing) {
          folder.dropLogBehind(at);
          addGroup(folder.identity());
          return;
        }
      }
    }
    complain("lost its state, and nobody has one that reaches its log at " + missing, seen);
  }

  // ---- tending the group

  private void tend() throws InterruptedException {
    Map<String, Identified> seen = identifyOthers();
    handOut(seen);
    if (group.leadership().ready()) {
      troubled = false;
      if (change.isDone()) {
        letIn(seen);
      }
    } else if (group.leaderId().isEmpty() && isAmongStrangers(seen)) {
      complain(
          "belongs to store "
              + folder.identity().foundation().orElseThrow()
              + ", and those that answer to another, founded or restored meanwhile. To join them,"
              + " stop it, move its catalog and order folders away, and start it again",
          seen);
    } else if (group.leaderId().isEmpty()) {
      complain("knows no leader: a majority of " + group.voters().all() + " is needed", seen);
    } else {
      troubled = false;
    }
  }

  private boolean isAmongStrangers(Map<String, Identified> seen) {
    Optional<UUID> own = folder.identity().foundation();
    return seen.values().stream().anyMatch(i -> i.foundation().isPresent())
        && seen.values().stream().noneMatch(i -> i.foundation().equals(own));
  }

  /** Founders that have not joined yet may: under that id they have never voted. */
  private void handOut(Map<String, Identified> seen) throws InterruptedException {
    Identity own = folder.identity();
    for (Identified other : seen.values()) {
      if (isVirgin(other) && own.founders().contains(other.id())) {
        askToJoin(other.id(), own.founders());
      }
    }
  }

  private void askToJoin(ReplicaId who, List<ReplicaId> founders) throws InterruptedException {
    UUID foundation = folder.identity().foundation().orElseThrow();
    try {
      Answer answer =
          peers
              .ask(who.name(), new Question.Join(who, foundation, founders), JOIN_MILLIS)
              .get(JOIN_MILLIS * 2, TimeUnit.MILLISECONDS);
      if (!(answer instanceof Answer.Done)) {
        LOG.warn("{} does not join: {}", who, answer);
      }
    } catch (ExecutionException | TimeoutException failed) {
      LOG.warn("{} could not be asked to join: {}", who, failed.getMessage());
    }
  }

  private void letIn(Map<String, Identified> seen) throws InterruptedException {
    Voters voters = group.voters();
    if (!voters.isStable()) {
      return;
    }
    UUID foundation = folder.identity().foundation().orElseThrow();
    for (Identified other : seen.values()) {
      if (voters.current().contains(other.id())) {
        continue;
      }
      if (other.stage() == Stage.FRESH) {
        LOG.info("{} is new at its address: it is asked to join and catch up", other.id());
        askToJoin(other.id(), List.of());
      } else if (!other.foundation().orElseThrow().equals(foundation)) {
        complain(other.id() + " belongs to another store, " + other.foundation(), seen);
      } else {
        replace(voters, other.id());
        return; // one change at a time
      }
    }
  }

  private void replace(Voters voters, ReplicaId newcomer) {
    List<ReplicaId> from = List.copyOf(voters.current());
    List<ReplicaId> to = new ArrayList<>();
    from.stream().filter(id -> !id.name().equals(newcomer.name())).forEach(to::add);
    to.add(newcomer);
    LOG.info("The members become {}, they were {}", to, from);
    change = ratis.replaceMembers(from, to);
    Stages.onDone(
        change,
        (done, failure) -> {
          if (failure == null) {
            LOG.info("The members are {}", to);
          } else {
            LOG.warn("{} is not a member yet: {}", newcomer, failure.getMessage());
          }
        });
  }

  // ---- asking around

  private Map<String, Identified> identifyOthers() throws InterruptedException {
    Map<String, CompletableFuture<Answer>> asked = new LinkedHashMap<>();
    for (Replica replica : settings.others()) {
      asked.put(replica.name(), peers.ask(replica.name(), new Question.Identify(), ASK_MILLIS));
    }
    Map<String, Identified> seen = new LinkedHashMap<>();
    for (Map.Entry<String, CompletableFuture<Answer>> entry : asked.entrySet()) {
      try {
        Answer answer = entry.getValue().get(ASK_MILLIS * 2, TimeUnit.MILLISECONDS);
        if (answer instanceof Identified other && other.id().name().equals(entry.getKey())) {
          seen.put(entry.getKey(), other);
        } else {
          complain("got from the address of " + entry.getKey() + ": " + answer, Map.of());
        }
      } catch (ExecutionException | TimeoutException silent) {
        LOG.debug("{} does not answer: {}", entry.getKey(), silent.getMessage());
      }
    }
    return seen;
  }

  /** Said when it has lasted a little, then once a minute. */
  private void complain(String what, Map<String, Identified> seen) {
    long now = outside.nanoClock().getAsLong();
    if (!troubled) {
      troubled = true;
      complainAtNanos = now + TimeUnit.SECONDS.toNanos(COMPLAIN_AFTER_SECONDS);
    } else if (now - complainAtNanos >= 0) {
      complainAtNanos = now + TimeUnit.SECONDS.toNanos(COMPLAIN_EVERY_SECONDS);
      LOG.warn("{} {}. Answering: {}", folder.identity().id(), what, seen.values());
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
