package com.pygmy.replication.ratis;

import com.pygmy.replication.MembersChange;
import com.pygmy.replication.Position;
import com.pygmy.replication.StateMachine;
import com.pygmy.replication.ratis.Identity.Stage;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Answer.Identified;
import com.pygmy.replication.ratis.PeerProtocol.Caller;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import com.pygmy.replication.ratis.Settings.Replica;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who belongs to the group. One thread, that looks once a second: it founds the store and hands it
 * to its founders ({@link Founding}); as the leader it changes the members, when it is asked to or
 * when one of them lost its folder or has moved ({@link MemberChanges}); as a member that misses
 * its leader it asks whether it was removed. A removed replica is {@link #isRemoved}, and Ratis is
 * closed.
 */
final class Membership implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
  private static final long LOOK_MILLIS = 1_000;
  private static final long FOUNDING_LOOK_MILLIS = 100;

  /** What the membership has done to the group. */
  interface Ratis {
    void addGroup(Identity joined) throws IOException;

    /** One change of configuration; ends when it is committed, or fails. */
    CompletableFuture<Void> changeMembers(Map<ReplicaId, Replica> from, Map<ReplicaId, Replica> to);

    /** Ends with whether another replica leads. */
    CompletableFuture<Boolean> stepDown();

    /** For good. */
    void close();
  }

  private final Settings settings;
  private final Outside outside;
  private final Folder folder;
  private final Group group;
  private final PeerBook book;
  private final PeerCalls peers;
  private final Neighbours neighbours;
  private final MemberChanges changes;
  private final Complaints complaints;
  private final StateMachine<?> machine;
  private final Driver<?> driver;
  private final CopyFetch fetch;
  private final Ratis ratis;
  private final Consumer<Throwable> fatal;
  private final ScheduledExecutorService thread;
  private final long run;
  private volatile boolean removed;

  Membership(
      Settings settings,
      Outside outside,
      Folder folder,
      Group group,
      PeerBook book,
      PeerCalls peers,
      StateMachine<?> machine,
      Driver<?> driver,
      CopyFetch fetch,
      Ratis ratis,
      Supplier<CompletableFuture<Position>> confirm,
      Consumer<Throwable> fatal) {
    this.settings = settings;
    this.outside = outside;
    this.folder = folder;
    this.group = group;
    this.book = book;
    this.peers = peers;
    this.neighbours =
        new Neighbours(peers, book, new Caller(group.own(), settings.own()), this::member);
    this.complaints = new Complaints(outside.nanoClock());
    this.changes = new MemberChanges(folder, group, book, neighbours, ratis, complaints, confirm);
    this.machine = machine;
    this.driver = driver;
    this.fetch = fetch;
    this.ratis = ratis;
    this.fatal = fatal;
    this.run = outside.random().nextLong() | 1;
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
      if (identity.isFounder() && !base().isEmpty() && !base().equals(identity.base())) {
        throw new IOException(
            identity.id()
                + " is to found a log upon "
                + identity.base()
                + ", and what is here is "
                + base()
                + ": remove this replica's folder and lay the same base again");
      }
      join(identity.foundation().orElseThrow(), identity.founders(), identity.base());
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
    if (removed) {
      return;
    }
    try {
      peers.forgetOthers();
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
        group.leadership().leads(),
        now.voted(),
        run);
  }

  /** Under which id the group has the member of this name, as far as this replica knows. */
  private Optional<ReplicaId> member(String name) {
    return group.exists()
        ? group.voters().named(name)
        : folder.identity().members().stream().filter(id -> id.name().equals(name)).findFirst();
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
    Map<String, Identified> seen = neighbours.identify();
    ReplicaId own = folder.identity().id();
    Founding.Verdict verdict = new Founding(settings, own).decide(seen, hasState(), base());
    if (verdict instanceof Founding.Verdict.Wait wait) {
      complaints.about(own, wait.why(), seen.values());
    } else if (verdict instanceof Founding.Verdict.Found found) {
      RandomGenerator random = outside.random();
      UUID foundation = new UUID(random.nextLong(), random.nextLong());
      LOG.info("{} founds store {} with {}", own, foundation, found.founders());
      join(foundation, found.founders(), base());
      handOut(seen);
    }
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
          if (question.founders().contains(now.id())) {
            if (hasState()) {
              return new Answer.Refused("a founder must hold no state");
            } else if (!question.base().equals(base())) {
              return new Answer.Refused("this founder would begin from another base: " + base());
            }
          }
          join(question.foundation(), question.founders(), question.base());
          return new Answer.Done();
        });
  }

  private void join(UUID foundation, List<ReplicaId> founders, String base) throws IOException {
    Identity joined = folder.join(foundation, founders, base, driver.passed().index());
    if (joined.trusted()) {
      driver.trust();
    }
    if (!stateIsBehindLog()) {
      addGroup(joined);
    }
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
    return neededState() > driver.passed().index();
  }

  /**
   * What the state has to contain for the log here to follow it. A log that is empty yet, and was
   * founded upon a state or follows a copy, begins after that.
   */
  private long neededState() throws IOException {
    long first = folder.firstIndex();
    Identity own = folder.identity();
    return first >= 0 || !own.trusted() ? first - 1 : own.installed();
  }

  /**
   * The log here is whole and may vote, but begins after the state: first a copy, then the group.
   */
  private void restoreState() throws IOException, InterruptedException {
    Identity own = folder.identity();
    long missing = neededState();
    Map<String, Identified> seen = neighbours.identify();
    for (Map.Entry<String, Identified> other : seen.entrySet()) {
      boolean has = other.getValue().hasState() || !other.getValue().base().isEmpty();
      if (has && other.getValue().foundation().equals(own.foundation())) {
        Position at = fetch.install(other.getKey(), missing, driver::install);
        if (at.index() >= missing) {
          folder.dropLogBehind(at);
          addGroup(folder.identity());
          return;
        }
      }
    }
    complaints.about(
        own.id(), "lost its state, and nobody has one that reaches its log at " + missing, seen);
  }

  // ---- tending the group

  private void tend() throws InterruptedException, IOException {
    Map<String, Identified> seen = neighbours.identify();
    handOut(seen);
    noteVote();
    if (group.leadership().ready()) {
      complaints.none();
      changes.letIn(seen);
      changes.readdress();
    } else if (group.leaderId().isPresent()) {
      complaints.none();
      if (!group.voters().all().contains(group.own())) {
        var unused = askWhetherRemoved(Optional.empty());
      }
    } else if (isAmongStrangers(seen)) {
      complaints.about(
          folder.identity().id(),
          "belongs to store "
              + folder.identity().foundation().orElseThrow()
              + ", and those that answer to another, founded or restored meanwhile. To join them,"
              + " stop it, move its catalog and order folders away, and start it again",
          seen);
    } else if (!askWhetherRemoved(Optional.empty())) {
      Object needed = group.voters().all();
      complaints.about(
          folder.identity().id(), "knows no leader: a majority of " + needed + " is needed", seen);
    }
  }

  /** Whoever got a copy of the state never saw the configuration that let it in. */
  private void noteVote() throws IOException {
    Voters voters = group.voters();
    if (!folder.identity().voted() && voters.isStable() && voters.all().contains(group.own())) {
      folder.change(now -> now.withMembers(List.copyOf(voters.all()), group.addresses()));
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
      if (Founding.isVirgin(other) && own.founders().contains(other.id())) {
        UUID foundation = own.foundation().orElseThrow();
        var unused =
            neighbours.askToJoin(
                book.address(other.id().name()),
                other.id(),
                foundation,
                own.founders(),
                own.base());
      }
    }
  }

  /** Asked for by people; on this thread, as every change. */
  CompletableFuture<MembersChange> add(Replica newcomer) {
    return changing(() -> changes.add(newcomer));
  }

  CompletableFuture<MembersChange> remove(String name) {
    return changing(() -> changes.remove(name));
  }

  private CompletableFuture<MembersChange> changing(
      Stages.Throwing<CompletableFuture<MembersChange>> change) {
    CompletableFuture<MembersChange> outcome = new CompletableFuture<>();
    CompletableFuture<Boolean> begun =
        Stages.on(
            thread,
            () -> {
              Stages.onDone(change.get(), (done, failure) -> settle(outcome, done, failure));
              return true;
            });
    Stages.onDone(
        begun,
        (yes, failure) -> {
          if (failure != null) {
            settle(outcome, null, failure);
          }
        });
    return outcome;
  }

  private static void settle(
      CompletableFuture<MembersChange> outcome, MembersChange done, Throwable failure) {
    if (failure == null) {
      outcome.complete(done);
    } else {
      outcome.completeExceptionally(failure);
    }
  }

  // ---- having been removed

  /** Its group has removed this replica: it never votes again under its id. */
  boolean isRemoved() {
    return removed;
  }

  /**
   * Somebody who leads, or led once, says that this replica was removed: it asks whether it was.
   */
  CompletableFuture<Answer> leaveAsked(Question.Leave question) {
    return Stages.on(
        thread,
        () -> {
          Identity now = folder.identity();
          if (!now.id().equals(question.target())) {
            return new Answer.Refused("this is " + now.id());
          } else if (!now.foundation().equals(Optional.of(question.foundation()))) {
            return new Answer.Refused(now.id() + " is of another store, or of none");
          }
          return removed || askWhetherRemoved(Optional.of(question.teller()))
              ? new Answer.Done()
              : new Answer.Refused("no leader that is confirmed says so");
        });
  }

  /**
   * Ratis has closed itself, which it does, too, when the leader tells it in an election that it is
   * no member.
   *
   * @return whether that was it
   */
  CompletableFuture<Boolean> closedByRatis() {
    return Stages.on(thread, () -> removed || askWhetherRemoved(Optional.empty()));
  }

  private boolean askWhetherRemoved(Optional<Replica> also)
      throws InterruptedException, IOException {
    Identity own = folder.identity();
    boolean left =
        own.voted() && neighbours.sayRemoved(own.id(), own.foundation().orElseThrow(), also);
    if (left) {
      leave();
    }
    return left;
  }

  /** Written down first: a crash in between must not let it vote again. */
  private void leave() throws IOException {
    Identity left = folder.change(Identity::removed);
    if (!removed) {
      removed = true;
      LOG.warn("{} was removed from its group; its next start is a new beginning", left.id());
      // Not on this thread: the answer to who told us goes out through what is closed.
      Thread closing = new Thread(ratis::close, settings.name() + "-leaving");
      closing.setDaemon(true);
      closing.start();
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
