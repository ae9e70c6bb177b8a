package com.pygmy.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.cluster.Bus;
import com.pygmy.domain.Book;
import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Line;
import com.pygmy.domain.Purchase;
import com.pygmy.domain.Shelf.TopicCount;
import com.pygmy.replication.Leadership;
import com.pygmy.replication.Member;
import com.pygmy.replication.MembersChange;
import com.pygmy.replication.Position;
import com.pygmy.replication.Proposal;
import com.pygmy.replication.ReadPoint;
import com.pygmy.replication.ReplicatedLog;
import com.pygmy.replication.Standing;
import com.pygmy.replication.Takeover;
import com.pygmy.store.CatalogStore;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Service;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads that come while an entry is being applied, between two of its commands. */
final class WholeEntriesTest {

  private static final List<BookId> BOTH = List.of(new BookId(1), new BookId(2));

  @TempDir Path folder;
  private Vertx vertx;
  private Bus bus;
  private CatalogStore store;
  private final List<Message> readInBetween = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    bus = new Bus(vertx);
    store =
        CatalogStore.open(
            folder.resolve("catalog.db"),
            CatalogStore.Settings.defaults(),
            System::nanoTime,
            failure -> {
              throw new AssertionError(failure);
            });
    store.apply(
        new Position(1, 1),
        0,
        List.of(new Command.FoundStore("found", "store-1", List.of(book(1), book(2)))));
    ReplicaOnTheBus.await(
        vertx.deployVerticle(
            new CatalogVerticle(
                "c1",
                store,
                new ConfirmsAtOnce(),
                bus,
                Optional.empty(),
                new SimpleMeterRegistry(),
                folder.resolve("backups"),
                System::nanoTime)));
  }

  @AfterEach
  void stop() {
    ReplicaOnTheBus.await(vertx.close());
    store.close();
  }

  @Test
  void showNothingOfIt() {
    Message before = ask(new Message.ReadBooks(BOTH));
    List<Message> asked =
        List.of(
            new Message.ReadBooks(BOTH),
            new Message.ListBooks(Optional.of("topic"), Optional.empty(), 0, 10),
            new Message.ListBooks(Optional.empty(), Optional.of("Title 3"), 0, 10),
            new Message.ListTopics());
    Command more = new Command.AddBooks("add", 1, List.of(book(3)), false);
    store.apply(new Position(1, 7), 0, asking(asked, List.of(buy("a", 1, 2), more, buy("b", 2))));
    List<Book> two = ((Message.BooksRead) before).books();
    assertEquals(2 * asked.size(), readInBetween.size());
    for (int i = 0; i < 2; i++) {
      List<Message> read = readInBetween.subList(i * asked.size(), (i + 1) * asked.size());
      assertEquals(new Message.BooksRead(1, two), read.get(0));
      assertEquals(new Message.BooksListed(1, two, false), read.get(1));
      assertEquals(new Message.BooksListed(1, List.of(), false), read.get(2));
      assertEquals(new Message.TopicsListed(1, List.of(new TopicCount("topic", 2))), read.get(3));
    }
    Message.BooksRead after = (Message.BooksRead) ask(new Message.ReadBooks(BOTH));
    assertEquals(7, after.asOf());
    assertEquals(List.of(4, 3), after.books().stream().map(Book::stock).toList());
    Message.TopicsListed topics = (Message.TopicsListed) ask(new Message.ListTopics());
    assertEquals(List.of(new TopicCount("topic", 3)), topics.topics());
  }

  @Test
  void sayTheLastEntryOfAnyKindThatTheyContain() {
    store.pass(new Position(2, 9));
    assertEquals(9, ((Message.BooksRead) ask(new Message.ReadBooks(BOTH))).asOf());
  }

  /** These commands; before each but the first, everything is asked. */
  private List<Command> asking(List<Message> questions, List<Command> commands) {
    return new AbstractList<>() {
      @Override
      public Command get(int index) {
        if (index > 0) {
          questions.forEach(question -> readInBetween.add(ask(question)));
        }
        return commands.get(index);
      }

      @Override
      public int size() {
        return commands.size();
      }
    };
  }

  private Message ask(Message question) {
    return ReplicaOnTheBus.await(bus.ask(Service.CATALOG, "c1", question, 10_000));
  }

  private static Command buy(String key, int... books) {
    List<Line> lines = new ArrayList<>();
    for (int book : books) {
      lines.add(new Line(new BookId(book), 1));
    }
    return new Command.PlaceOrder(key, 1, new Purchase(lines, Optional.empty()));
  }

  private static NewBook book(int id) {
    return new NewBook(Optional.of(new BookId(id)), "Title " + id, "A", "topic", 500, 5);
  }

  /** A log that leads nowhere, and whose read points come at once. */
  private static final class ConfirmsAtOnce implements ReplicatedLog<Decision> {

    @Override
    public List<CompletionStage<Proposal<Decision>>> propose(long term, List<byte[]> commands) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<ReadPoint> confirmRead() {
      return CompletableFuture.completedFuture(new ReadPoint.Confirmed(1, 1));
    }

    @Override
    public Leadership leadership() {
      return new Leadership(1, Leadership.Role.FOLLOWER, Optional.empty(), false);
    }

    @Override
    public void onLeadership(Consumer<Leadership> listener) {}

    @Override
    public void onTakeover(Consumer<Takeover> listener) {}

    @Override
    public long committedIndex() {
      return 1;
    }

    @Override
    public CompletionStage<Void> ready() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Boolean> stepDown() {
      return CompletableFuture.completedFuture(false);
    }

    @Override
    public Standing standing() {
      return Standing.MEMBER;
    }

    @Override
    public CompletionStage<MembersChange> addMember(Member newcomer) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<MembersChange> removeMember(String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
