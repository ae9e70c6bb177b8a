package com.pygmy.replication.ratis;

import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Answer.Identified;
import com.pygmy.replication.ratis.PeerProtocol.Caller;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import com.pygmy.replication.ratis.Settings.Replica;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the other replicas who they are, and to join. Notes in the {@link PeerBook} where they
 * answer. Blocks, for a bounded time.
 */
final class Neighbours {
  private static final Logger LOG = LoggerFactory.getLogger(Neighbours.class);
  private static final long ASK_MILLIS = 1_000;
  private static final long JOIN_MILLIS = 10_000;

  private final PeerCalls peers;
  private final PeerBook book;
  private final Caller own;
  private final Function<String, Optional<ReplicaId>> members;

  /**
   * @param own this replica, as its conf says where it is reached
   * @param members the id under which the group has the member of this name, if it is known
   */
  Neighbours(
      PeerCalls peers, PeerBook book, Caller own, Function<String, Optional<ReplicaId>> members) {
    this.peers = peers;
    this.book = book;
    this.own = own;
    this.members = members;
  }

  /**
   * Those that answer, by name, wherever they may be. Of several of one name the member itself is
   * meant: what answers at its old address has not its id, unless it runs twice, and then neither
   * is. Whoever has another id is taken notice of where that name was seen before, or the conf or
   * the group's configuration has it, and not where it says itself.
   */
  Map<String, Identified> identify() throws InterruptedException {
    Map<Replica, CompletableFuture<Answer>> asked = new LinkedHashMap<>();
    List<String> names = book.others();
    for (String name : names) {
      book.candidates(name).forEach(at -> asked.put(at, askWho(at)));
    }
    Map<String, Identified> seen = new LinkedHashMap<>();
    for (String name : names) {
      Optional<Sighting> found = find(name, asked);
      found.ifPresent(
          it -> {
            seen.put(name, it.who());
            book.answers(it.at());
          });
    }
    return seen;
  }

  private record Sighting(Identified who, Replica at) {}

  private Optional<Sighting> find(String name, Map<Replica, CompletableFuture<Answer>> asked)
      throws InterruptedException {
    Optional<ReplicaId> member = members.apply(name);
    List<Sighting> same = new ArrayList<>();
    Optional<Sighting> best = Optional.empty();
    for (Map.Entry<Replica, CompletableFuture<Answer>> entry : asked.entrySet()) {
      Replica at = entry.getKey();
      if (at.name().equals(name)
          && answer(name, entry.getValue(), ASK_MILLIS) instanceof Identified other
          && other.id().name().equals(name)) {
        if (member.filter(other.id()::equals).isPresent()) {
          same.add(new Sighting(other, at));
        } else if (best.isEmpty() && book.expects(at)) {
          best = Optional.of(new Sighting(other, at));
        }
      }
    }
    if (isTwice(name, same)) {
      return Optional.empty();
    }
    return same.isEmpty() ? best : Optional.of(same.get(0));
  }

  private boolean isTwice(String name, List<Sighting> same) {
    boolean twice =
        same.stream().map(one -> one.who().run()).filter(run -> run != 0).distinct().count() > 1;
    if (book.isTwice(name, twice)) {
      if (twice) {
        LOG.error(
            "{} runs twice, at {}: neither is dialled. Stop the one with the older data for good,"
                + " and remove its folder",
            same.get(0).who().id(),
            same.stream().map(one -> one.at().address()).toList());
      } else {
        LOG.info("{} does not run twice any more", name);
      }
    }
    return twice;
  }

  private CompletableFuture<Answer> askWho(Replica at) {
    return peers.askAt(at, new Question.Identify(Optional.of(own)), ASK_MILLIS);
  }

  /** Does exactly this replica answer at this address? */
  boolean answersAt(ReplicaId who, Replica at) throws InterruptedException {
    return identify(at) instanceof Identified there && there.id().equals(who);
  }

  /** This replica, as its conf says it. */
  Replica own() {
    return own.at();
  }

  /** Who answers at one address; a {@link Answer.Silence} if nobody does. */
  Answer identify(Replica at) throws InterruptedException {
    return answer(at.name(), askWho(at), ASK_MILLIS);
  }

  /** {@link Answer.Done} when it has joined, a {@link Answer.Silence} when nobody knows. */
  Answer askToJoin(
      Replica at, ReplicaId who, UUID foundation, List<ReplicaId> founders, String base)
      throws InterruptedException {
    Question join = new Question.Join(who, foundation, founders, base);
    Answer answer = answer(who.name(), peers.askAt(at, join, JOIN_MILLIS), JOIN_MILLIS);
    if (!(answer instanceof Answer.Done)) {
      LOG.warn("{} does not join: {}", who, answer);
    }
    return answer;
  }

  /**
   * Does a leader of this store, confirmed as such, say that this member was removed?
   *
   * @param also asked, whether it is known here or not
   */
  boolean sayRemoved(ReplicaId who, UUID foundation, Optional<Replica> also)
      throws InterruptedException {
    Question question = new Question.WasRemoved(who, foundation);
    List<Replica> all = new ArrayList<>(book.dialled());
    also.filter(teller -> !teller.name().equals(who.name())).ifPresent(all::add);
    Map<String, CompletableFuture<Answer>> asked = new LinkedHashMap<>();
    for (Replica replica : all) {
      asked.computeIfAbsent(replica.address(), at -> peers.askAt(replica, question, ASK_MILLIS));
    }
    for (Map.Entry<String, CompletableFuture<Answer>> entry : asked.entrySet()) {
      if (answer(entry.getKey(), entry.getValue(), ASK_MILLIS) instanceof Answer.Done) {
        LOG.info("{} says that {} was removed", entry.getKey(), who);
        return true;
      }
    }
    return false;
  }

  /** The names of those members that answer under exactly their ids; {@code own} does. */
  List<String> answering(List<ReplicaId> members, ReplicaId own) throws InterruptedException {
    Map<ReplicaId, CompletableFuture<Answer>> asked = new LinkedHashMap<>();
    for (ReplicaId member : members) {
      asked.put(
          member,
          member.equals(own)
              ? CompletableFuture.completedFuture(new Answer.Term(0))
              : peers.ask(member.name(), new Question.Term(member), ASK_MILLIS));
    }
    List<String> answering = new ArrayList<>();
    for (Map.Entry<ReplicaId, CompletableFuture<Answer>> entry : asked.entrySet()) {
      String name = entry.getKey().name();
      if (answer(name, entry.getValue(), ASK_MILLIS) instanceof Answer.Term) {
        answering.add(name);
      }
    }
    return answering;
  }

  /** Has one ask whether it was removed, which it does by itself sooner or later. */
  void tellRemoved(Replica at, ReplicaId who, UUID foundation, ReplicaId teller) {
    Replica own = book.address(teller.name());
    Stages.onDone(
        peers.askAt(at, new Question.Leave(who, foundation, own), ASK_MILLIS),
        (answer, failure) ->
            LOG.info(
                "{} was told to ask whether it is removed: {}",
                who,
                failure == null ? answer : failure));
  }

  /** Nobody answered in time. */
  static boolean isSilence(Answer answer) {
    return answer instanceof Answer.Silence;
  }

  private static Answer answer(String name, CompletableFuture<Answer> asked, long millis)
      throws InterruptedException {
    try {
      return asked.get(millis * 2, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException silent) {
      LOG.debug("{} does not answer: {}", name, silent.getMessage());
      return new Answer.Silence(String.valueOf(silent.getMessage()));
    }
  }
}
