package com.pygmy.sim;

import static com.pygmy.sim.Scenario.MILLI;

import com.pygmy.coherence.CoherenceMessage.Ack;
import com.pygmy.coherence.CoherenceMessage.Grant;
import com.pygmy.coherence.CoherenceMessage.Renew;
import com.pygmy.coherence.CoherenceMessage.Resume;
import com.pygmy.coherence.CoherenceMessage.Suspend;
import com.pygmy.coherence.CoherenceMessage.ToHolder;
import com.pygmy.coherence.Fetches;
import com.pygmy.coherence.Spoken;
import com.pygmy.coherence.Timing;
import com.pygmy.coherence.View;
import com.pygmy.coherence.ViewLease;
import com.pygmy.coherence.ViewLease.Verdict;
import com.pygmy.domain.Book;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A frontend: the real {@link ViewLease} and {@link Fetches}, with caches and readers. */
final class Frontend {
  private static final int MAX_KEYS = 4;
  private static final int ATTEMPTS = 4;

  /** A read under way: what it asks for, and what was visible when it arrived. */
  static final class Read {
    final View key;
    final int visible;
    int fetches;

    Read(View key, int visible) {
      this.key = key;
      this.visible = visible;
    }
  }

  final Node node;
  private final World world;
  private final HolderLies lies;
  private ViewLease lease;
  private Fetches<View, Read> fetches;
  private Map<View, List<Copy>> copies;

  /** The fetch in flight of each key, by number: a reply that comes too late is none of it. */
  private Map<View, Long> flights;

  private long lastFlight;
  private long lastRequest;
  private Replica supposedLeader;

  Frontend(World world, String name) {
    this.world = world;
    node = new Node(world, name);
    lies = new HolderLies(world, this);
    begin();
  }

  private void begin() {
    boolean isNew = lease == null || !world.lies(Mutation.NAME_REUSED);
    lease = new ViewLease(isNew ? node.name + "#" + node.starts() : lease.holder(), "store");
    fetches = new Fetches<>();
    copies = new HashMap<>();
    flights = new HashMap<>();
    lies.begin(lease);
    if (world.lies(Mutation.CLOCK_DRIFTS)) {
      node.drift(-250_000);
    }
    node.later(world.dice.between(0, 5 * MILLI), this::renewOn);
    node.later(world.dice.between(0, world.scenario.readEvery), this::readOn);
  }

  void crash() {
    world.tally.count(Tally.Of.LEASES_LOST, lease.losses());
    node.crash();
  }

  void restart() {
    node.restart();
    begin();
  }

  /** The run is over. */
  void end() {
    world.tally.count(Tally.Of.LEASES_LOST, lease.losses());
  }

  String holder() {
    return lease.holder();
  }

  /** The number of the last request for a lease. */
  long lastRequest() {
    return lastRequest;
  }

  private void renewOn() {
    Renew renew = lease.renew(node.clock());
    lastRequest = renew.request();
    if (supposedLeader == null || world.isCalm || world.dice.chance(0.4)) {
      supposedLeader = world.supposedLeader();
    }
    Replica to = supposedLeader;
    world.network.send(
        node,
        to.node,
        () -> {
          if (to.leader() != null) {
            world.note(() -> to.node + " hears: " + Spoken.of(renew));
            to.leader().asked(renew);
          }
        });
    node.later(Timing.RENEW_MILLIS * MILLI, this::renewOn);
  }

  /** A leader's message came in. */
  void hear(Leader from, ToHolder sent) {
    ToHolder message = lies.heard(sent);
    long now = node.clock();
    if (message instanceof Grant grant) {
      world.tally.count(Tally.Of.GRANTS);
      lease.granted(grant, lies.processedAt(now));
    } else if (message instanceof Suspend suspend) {
      world.tally.count(Tally.Of.SUSPENDS_HEARD);
      lies.suspend(suspend).ifPresent(ack -> send(from, ack));
    } else if (message instanceof Resume resume && lease.resume(resume)) {
      world.tally.count(Tally.Of.RESUMES_OBEYED);
      for (Book book : resume.fresh()) {
        View key = new View.OfBook(book.id());
        keep(key, new Copy(book, resume.index(), resume.index()));
      }
    }
    lies.taken(message);
    world.note(
        () -> node + " hears " + Spoken.of(message) + (lease.isValid(now) ? "" : " (no lease)"));
    world.truth.lastChange().forEach(this::requireFresh);
  }

  private void send(Leader to, Ack ack) {
    world.network.send(
        node,
        to.replica.node,
        () -> {
          Leader leader = to.replica.leader(Math.toIntExact(ack.term()));
          if (leader != null) {
            leader.acknowledged(ack);
          }
        });
  }

  /** Whatever copies there are: none may be served that lacks the change at {@code index}. */
  void requireFresh(View view, int index) {
    if (node.isUp() && lease.check(view, index - 1, node.clock()) == Verdict.SERVE) {
      throw new Violation(
          Violation.Of.STALE_IF_HELD,
          "%s would serve %s as of %d, which changed at %d"
              .formatted(node, Spoken.of(view), index - 1, index));
    }
  }

  /** Does every cache serve a copy as of now? */
  boolean servesAll() {
    for (View view : world.truth.lastChange().keySet()) {
      if (lease.check(view, world.log.committed(), node.clock()) != Verdict.SERVE) {
        return false;
      }
    }
    return true;
  }

  private void readOn() {
    View key =
        world.dice.chance(0.7)
            ? new View.OfBook(Commands.someBook(world))
            : new View.OfTopic(Commands.someTopic(world));
    Read read = new Read(key, world.log.committed());
    Copy copy = SharedMap.some(world, copies, key);
    long now = node.clock();
    if (world.dice.chance(0.2)) { // another thread comes in after the look at the clock
      node.later(world.dice.between(0, 5 * MILLI), () -> lookUp(read, copy, now));
    } else {
      lookUp(read, copy, now);
    }
    node.later(world.dice.between(0, 2 * world.scenario.readEvery), this::readOn);
  }

  private void lookUp(Read read, Copy copy, long now) {
    if (copy != null && permits(read.key, copy, now)) {
      world.tally.count(Tally.Of.READS_FROM_CACHE);
      serve("cache", read, copy);
    } else if (world.dice.chance(0.5)) {
      Copy shared = world.sharedMap.get(read.key); // of now: may be old when it comes
      node.later(world.dice.between(0, 10 * MILLI), () -> lookUpShared(read, shared));
    } else {
      fetch(read);
    }
  }

  private void lookUpShared(Read read, Copy copy) {
    if (copy != null && permits(read.key, copy, node.clock())) {
      world.tally.count(Tally.Of.READS_FROM_SHARED_MAP);
      serve("shared map", read, copy);
      keep(read.key, copy);
    } else {
      fetch(read);
    }
  }

  private boolean permits(View key, Copy copy, long now) {
    long stamp = world.lies(Mutation.NO_STAMP_RULE) ? Long.MAX_VALUE : copy.asOf();
    return lease.check(copy.viewOf(key), stamp, now) == Verdict.SERVE;
  }

  private void serve(String from, Read read, Copy copy) {
    world.note(
        () ->
            "%s answers %s from %s, as of %d, to a read that saw %d"
                .formatted(node, Spoken.of(read.key), from, copy.asOf(), read.visible));
    world.truth.check(node + "'s " + from, read.key, copy, read.visible);
  }

  private void keep(View key, Copy copy) {
    SharedMap.keep(world, copies, key, copy);
  }

  private void fetch(Read read) {
    if (flights.containsKey(read.key) && lies.joins(read)) {
      return;
    }
    fetches.join(read.key, read);
    fetchOn();
  }

  private void fetchOn() {
    List<View> keys = fetches.start(MAX_KEYS);
    if (keys.isEmpty()) {
      return;
    }
    long flight = ++lastFlight;
    keys.forEach(key -> flights.put(key, flight));
    Replica replica = world.replicas.get(world.dice.below(world.replicas.size()));
    int start = node.starts();
    world.network.send(
        node,
        replica.node,
        () ->
            replica.fetch(
                keys,
                (found, from) ->
                    world.network.send(
                        from.node, node, start, () -> fetched(flight, keys, found))));
    node.later(world.scenario.timeOut, () -> landed(flight, keys, null));
  }

  private void fetched(long flight, List<View> keys, List<Copy> found) {
    for (int i = 0; i < keys.size(); i++) {
      keep(keys.get(i), found.get(i));
      world.sharedMap.put(keys.get(i), found.get(i));
    }
    landed(flight, keys, found);
  }

  /** A fetch has ended, with what it found or with null. */
  private void landed(long flight, List<View> keys, List<Copy> found) {
    List<Read> again = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      View key = keys.get(i);
      if (!flights.remove(key, flight)) {
        continue;
      }
      List<Read> reads = new ArrayList<>(fetches.landed(key));
      reads.addAll(lies.joined(key));
      for (Read read : reads) {
        if (found != null) {
          world.tally.count(Tally.Of.READS_FETCHED);
          serve("fetch", read, found.get(i));
        } else if (++read.fetches < ATTEMPTS) {
          again.add(read);
        } else {
          world.tally.count(Tally.Of.READS_GIVEN_UP);
        }
      }
    }
    again.forEach(read -> fetches.join(read.key, read));
    fetchOn();
  }

  Optional<Ack> obey(Suspend suspend) {
    return lease.suspend(suspend);
  }
}
