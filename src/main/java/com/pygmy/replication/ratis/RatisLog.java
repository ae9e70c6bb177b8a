package com.pygmy.replication.ratis;

import com.pygmy.replication.Leadership;
import com.pygmy.replication.Member;
import com.pygmy.replication.MembersChange;
import com.pygmy.replication.Position;
import com.pygmy.replication.Proposal;
import com.pygmy.replication.ReadPoint;
import com.pygmy.replication.ReplicatedLog;
import com.pygmy.replication.Standing;
import com.pygmy.replication.StateMachine;
import com.pygmy.replication.Takeover;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.ratis.protocol.RaftGroupId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicated log on Apache Ratis. {@link #start} opens the folder, the port and the group and
 * returns; {@link #ready} says when this replica may serve.
 *
 * <p>When this replica can no longer be trusted (apply failed, the log could not be written, Ratis
 * closed by itself or after a pause of the JVM of more than a minute), {@link Outside#onFatal} ends
 * the process; a supervisor starts it anew. The adapter itself never exits.
 *
 * @param <R> what the state machine answers a command with
 */
public final class RatisLog<R> implements ReplicatedLog<R> {
  private static final Logger LOG = LoggerFactory.getLogger(RatisLog.class);
  private static final long SWEEP_MILLIS = 20;
  private static final long READY_RETRY_MILLIS = 100;

  private final Settings settings;
  private final StateMachine<R> machine;
  private final Outside outside;
  private final Folder folder;
  private final Group group;
  private final AppliedIndex applied;
  private final Driver<R> driver;
  private final Proposals<R> proposals;
  private final PeerBook book;
  private final PeerResolvers names;
  private final PeerCalls peers;
  private final ReadPoints reads;
  private final Copies copies;
  private final CopyFetch fetch;
  private final Membership membership;
  private final LeadershipWatch watch;
  private final Succession succession;
  private final StuckConnections stuck;
  private final RatisServer server;
  private final ScheduledExecutorService timer;
  private final ExecutorService answers;
  private final ExecutorService exporting;
  private final ExecutorService fetching;
  private final Thread submitter;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final AtomicBoolean closedByRatis = new AtomicBoolean();
  private final AtomicBoolean dead = new AtomicBoolean();

  /**
   * Starts a replica. The state machine must be open, and is not closed by the log.
   *
   * @throws IOException if the folder or the port is taken, or the disk fails; nothing stays open
   */
  public static <R> RatisLog<R> start(Settings settings, StateMachine<R> machine, Outside outside)
      throws IOException {
    Folder folder =
        Folder.open(settings.folder(), settings.name(), outside.random(), machine.restored());
    RatisLog<R> log = null;
    try {
      log = new RatisLog<>(settings, machine, outside, folder);
      log.begin();
      return log;
    } catch (IOException | RuntimeException failed) {
      if (log == null) {
        folder.close();
      } else {
        log.close();
      }
      throw failed;
    }
  }

  private RatisLog(Settings settings, StateMachine<R> machine, Outside outside, Folder folder)
      throws IOException {
    this.settings = settings;
    this.machine = machine;
    this.outside = outside;
    this.folder = folder;
    Identity identity = folder.identity();
    this.timer = Executors.newSingleThreadScheduledExecutor(thread("timer"));
    this.answers = Executors.newSingleThreadExecutor(thread("answers"));
    this.exporting = Executors.newSingleThreadExecutor(thread("export"));
    this.fetching = Executors.newSingleThreadExecutor(thread("fetch"));
    this.applied = new AppliedIndex(machine.restored().index());
    this.group = new Group(identity.id(), this::lastAppliedTerm);
    this.book = new PeerBook(settings, group::addresses, () -> folder.identity().addresses());
    this.peers = new PeerCalls(settings.cluster(), settings.tls(), book, outside.nanoClock());
    this.proposals =
        new Proposals<>(
            settings,
            outside,
            new UUID(outside.random().nextLong(), outside.random().nextLong()),
            group::leadership,
            machine::admits,
            answers);
    this.driver = new Driver<>(machine, proposals, applied, new DriverEvents(), identity.trusted());
    this.reads =
        new ReadPoints(
            group,
            peers,
            applied,
            outside.nanoClock(),
            timer,
            answers,
            settings.readTimeoutMillis());
    this.copies = new Copies(machine, folder.copies(), outside.nanoClock());
    this.fetch = new CopyFetch(machine, folder, peers, outside.nanoClock());
    this.names =
        new PeerResolvers(
            settings.name(), outside.random(), book::find, InetAddress::getAllByName, this::redial);
    this.server =
        new RatisServer(
            settings,
            identity.id(),
            book,
            folder,
            group,
            driver,
            new PeerPort(
                settings.cluster(),
                new TargetGuard(identity.id(), this::isOpen),
                new NewPeers(this::knows),
                this::answer),
            names,
            outside.nanoClock());
    this.membership =
        new Membership(
            settings,
            outside,
            folder,
            group,
            book,
            peers,
            machine,
            driver,
            fetch,
            server,
            reads::confirmLeading,
            this::fatal);
    this.watch =
        new LeadershipWatch(
            group, server::isClosed, settings.name(), outside.nanoClock(), this::ratisClosed);
    this.succession =
        new Succession(
            new OwnBallot(group, membership::isRemoved, server::standAfter),
            peers::ask,
            leader -> book.find(leader.name()).filter(Succession::refuses).isPresent(),
            settings.electionMinMillis(),
            settings.name());
    this.stuck =
        new StuckConnections(
            group::silent,
            peers::ask,
            server::redial,
            outside.nanoClock(),
            settings.electionMaxMillis(),
            settings.name());
    this.submitter = thread("submit").newThread(() -> proposals.submitter(server::submit));
  }

  private ThreadFactory thread(String what) {
    return task -> {
      Thread thread = new Thread(task, settings.name() + "-" + what);
      thread.setDaemon(true);
      return thread;
    };
  }

  private void begin() throws IOException {
    server.start();
    submitter.start();
    names.start();
    membership.start();
    succession.start();
    stuck.start();
    var unused =
        timer.scheduleWithFixedDelay(
            this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    becomeReady();
  }

  private void redial(String name) {
    server.redial(name);
  }

  private void knows(Collection<ReplicaId> peers) {
    server.knows(peers);
  }

  private boolean isOpen() {
    return group.exists() && !closing.get();
  }

  private long lastAppliedTerm() {
    return driver.passed().term();
  }

  private void sweep() {
    try {
      proposals.sweep();
      reads.sweep();
    } catch (RuntimeException surprise) {
      LOG.error("{}: time-outs could not be handled", settings.name(), surprise);
    }
  }

  private void becomeReady() {
    Stages.onDone(
        reads.confirm(),
        (point, failure) -> {
          if (point instanceof ReadPoint.Confirmed) {
            ready.complete(null);
          } else if (!closing.get()) {
            var unused =
                timer.schedule(this::becomeReady, READY_RETRY_MILLIS, TimeUnit.MILLISECONDS);
          }
        });
  }

  // ---- the port

  @Override
  public List<CompletableFuture<Proposal<R>>> propose(long term, List<byte[]> commands) {
    return proposals.propose(term, commands);
  }

  @Override
  public CompletionStage<ReadPoint> confirmRead() {
    return membership.isRemoved()
        ? CompletableFuture.completedFuture(new ReadPoint.Unavailable("removed from the group"))
        : reads.confirm();
  }

  @Override
  public Leadership leadership() {
    return group.leadership();
  }

  @Override
  public void onLeadership(Consumer<Leadership> listener) {
    watch.add(listener);
  }

  @Override
  public void onTakeover(Consumer<Takeover> listener) {
    watch.addTakeover(listener);
  }

  @Override
  public long committedIndex() {
    return group.committedIndex();
  }

  @Override
  public CompletionStage<Void> ready() {
    return ready;
  }

  @Override
  public CompletionStage<Boolean> stepDown() {
    return group.leadership().leads()
        ? server.stepDown()
        : CompletableFuture.completedFuture(false);
  }

  @Override
  public Standing standing() {
    if (membership.isRemoved()) {
      return Standing.REMOVED;
    } else if (!group.exists()) {
      return Standing.OUTSIDE;
    }
    return group.voters().all().contains(group.own()) ? Standing.MEMBER : Standing.LEARNER;
  }

  @Override
  public CompletionStage<MembersChange> addMember(Member newcomer) {
    return inTime(
        membership.add(new Settings.Replica(newcomer.name(), newcomer.host(), newcomer.port())));
  }

  @Override
  public CompletionStage<MembersChange> removeMember(String name) {
    return inTime(membership.remove(name));
  }

  private static CompletionStage<MembersChange> inTime(CompletableFuture<MembersChange> change) {
    return change
        .exceptionally(failure -> new MembersChange.Unknown(String.valueOf(failure.getMessage())))
        .completeOnTimeout(
            new MembersChange.Unknown("not answered in time"),
            CHANGE_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  /** This replica's name in Raft, with its incarnation. For people to read. */
  public String incarnation() {
    return group.own().toString();
  }

  /** For tests: the members, as far as this replica knows. */
  Set<ReplicaId> members() {
    return group.exists() && !membership.isRemoved() ? group.voters().all() : Set.of();
  }

  /** For tests: where the group's configuration has the members. */
  Set<Settings.Replica> addresses() {
    return Set.copyOf(group.addresses());
  }

  /** For tests: where the log begins. */
  long firstIndex() {
    return group.firstIndex();
  }

  /** For tests: the group, once there is one. */
  RaftGroupId groupId() {
    return GroupIds.of(foundation());
  }

  /** For tests: which store this is, once it is known. */
  UUID foundation() {
    return folder.identity().foundation().orElseThrow();
  }

  // ---- what other replicas ask

  private CompletableFuture<Answer> answer(Question question) {
    if (question instanceof Question.Term q) {
      return done(isMe(q.target(), () -> new Answer.Term(group.term())));
    } else if (question instanceof Question.ReadPoint q) {
      return q.target().equals(group.own())
          ? reads
              .confirmFor(q.witness())
              .thenApply(point -> new Answer.ReadPoint(point.term(), point.index()))
          : done(new Answer.Refused("this is " + group.own()));
    } else if (question instanceof Question.Identify q) {
      q.caller().ifPresent(caller -> book.says(caller.who(), caller.at()));
      return done(membership.identified());
    } else if (question instanceof Question.Join q) {
      return membership.joinAsked(q);
    } else if (question instanceof Question.Leave q) {
      return membership.leaveAsked(q);
    } else if (question instanceof Question.WasRemoved q) {
      return isOf(q.foundation())
          ? wasRemoved(q.who())
          : done(new Answer.Refused("not of store " + q.foundation()));
    } else if (question instanceof Question.Misses q) {
      boolean missed =
          q.target().equals(group.own())
              && succession.misses(new Succession.Followed(q.leader(), q.term()), q.last());
      return done(missed ? new Answer.Done() : new Answer.Refused("not missed"));
    } else if (question instanceof Question.Agrees q) {
      return done(agrees(q));
    } else if (question instanceof Question.OpenCopy q) {
      return isOf(q.foundation()) && driver.isTrusted()
          ? Stages.on(exporting, () -> copies.open(q.minIndex()))
          : done(new Answer.Refused("no state of store " + q.foundation()));
    } else if (question instanceof Question.ReadCopy q) {
      return Stages.on(exporting, () -> copies.read(q.copy(), q.offset(), q.length()));
    }
    return done(new Answer.Refused("unknown question"));
  }

  private Answer isMe(ReplicaId target, java.util.function.Supplier<Answer> answer) {
    return target.equals(group.own()) ? answer.get() : new Answer.Refused("this is " + group.own());
  }

  private boolean isOf(UUID store) {
    return folder.identity().foundation().filter(store::equals).isPresent();
  }

  /** Only who leads for certain, after it was asked, knows of every change up to then. */
  private CompletableFuture<Answer> wasRemoved(ReplicaId who) {
    return reads
        .confirmLeading()
        .thenApply(
            confirmed -> {
              Voters voters = group.voters();
              return voters.isStable() && !voters.current().contains(who)
                  ? new Answer.Done()
                  : new Answer.Refused(who + " is a member, or a change is under way");
            });
  }

  /** The log that was founded upon a copy has the same terms and indexes as its parent. */
  private Answer agrees(Question.Agrees state) {
    Position position = state.position();
    boolean known =
        driver.isTrusted()
            && machine.lineage().filter(state.lineage()::equals).isPresent()
            && (position.equals(driver.passed())
                || group.logHas(position.term(), position.index()));
    return known ? new Answer.Done() : new Answer.Refused("not in the log here: " + state);
  }

  private static CompletableFuture<Answer> done(Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  // ---- what Ratis tells

  private final class DriverEvents implements Driver.Events {
    @Override
    public void leadershipChanged() {
      watch.poke();
    }

    @Override
    public void membersChanged(List<ReplicaId> members, List<Settings.Replica> addresses) {
      try {
        folder.change(now -> now.withMembers(members, addresses));
      } catch (IOException lost) {
        fatal(lost);
      }
    }

    @Override
    public void groupClosed() {
      ratisClosed(new IllegalStateException("Ratis closed the group of " + group.own()));
    }

    @Override
    public void fatal(Throwable cause) {
      RatisLog.this.fatal(cause);
    }

    @Override
    public CompletableFuture<Position> fetchCopy(ReplicaId leader, Position first) {
      return Stages.on(
          fetching,
          () -> {
            try {
              return fetch.continueAt(driver, leader, first);
            } catch (Exception failed) {
              LOG.warn("{}: no copy from {}: {}", group.own(), leader, failed.getMessage());
              // Ratis asks again at once.
              TimeUnit.MILLISECONDS.sleep(READY_RETRY_MILLIS);
              throw failed;
            }
          });
    }
  }

  private void ratisClosed(Throwable cause) {
    if (!closing.get() && closedByRatis.compareAndSet(false, true)) {
      Stages.onDone(
          membership.closedByRatis(),
          (removed, failure) -> {
            if (failure != null || !removed) {
              fatal(cause);
            }
          });
    }
  }

  private void fatal(Throwable cause) {
    if (!closing.get() && dead.compareAndSet(false, true)) {
      LOG.error("{} cannot go on", group.own(), cause);
      outside.onFatal().accept(cause);
    }
  }

  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    succession.close();
    stuck.close();
    membership.close();
    watch.close();
    reads.close();
    proposals.close();
    server.close();
    names.close();
    peers.close();
    fetching.shutdownNow();
    exporting.shutdownNow();
    timer.shutdownNow();
    answers.shutdown();
    try {
      folder.close();
    } catch (IOException failed) {
      LOG.warn("{}: the folder could not be released", group.own(), failed);
    }
  }
}
