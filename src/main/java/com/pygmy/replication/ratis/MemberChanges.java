package com.pygmy.replication.ratis;

import com.pygmy.replication.Leadership;
import com.pygmy.replication.Member;
import com.pygmy.replication.MembersChange;
import com.pygmy.replication.MembersChange.Done;
import com.pygmy.replication.MembersChange.NotLeader;
import com.pygmy.replication.MembersChange.Refused;
import com.pygmy.replication.MembersChange.Unavailable;
import com.pygmy.replication.Position;
import com.pygmy.replication.ratis.Identity.Stage;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Answer.Identified;
import com.pygmy.replication.ratis.Settings.Replica;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the members while this replica leads. <em>The conf says how to reach replicas; the group
 * says who votes</em>: nobody is added or removed for being named in a conf, or not.
 *
 * <p><b>Adding.</b> The newcomer is asked to join as a learner, under an id that has never voted;
 * it catches up; then one change of configuration gives it a vote (joint consensus: it takes a
 * majority of the old members and one of the new). When the leader dies in between, the newcomer is
 * a learner that nobody leads, and waits: asking the next leader for the same goes on from there.
 *
 * <p><b>Removing.</b> One change of configuration, when a majority of the rest answers. Then the
 * removed one is told to ask whether it was; one that could not be told asks when it misses its
 * leader. It believes a leader of its store that was confirmed after it had asked, as such a one
 * knows of every change up to then; then it writes down that it never votes again under its id, and
 * closes its log. Until it does, its pre-votes are refused by everybody who hears the leader.
 *
 * <p><b>Return.</b> A replica that lost its folder is FRESH under a new id. The leader sees, at the
 * address of a member, an id that is not the one of the configuration, and replaces the old id by
 * the new one like an addition and a removal in one. Without a leader nothing is changed: to let
 * the newcomer vote could make a majority without the confirmed entries. A removed replica that is
 * added again comes under a new id, too: no id that had a vote and lost it ever gets one again.
 *
 * <p><b>Moving.</b> A member says itself where it is reached, to everybody whom it knows. When it
 * answers there under the very id that the configuration has, the leader has the configuration say
 * so: the same ids, other addresses. Whoever has the name but not the id, hence not the log, moves
 * nothing.
 *
 * <p>People are answered only after a majority has confirmed this replica's leadership.
 *
 * <p>One thread.
 */
final class MemberChanges {
  private static final Logger LOG = LoggerFactory.getLogger(MemberChanges.class);

  /** A change that takes longer is answered "under way". */
  private static final long WAIT_MILLIS = 3_000;

  private static final long CONFIRM_MILLIS = 2_000;

  private final Folder folder;
  private final Group group;
  private final PeerBook book;
  private final Neighbours neighbours;
  private final Membership.Ratis ratis;
  private final Complaints complaints;
  private final Supplier<CompletableFuture<Position>> confirm;
  private CompletableFuture<Void> change = CompletableFuture.completedFuture(null);
  private String changing = "";

  /**
   * @param confirm ends with the term in which this replica leads for certain, or fails
   */
  MemberChanges(
      Folder folder,
      Group group,
      PeerBook book,
      Neighbours neighbours,
      Membership.Ratis ratis,
      Complaints complaints,
      Supplier<CompletableFuture<Position>> confirm) {
    this.folder = folder;
    this.group = group;
    this.book = book;
    this.neighbours = neighbours;
    this.ratis = ratis;
    this.complaints = complaints;
    this.confirm = confirm;
  }

  // ---- members that lost their folder

  /** Lets members in that are new at their address. */
  void letIn(Map<String, Identified> seen) throws InterruptedException {
    Voters voters = group.voters();
    if (!change.isDone() || !voters.isStable()) {
      return;
    }
    for (Identified other : seen.values()) {
      Optional<ReplicaId> old = voters.named(other.id().name());
      if (old.isEmpty() || old.get().equals(other.id())) {
        continue;
      }
      Optional<String> obstacle = obstacle(other);
      if (obstacle.isEmpty() && answersElsewhere(old.get())) {
        obstacle = Optional.of(old.get() + " answers where it is");
      }
      if (obstacle.isPresent()) {
        complaints.about(folder.identity().id(), "does not let in: " + obstacle.get(), seen);
      } else if (other.stage() == Stage.FRESH) {
        LOG.info("{} is new at its address: it is asked to join and catch up", other.id());
        Replica at = book.address(other.id().name());
        var unused = neighbours.askToJoin(at, other.id(), foundation(), List.of(), base());
      } else {
        begin(voters, old, Optional.of(new Newcomer(other.id(), book.address(old.get().name()))));
        return; // one change at a time
      }
    }
  }

  /** Why this id may not get a vote. */
  private Optional<String> obstacle(Identified other) {
    if (other.stage() == Stage.REMOVED || (other.wasMember() && other.stage() == Stage.JOINED)) {
      return Optional.of(
          other.id() + " was a member before and lost its vote; start it again with a new id");
    } else if (other.foundation().filter(f -> !f.equals(foundation())).isPresent()) {
      return Optional.of(other.id() + " belongs to another store, " + other.foundation().get());
    }
    return Optional.empty();
  }

  /**
   * The conf here may be old, and what is at its address may be what was removed: the member may be
   * where the configuration has it, or where it says that it is by now.
   */
  private boolean answersElsewhere(ReplicaId member) throws InterruptedException {
    Replica dialled = book.address(member.name());
    List<Replica> elsewhere = new ArrayList<>(group.addresses());
    book.said(member).ifPresent(elsewhere::add);
    for (Replica at : elsewhere) {
      if (at.name().equals(member.name())
          && !at.address().equals(dialled.address())
          && neighbours.answersAt(member, at)) {
        return true;
      }
    }
    return false;
  }

  private UUID foundation() {
    return folder.identity().foundation().orElseThrow();
  }

  private String base() {
    return folder.identity().base();
  }

  // ---- members that moved

  /** Has the configuration say where the members are now. */
  void readdress() throws InterruptedException {
    Voters voters = group.voters();
    if (isChanging(voters)) {
      return;
    }
    List<Newcomer> from = new ArrayList<>();
    List<Newcomer> to = new ArrayList<>();
    for (ReplicaId member : voters.current()) {
      from.add(new Newcomer(member, book.configuredAddress(member.name())));
      to.add(new Newcomer(member, home(member)));
    }
    if (!to.equals(from)) {
      List<Replica> homes = to.stream().map(Newcomer::at).toList();
      LOG.info("Members have moved: they are at {}", homes);
      begin("move", from, to, homes);
    }
  }

  /** Where it was, if it answers there; otherwise where it says that it is, if it answers there. */
  private Replica home(ReplicaId member) throws InterruptedException {
    Replica configured = book.configuredAddress(member.name());
    Optional<Replica> word =
        member.equals(group.own()) ? Optional.of(neighbours.own()) : book.said(member);
    return word.isPresent()
            && !word.get().equals(configured)
            && !neighbours.answersAt(member, configured)
            && neighbours.answersAt(member, word.get())
        ? word.get()
        : configured;
  }

  // ---- asked for by people

  /** Ends when the leadership is confirmed, or the change ends, or is answered "under way". */
  CompletableFuture<MembersChange> add(Replica wanted) throws InterruptedException {
    Optional<MembersChange> notNow = unconfirmed();
    if (notNow.isPresent()) {
      return done(notNow.get());
    }
    Voters voters = group.voters();
    String what = "add " + wanted;
    if (isChanging(voters)) {
      return underWay(what);
    }
    if (voters.named(wanted.name()).isPresent()) {
      Replica at = book.address(wanted.name());
      return done(
          at.address().equals(wanted.address())
              ? new Done(members())
              : new Refused(wanted.name() + " is a member already, at " + at.address()));
    }
    Optional<Member> neighbour =
        members().stream().filter(m -> m.address().equals(wanted.address())).findFirst();
    if (neighbour.isPresent()) {
      return done(new Refused(wanted.address() + " is the address of " + neighbour.get().name()));
    }
    if (voters.current().size() >= Member.MAX_MEMBERS) {
      return done(new Refused("there are " + Member.MAX_MEMBERS + " members, which is the most"));
    }
    Answer answer = neighbours.identify(wanted);
    if (Neighbours.isSilence(answer)) {
      return done(
          new Unavailable(
              wanted.name() + " does not answer at " + wanted.address() + ": start it"));
    } else if (!(answer instanceof Identified newcomer)) {
      return done(new Refused("at " + wanted.address() + " answers " + answer));
    } else {
      return add(wanted, newcomer, voters, what);
    }
  }

  private CompletableFuture<MembersChange> add(
      Replica wanted, Identified newcomer, Voters voters, String what) throws InterruptedException {
    if (!newcomer.id().name().equals(wanted.name())) {
      return done(new Refused("at " + wanted.address() + " answers " + newcomer.id().name()));
    }
    Optional<String> obstacle = obstacle(newcomer);
    if (obstacle.isPresent()) {
      if (newcomer.foundation().equals(folder.identity().foundation())) {
        neighbours.tellRemoved(wanted, newcomer.id(), foundation(), group.own());
      }
      return done(new Refused(obstacle.get()));
    }
    if (newcomer.stage() != Stage.JOINED) {
      Answer joined = neighbours.askToJoin(wanted, newcomer.id(), foundation(), List.of(), base());
      if (!(joined instanceof Answer.Done)) {
        return done(new Unavailable(wanted.name() + " does not join: " + joined));
      }
    }
    begin(voters, Optional.empty(), Optional.of(new Newcomer(newcomer.id(), wanted)));
    changing = what;
    return underWay(what);
  }

  /** Ends when the leadership is confirmed, or the change ends, or is answered "under way". */
  CompletableFuture<MembersChange> remove(String name) throws InterruptedException {
    Optional<MembersChange> notNow = unconfirmed();
    if (notNow.isPresent()) {
      return done(notNow.get());
    }
    Voters voters = group.voters();
    String what = "remove " + name;
    if (isChanging(voters)) {
      return underWay(what);
    }
    Optional<ReplicaId> member = voters.named(name);
    if (member.isEmpty()) {
      return done(new MembersChange.NoSuchMember());
    }
    List<ReplicaId> rest =
        voters.current().stream().filter(id -> !id.equals(member.get())).toList();
    if (rest.isEmpty()) {
      return done(new Refused(name + " is the last member"));
    }
    List<String> live = neighbours.answering(rest, group.own());
    if (live.size() * 2 <= rest.size()) {
      return done(
          new Refused(
              "without "
                  + name
                  + " there would be no majority: of the other "
                  + rest.size()
                  + " only "
                  + live
                  + " answer"));
    }
    if (member.get().equals(group.own())) {
      return ratis
          .stepDown()
          .thenApply(
              handedOn ->
                  handedOn
                      ? new NotLeader(Optional.empty())
                      : new Unavailable(name + " leads, and nobody can take the leadership over"));
    }
    Replica at = book.address(name);
    begin(voters, member, Optional.empty());
    changing = what;
    Stages.onDone(
        change,
        (removed, failure) -> {
          if (failure == null) {
            neighbours.tellRemoved(at, member.get(), foundation(), group.own());
          }
        });
    return underWay(what);
  }

  /**
   * Why nothing may be said of the members: a leader of the past would say what was once so, and
   * who is told "no such member" stops a process that votes.
   */
  private Optional<MembersChange> unconfirmed() throws InterruptedException {
    if (!group.leadership().ready()) {
      return Optional.of(new NotLeader(group.leadership().leader()));
    }
    try {
      Position confirmed = confirm.get().get(CONFIRM_MILLIS, TimeUnit.MILLISECONDS);
      Leadership now = group.leadership();
      return now.ready() && now.term() == confirmed.term()
          ? Optional.empty()
          : Optional.of(new NotLeader(now.leader()));
    } catch (ExecutionException | TimeoutException silent) {
      return Optional.of(
          new Unavailable("no majority confirms that " + group.own().name() + " leads: ask again"));
    }
  }

  // ---- one change at a time

  private record Newcomer(ReplicaId id, Replica at) {}

  private boolean isChanging(Voters voters) {
    return !change.isDone() || !voters.isStable();
  }

  private void begin(Voters voters, Optional<ReplicaId> leaving, Optional<Newcomer> coming) {
    List<Newcomer> from =
        voters.current().stream()
            .map(id -> new Newcomer(id, book.configuredAddress(id.name())))
            .sorted(Comparator.comparing(n -> n.id().toString()))
            .toList();
    List<Newcomer> to = new ArrayList<>(from);
    leaving.ifPresent(id -> to.removeIf(member -> member.id().equals(id)));
    coming.ifPresent(
        newcomer -> {
          to.add(newcomer);
          book.answers(newcomer.at()); // no configuration has it yet, and a conf may be wrong
        });
    List<ReplicaId> after = to.stream().map(Newcomer::id).toList();
    LOG.info("The members become {}, they were {}", after, voters.current());
    begin("replace " + leaving.map(ReplicaId::toString).orElse(""), from, to, after);
  }

  private void begin(String what, List<Newcomer> from, List<Newcomer> to, Object after) {
    changing = what;
    change = ratis.changeMembers(addresses(from), addresses(to));
    Stages.onDone(
        change,
        (done, failure) -> {
          if (failure == null) {
            LOG.info("The members are {}", after);
          } else {
            LOG.warn("The members are not {} yet: {}", after, failure.getMessage());
          }
        });
  }

  private static Map<ReplicaId, Replica> addresses(List<Newcomer> members) {
    Map<ReplicaId, Replica> addresses = new LinkedHashMap<>();
    members.forEach(member -> addresses.put(member.id(), member.at()));
    return addresses;
  }

  /** What becomes of the change that is under way, if it is this one. */
  private CompletableFuture<MembersChange> underWay(String what) {
    if (!changing.equals(what)) {
      String other = change.isDone() ? "begun by an earlier leader" : changing;
      return done(new Unavailable("another change is under way: " + other));
    }
    return change
        .handle(
            (committed, failure) ->
                failure == null
                    ? new Done(members())
                    : (MembersChange)
                        new MembersChange.Unknown(String.valueOf(failure.getMessage())))
        .completeOnTimeout(
            new MembersChange.UnderWay(members()), WAIT_MILLIS, TimeUnit.MILLISECONDS);
  }

  private List<Member> members() {
    return group.voters().current().stream()
        .map(id -> book.address(id.name()))
        .map(at -> new Member(at.name(), at.host(), at.port()))
        .sorted(Comparator.comparing(Member::name))
        .toList();
  }

  private static CompletableFuture<MembersChange> done(MembersChange outcome) {
    return CompletableFuture.completedFuture(outcome);
  }
}
