package com.pygmy.frontend;

import com.pygmy.cluster.Bus;
import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Catalog;
import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Effect;
import com.pygmy.domain.EntryChanges;
import com.pygmy.domain.Line;
import com.pygmy.domain.Order;
import com.pygmy.domain.Outcome;
import com.pygmy.domain.Purchase;
import com.pygmy.domain.Recorded;
import com.pygmy.domain.Shelf;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Answer;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.MembersAnswer;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import com.pygmy.wire.Message.Voter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A catalog and order service in memory, with the real rules and none of the replication: every
 * replica shares the one state, unless a test has it answer otherwise.
 */
final class FakeStore {

  private final Bus bus;
  private final ReplicaDirectory directory;
  private Catalog catalog = new Catalog();
  private final Map<String, Recorded> outcomes = new HashMap<>();
  private final List<Order> orders = new ArrayList<>();
  private final List<EntryChanges> changes = new ArrayList<>();
  private final List<ReplicaState> replicas = new ArrayList<>();
  private final List<Voter> voters = new ArrayList<>(List.of(new Voter("c1", "127.0.0.1", 9081)));
  private long index;
  private String storeId = "store";

  /** Every request that a replica got, {@code name} first. */
  final List<Map.Entry<String, Message>> seen = new CopyOnWriteArrayList<>();

  FakeStore(Bus bus, ReplicaDirectory directory) {
    this.bus = bus;
    this.directory = directory;
  }

  /** Puts a book on the shelf. */
  synchronized FakeStore book(int id, String title, String topic, long priceCents, int stock) {
    Book.NewBook book =
        new Book.NewBook(Optional.of(new BookId(id)), title, "An Author", topic, priceCents, stock);
    decide(new Command.AddBooks("seed-" + id, index, List.of(book), false));
    return this;
  }

  /** Starts a replica that answers as it should. */
  Future<?> replica(Service service, String name) {
    return replica(service, name, this::answer);
  }

  /** Starts a replica that answers as the test wants it to. */
  Future<?> replica(Service service, String name, Function<Message, Future<Message>> handler) {
    announce(service, name, true);
    return bus.serve(
        service,
        name,
        request -> {
          seen.add(Map.entry(name, request));
          return handler.apply(request);
        });
  }

  /** Lets the directory know of a replica, on a node of the same name. */
  synchronized void announce(Service service, String name, boolean ready) {
    replicas.removeIf(r -> r.service() == service && r.replica().equals(name));
    boolean first = replicas.stream().noneMatch(r -> r.service() == Service.CATALOG);
    Role role = service == Service.ORDER ? Role.SERVING : first ? Role.LEADER : Role.FOLLOWER;
    replicas.add(
        new ReplicaState(
            name, service, role, 3, Math.max(index, 1), ready, Optional.of(storeId), ""));
    heartbeat();
  }

  /** What the nodes would publish. */
  synchronized void heartbeat() {
    Map<String, List<ReplicaState>> byNode = new HashMap<>();
    replicas.forEach(r -> byNode.computeIfAbsent(r.replica(), n -> new ArrayList<>()).add(r));
    byNode.forEach(
        (node, states) ->
            directory.heard(
                new Heartbeat(
                    node,
                    "incarnation",
                    Optional.of("http://127.0.0.1/" + node),
                    node.equals("n1"),
                    List.copyOf(states))));
  }

  /** What a healthy replica answers. */
  synchronized Future<Message> answer(Message request) {
    return Future.succeededFuture(answered(request));
  }

  synchronized Book stored(int id) {
    return catalog.shelf().find(new BookId(id)).orElseThrow();
  }

  synchronized long index() {
    return index;
  }

  /** A unit is sold; answers the book as it is since. */
  synchronized Book sell(int id, String key) {
    Purchase purchase = new Purchase(List.of(new Line(new BookId(id), 1)), Optional.empty());
    decide(new Command.PlaceOrder(key, index, purchase));
    return stored(id);
  }

  /** Everything was wiped, and another store is founded: empty, its log short. */
  synchronized void foundAnew(String other) {
    catalog = new Catalog();
    outcomes.clear();
    changes.clear();
    index = 0;
    storeId = other;
    replicas.replaceAll(
        r ->
            new ReplicaState(
                r.replica(), r.service(), r.role(), 1, 1, r.ready(), Optional.of(other), ""));
    heartbeat();
  }

  /** Another replica leads since. */
  synchronized void elect(String name, long term) {
    replicas.replaceAll(
        r ->
            r.service() == Service.ORDER
                ? r
                : new ReplicaState(
                    r.replica(),
                    r.service(),
                    r.replica().equals(name) ? Role.LEADER : Role.FOLLOWER,
                    term,
                    r.appliedIndex(),
                    r.ready(),
                    r.storeId(),
                    ""));
    heartbeat();
  }

  /** How often a catalog replica was asked to read. */
  long reads() {
    return seen.stream()
        .map(Map.Entry::getValue)
        .filter(
            r ->
                r instanceof Message.ReadBooks
                    || r instanceof Message.ListBooks
                    || r instanceof Message.SearchBooks)
        .count();
  }

  synchronized List<Order> sold() {
    return List.copyOf(orders);
  }

  /** The log goes on without any command, as far as this index. */
  synchronized void passTo(long to) {
    index = to;
    replicas.replaceAll(
        r ->
            new ReplicaState(
                r.replica(), r.service(), r.role(), r.term(), to, r.ready(), r.storeId(), ""));
    heartbeat();
  }

  /** The log runs far ahead, and no heartbeat has told of it yet. */
  synchronized void leap() {
    index += 3 * Catalog.OUTCOME_HORIZON;
  }

  private Message answered(Message request) {
    if (request instanceof Message.ReadBooks read) {
      return new Message.BooksRead(
          index, read.ids().stream().flatMap(id -> catalog.shelf().find(id).stream()).toList());
    } else if (request instanceof Message.ListBooks list) {
      return page(list);
    } else if (request instanceof Message.SearchBooks search) {
      return found(search);
    } else if (request instanceof Message.ListTopics) {
      return new Message.TopicsListed(index, catalog.shelf().topics());
    } else if (request instanceof Message.FindOutcome find) {
      return new Message.OutcomeFound(
          index, Optional.ofNullable(outcomes.get(find.key())).map(Recorded::outcome));
    } else if (request instanceof Message.Submit submit) {
      return new Message.Submitted(submit.commands().stream().map(this::decide).toList());
    } else if (request instanceof Message.Buy buy) {
      return new Message.Bought(decide(buy.command()));
    } else if (request instanceof Message.FindOrder find) {
      return new Message.OrderFound(
          orders.stream().filter(order -> order.number() == find.number()).findFirst());
    }
    if (request instanceof Message.ReadChanges read) {
      return changes(read, 0, index);
    } else if (request instanceof Message.AddMember add) {
      voters.add(add.newcomer());
      return new Message.MembersAnswered(new MembersAnswer.Changed(List.copyOf(voters)));
    } else if (request instanceof Message.RemoveMember remove) {
      return new Message.MembersAnswered(
          voters.removeIf(voter -> voter.replica().equals(remove.replica()))
              ? new MembersAnswer.Changed(List.copyOf(voters))
              : new MembersAnswer.NoSuchMember());
    }
    return page((Message.ListOrders) request);
  }

  /** Answers like a replica that has applied up to {@code head}, and forgot what was before. */
  synchronized Message changes(Message.ReadChanges read, long begin, long head) {
    long after = read.after().orElse(Long.MAX_VALUE);
    if (after < begin) {
      return new Message.ChangesRead(storeId, head, false, head, List.of());
    }
    List<EntryChanges> all =
        changes.stream().filter(e -> e.index() > after && e.index() <= head).toList();
    List<EntryChanges> page = new ArrayList<>();
    int room = read.limit();
    for (EntryChanges entry : all) {
      room -= entry.changes().size();
      if (room < 0 && !page.isEmpty()) {
        return new Message.ChangesRead(
            storeId, head, true, page.get(page.size() - 1).index(), page);
      }
      page.add(entry);
    }
    return new Message.ChangesRead(storeId, head, true, head, page);
  }

  /** One entry that does all of this. */
  synchronized void entry(Command... commands) {
    Shelf before = catalog.shelf();
    index++;
    List<Effect> effects =
        Stream.of(commands)
            .map(command -> catalog.apply(index, command, key -> Optional.empty()))
            .toList();
    changes.add(EntryChanges.of(index, before, effects));
  }

  private Answer decide(Command command) {
    index++;
    Shelf before = catalog.shelf();
    catalog.advance(1_700_000_000_000L + index);
    Effect effect = catalog.apply(index, command, key -> Optional.ofNullable(outcomes.get(key)));
    effect.recorded().ifPresent(recorded -> outcomes.put(command.key(), recorded));
    if (!effect.changed().isEmpty()) {
      changes.add(EntryChanges.of(index, before, List.of(effect)));
    }
    if (effect.decision() instanceof Decision.Decided decided
        && !decided.replayed()
        && decided.outcome() instanceof Outcome.Sold sold) {
      orders.add(sold.order());
    }
    return new Answer.Decided(index, effect.decision());
  }

  private Message page(Message.ListBooks list) {
    int more = list.limit() + 1;
    List<Book> books =
        list.topic().isPresent()
            ? catalog.shelf().pageOfTopic(list.topic().get(), list.after(), more)
            : list.title().isPresent()
                ? catalog.shelf().pageOfTitle(list.title().get(), list.after(), more)
                : catalog.shelf().page(list.after(), more);
    return new Message.BooksListed(index, cut(books, list.limit()), books.size() == more);
  }

  /** Titles that contain each of the words, in the order of their ids. */
  private Message found(Message.SearchBooks search) {
    List<Book> all =
        catalog.shelf().all().stream()
            .filter(book -> search.words().words().stream().allMatch(book.title()::contains))
            .toList();
    boolean lost =
        search.after() > 0 && all.stream().noneMatch(book -> book.id().value() == search.after());
    List<Book> rest =
        all.stream().filter(book -> !lost && book.id().value() > search.after()).toList();
    return new Message.BooksFound(
        index, cut(rest, search.limit()), rest.size() > search.limit(), lost);
  }

  private Message page(Message.ListOrders list) {
    List<Order> found =
        orders.stream()
            .filter(o -> o.number() > list.after())
            .filter(o -> list.customer().isEmpty() || o.customer().equals(list.customer()))
            .limit(list.limit() + 1L)
            .toList();
    return new Message.OrdersListed(cut(found, list.limit()), found.size() > list.limit());
  }

  private static <T> List<T> cut(List<T> list, int limit) {
    return list.subList(0, Math.min(limit, list.size()));
  }
}
