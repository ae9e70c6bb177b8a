package com.pygmy.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Book;
import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.Book.Revision;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Line;
import com.pygmy.domain.Order;
import com.pygmy.domain.Outcome;
import com.pygmy.domain.Purchase;
import com.pygmy.domain.Shelf.TopicCount;
import com.pygmy.domain.Words;
import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Answer;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One real replica that leads, asked over the bus. Each test has books and keys of its own. */
final class CatalogVerticleTest {

  private static final int MANY = 250;

  /** A topic that fills its pages exactly. */
  private static final int EVEN = 100;

  private static final int FIRST_OTHER = MANY + EVEN + 1;
  private static final int SCARCE = FIRST_OTHER;
  private static final int PLENTY = FIRST_OTHER + 1;
  private static final int REVISED = FIRST_OTHER + 2;
  private static final int TWIN = FIRST_OTHER + 3;
  private static final int BOOKS = TWIN;

  @TempDir static Path folder;
  private static ReplicaOnTheBus replica;
  private static Answer beforeFounding;

  @BeforeAll
  static void start() throws Exception {
    replica = new ReplicaOnTheBus(folder, 1).untilItLeads();
    List<NewBook> books = new ArrayList<>();
    for (int id = 1; id <= MANY; id++) {
      books.add(book(id, "Many " + id, "many", 5));
    }
    for (int id = MANY + 1; id < FIRST_OTHER; id++) {
      books.add(book(id, "Even " + id, "even", 5));
    }
    books.add(book(SCARCE, "Scarce", "other", 1));
    books.add(book(PLENTY, "Plenty", "other", 1_000_000));
    books.add(book(REVISED, "Twin", "other", 5));
    books.add(book(TWIN, "Twin", "twins", 5));
    beforeFounding = submit(buys("early", 1)).get(0);
    replica.found("store-1", books);
  }

  @Test
  void admitsNothingBeforeTheStoreIsFounded() {
    assertInstanceOf(Answer.Unavailable.class, beforeFounding);
  }

  @AfterAll
  static void stop() {
    replica.close();
  }

  @Test
  void findsTheKnownAmongTheIdsInTheirOrder() {
    Message.BooksRead read = read(List.of(7, 999_999, 3, 1_000_000_000, 7));
    assertEquals(List.of(7, 3, 7), ids(read.books()));
    assertEquals("Many 7", read.books().get(0).title());
    assertEquals(List.of(), read(List.of(999_999)).books());
    assertEquals(List.of(), read(List.of()).books());
  }

  @Test
  void readsNoMoreThanAHundredIds() {
    List<Integer> asked = IntStream.rangeClosed(1, 101).boxed().toList();
    assertEquals(asked.subList(0, 100), ids(read(asked).books()));
  }

  @Test
  void aReadSaysAnIndexThatContainsWhatWasDecidedBefore() {
    Revision cheaper = revision(77);
    Answer.Decided done =
        decided(
            new Command.ReviseBook("cheaper", 0, new BookId(REVISED), Optional.empty(), cheaper));
    Message.BooksRead read = read(List.of(REVISED));
    assertTrue(read.asOf() >= done.index(), read + " after " + done);
    assertEquals(77, read.books().get(0).priceCents());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 99, 100})
  void pagesOfATopicMissNothingAndRepeatNothing(int limit) {
    assertEquals(IntStream.rangeClosed(1, MANY).boxed().toList(), pages("many", limit));
    assertEquals(
        IntStream.range(MANY + 1, FIRST_OTHER).boxed().toList(),
        pages("even", limit),
        "a last page that is full has no more after it");
  }

  @ParameterizedTest
  @CsvSource({"-5,1", "0,1", "1,1", "100,100", "101,100", "1000,100", "2147483647,100"})
  void aPageHasOneToAHundredBooksWhateverTheLimit(int limit, int expected) {
    Message.BooksListed page = list(Optional.of("many"), Optional.empty(), 0, limit);
    assertEquals(expected, page.books().size());
    assertTrue(page.more());
  }

  @ParameterizedTest
  @ValueSource(ints = {MANY, 1_000_000_000, Integer.MAX_VALUE})
  void thereIsNothingAfterTheLastBook(int after) {
    Message.BooksListed page = list(Optional.of("many"), Optional.empty(), after, 10);
    assertEquals(List.of(), page.books());
    assertTrue(!page.more());
  }

  @Test
  void aPageAfterANegativeIdIsTheFirst() {
    assertEquals(
        List.of(1, 2), ids(list(Optional.empty(), Optional.empty(), Integer.MIN_VALUE, 2).books()));
  }

  @Test
  void listsAllBooksWithoutTopicOrTitle() {
    List<Integer> all = new ArrayList<>();
    Message.BooksListed page;
    int after = 0;
    do {
      page = list(Optional.empty(), Optional.empty(), after, 100);
      all.addAll(ids(page.books()));
      after = all.get(all.size() - 1);
    } while (page.more());
    assertEquals(IntStream.rangeClosed(1, BOOKS).boxed().toList(), all);
  }

  @Test
  void findsExactlyTheTitleAskedFor() {
    assertEquals(List.of(REVISED, TWIN), ids(title("Twin")));
    assertEquals(List.of(42), ids(title("Many 42")));
    assertEquals(List.of(), title("twin"));
    assertEquals(List.of(), title("Twi"));
  }

  @Test
  void aSearchFindsWhatWasRevisedAMomentAgo() {
    for (int i = 0; i < 20; i++) {
      String name = "Moment " + i;
      decided(
          new Command.ReviseBook(
              "moment-" + i,
              0,
              new BookId(FIRST_OTHER - 1),
              Optional.empty(),
              new Revision(
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(name),
                  Optional.empty(),
                  Optional.empty())));
      assertEquals(List.of(FIRST_OTHER - 1), ids(search(name, 0, 10).books()));
    }
  }

  @Test
  void aSearchHasOneToAHundredBooksAPageAndGoesOnAfterTheLast() {
    Message.BooksFound first = search("many", 0, 1_000);
    assertEquals(100, first.books().size());
    assertTrue(first.more());
    List<Integer> all = new ArrayList<>(ids(first.books()));
    Message.BooksFound page = first;
    while (page.more()) {
      page = search("many", all.get(all.size() - 1), 100);
      all.addAll(ids(page.books()));
    }
    assertEquals(IntStream.rangeClosed(1, MANY).boxed().toList(), all.stream().sorted().toList());
    assertTrue(search("many", 999_999, 10).afterIsLost());
  }

  @Test
  void refusesMoreSearchesThanTheThreadCanServeSoon() {
    List<Future<Message>> all = new ArrayList<>();
    for (int i = 0; i < 20 * Searches.MAX_WAITING; i++) {
      all.add(replica.send(new Message.SearchBooks(Words.of("many"), 0, 1)));
    }
    List<Message> answers = all.stream().map(ReplicaOnTheBus::await).toList();
    assertTrue(answers.stream().anyMatch(Message.Overloaded.class::isInstance));
    assertTrue(answers.stream().noneMatch(Message.Unavailable.class::isInstance));
    assertTrue(answers.stream().anyMatch(Message.BooksFound.class::isInstance));
    assertEquals(1, search("many", 0, 1).books().size());
  }

  @Test
  void refusesTitleAndTopicTogether() {
    Message both = new Message.ListBooks(Optional.of("other"), Optional.of("Twin"), 0, 10);
    assertInstanceOf(Message.Unavailable.class, replica.ask(both));
  }

  @Test
  void listsTopicsInAlphabeticalOrder() {
    Message.TopicsListed topics =
        assertInstanceOf(Message.TopicsListed.class, replica.ask(new Message.ListTopics()));
    assertEquals(
        List.of(
            new TopicCount("even", EVEN),
            new TopicCount("many", MANY),
            new TopicCount("other", 3),
            new TopicCount("twins", 1)),
        topics.topics());
  }

  @Test
  void findsWhatWasDecidedForAKey() {
    Outcome sold = outcome(decided(buy("scarce-1", SCARCE, 1)));
    Outcome refused = outcome(decided(buy("scarce-2", SCARCE, 1)));
    assertInstanceOf(Outcome.Sold.class, sold);
    assertEquals(
        new Outcome.Refused(
            new Outcome.OutOfStock(List.of(new Outcome.Left(new BookId(SCARCE), 0)))),
        refused);
    assertEquals(Optional.of(sold), find("scarce-1").outcome());
    assertEquals(Optional.of(refused), find("scarce-2").outcome());
    assertEquals(Optional.empty(), find("scarce-3").outcome());
  }

  @Test
  void salesAreConsecutiveFromTheOneAskedForUpToTheHead() {
    buyMany("sales", 30);
    for (boolean confirmed : new boolean[] {true, false}) {
      Message.SalesRead all = sales(0, 30, confirmed);
      assertEquals(Optional.of("store-1"), all.storeId());
      assertTrue(all.head() >= 30);
      assertEquals(LongStream.rangeClosed(1, 30).boxed().toList(), numbers(all));
      assertEquals(List.of(6L, 7L, 8L), numbers(sales(5, 3, confirmed)));
      assertEquals(List.of(all.head()), numbers(sales(all.head() - 1, 10, confirmed)));
      for (long beyond : new long[] {all.head(), all.head() + 1, Long.MAX_VALUE}) {
        assertEquals(List.of(), numbers(sales(beyond, 10, confirmed)));
        assertEquals(all.head(), sales(beyond, 10, confirmed).head());
      }
    }
  }

  @Test
  void asksForNoSalesTellTheHead() {
    long number = sold(decided(buy("head", PLENTY, 1))).number();
    for (int limit : new int[] {0, -1, Integer.MIN_VALUE}) {
      Message.SalesRead head = sales(0, limit, true);
      assertEquals(List.of(), head.sales());
      assertTrue(head.head() >= number);
    }
  }

  @Test
  void salesAfterANegativeNumberAreTheFirst() {
    buyMany("first", 1);
    assertEquals(List.of(1L), numbers(sales(-1, 1, true)));
    assertEquals(List.of(1L), numbers(sales(Long.MIN_VALUE, 1, false)));
  }

  @Test
  void noAnswerHasMoreThanAThousandSales() {
    for (int i = 0; i < 5; i++) {
      buyMany("thousand-" + i, CatalogVerticle.MAX_COMMANDS);
    }
    List<Long> read = numbers(sales(0, Integer.MAX_VALUE, true));
    assertEquals(CatalogVerticle.MAX_SALES, read.size());
    assertEquals(CatalogVerticle.MAX_SALES, read.get(read.size() - 1));
  }

  @Test
  void decidesTheCommandsOfARequestInTheirOrder() {
    List<Answer> answers = buyMany("order", CatalogVerticle.MAX_COMMANDS);
    List<Order> orders = answers.stream().map(CatalogVerticleTest::sold).toList();
    for (int i = 0; i < orders.size(); i++) {
      assertEquals("order-" + i, orders.get(i).key());
      assertEquals(orders.get(0).number() + i, orders.get(i).number());
    }
  }

  @Test
  void refusesMoreThan256CommandsAsAWhole() {
    List<Command> commands = buys("toomany", CatalogVerticle.MAX_COMMANDS + 1);
    assertInstanceOf(Message.Unavailable.class, replica.ask(new Message.Submit(commands)));
    assertEquals(Optional.empty(), find("toomany-0").outcome());
  }

  @Test
  void anEmptyRequestIsAnsweredEmpty() {
    assertEquals(List.of(), submit(List.of()));
  }

  @Test
  void theSameKeyIsSoldOnceAndAnotherRequestWithItIsAConflict() {
    Decision.Decided first = decision(decided(buy("same", PLENTY, 1)));
    Decision.Decided again = decision(decided(buy("same", PLENTY, 1)));
    assertEquals(new Decision.Decided(first.outcome(), true), again);
    long head = sales(0, 0, true).head();
    assertEquals(new Decision.KeyConflict(), decided(buy("same", PLENTY, 2)).decision());
    assertEquals(new Decision.KeyConflict(), decided(buy("same", SCARCE, 1)).decision());
    assertEquals(head, sales(0, 0, true).head());
  }

  @Test
  void theSameKeyTwiceInOneRequestIsSoldOnce() {
    Command buy = buy("twice", PLENTY, 1);
    List<Answer> answers = submit(List.of(buy, buy));
    assertEquals(sold(answers.get(0)), sold(answers.get(1)));
  }

  @Test
  void tellsThatThereAreNewSales() {
    List<Message> heard = new CopyOnWriteArrayList<>();
    var consumer = ReplicaOnTheBus.await(replica.bus.listen(Addresses.SALES, heard::add));
    long number = sold(decided(buy("hint", PLENTY, 1))).number();
    ReplicaOnTheBus.until("the hint came", () -> heard.contains(new Message.SalesHint(number)));
    ReplicaOnTheBus.await(consumer.unregister());
  }

  @Test
  void takesNoRequestThatIsForAnOrderReplica() {
    assertInstanceOf(Message.Unavailable.class, replica.ask(new Message.FindOrder(1)));
    assertInstanceOf(
        Message.Unavailable.class,
        replica.ask(new Message.Buy((Command.PlaceOrder) buy("misled", PLENTY, 1))));
    assertEquals(Optional.empty(), find("misled").outcome());
  }

  @Test
  void readsOfTheDiskThatPileUpAreRefused() throws Exception {
    CountDownLatch free = new CountDownLatch(1);
    CountDownLatch taken = new CountDownLatch(1);
    Future<Void> worker =
        replica.vertx.executeBlocking(
            () -> {
              taken.countDown();
              free.await();
              return null;
            },
            false);
    taken.await();
    List<Future<Message>> waiting = new ArrayList<>();
    try {
      for (int i = 0; i < CatalogVerticle.MAX_BLOCKING_READS; i++) {
        waiting.add(replica.send(new Message.ReadSales(0, 1, false)));
      }
      assertInstanceOf(Message.Unavailable.class, replica.ask(new Message.ReadSales(0, 1, false)));
      assertInstanceOf(Message.Unavailable.class, replica.ask(new Message.FindOutcome("k")));
      assertTrue(waiting.stream().noneMatch(Future::isComplete));
      assertEquals(List.of(1), ids(read(List.of(1)).books()), "memory is read all the same");
    } finally {
      free.countDown();
    }
    ReplicaOnTheBus.await(worker);
    for (Future<Message> one : waiting) {
      assertInstanceOf(Message.SalesRead.class, ReplicaOnTheBus.await(one));
    }
    sales(0, 1, false);
  }

  @Test
  void claimsNothingWhileTheLogCanConfirmNothing(@TempDir Path lonely) throws Exception {
    try (ReplicaOnTheBus alone = new ReplicaOnTheBus(lonely, 3)) {
      List<Future<Message>> reads =
          List.of(
              alone.send(new Message.ReadBooks(List.of(new BookId(1)))),
              alone.send(new Message.ListBooks(Optional.empty(), Optional.empty(), 0, 10)),
              alone.send(new Message.ListTopics()),
              alone.send(new Message.SearchBooks(Words.of("many"), 0, 10)),
              alone.send(new Message.FindOutcome("k")),
              alone.send(new Message.ReadSales(0, 10, true)));
      for (Future<Message> read : reads) {
        assertInstanceOf(Message.Unavailable.class, ReplicaOnTheBus.await(read));
      }
      Message.Submitted submitted =
          assertInstanceOf(
              Message.Submitted.class,
              alone.ask(new Message.Submit(List.of(buy("k", 1, 1), buy("l", 1, 1)))));
      assertEquals(
          List.of(new Answer.NotLeader(Optional.empty()), new Answer.NotLeader(Optional.empty())),
          submitted.answers());
      assertEquals(
          new Message.SalesRead(Optional.empty(), 0, List.of()),
          alone.ask(new Message.ReadSales(0, 10, false)));
    }
  }

  private static NewBook book(int id, String title, String topic, int stock) {
    return new NewBook(Optional.of(new BookId(id)), title, "Author", topic, 500, stock);
  }

  private static Revision revision(long priceCents) {
    return new Revision(
        Optional.of(priceCents),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Command buy(String key, int book, int quantity) {
    return new Command.PlaceOrder(
        key, 0, new Purchase(List.of(new Line(new BookId(book), quantity)), Optional.empty()));
  }

  private static List<Command> buys(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> buy(prefix + "-" + i, PLENTY, 1)).toList();
  }

  private static List<Answer> buyMany(String prefix, int count) {
    return submit(buys(prefix, count));
  }

  private static List<Answer> submit(List<Command> commands) {
    Message reply = replica.ask(new Message.Submit(commands));
    List<Answer> answers = assertInstanceOf(Message.Submitted.class, reply).answers();
    assertEquals(commands.size(), answers.size());
    return answers;
  }

  private static Answer.Decided decided(Command command) {
    return assertInstanceOf(Answer.Decided.class, submit(List.of(command)).get(0));
  }

  private static Decision.Decided decision(Answer answer) {
    return assertInstanceOf(
        Decision.Decided.class, assertInstanceOf(Answer.Decided.class, answer).decision());
  }

  private static Outcome outcome(Answer answer) {
    return decision(answer).outcome();
  }

  private static Order sold(Answer answer) {
    return assertInstanceOf(Outcome.Sold.class, outcome(answer)).order();
  }

  private static Message.BooksRead read(List<Integer> ids) {
    return assertInstanceOf(
        Message.BooksRead.class,
        replica.ask(new Message.ReadBooks(ids.stream().map(BookId::new).toList())));
  }

  private static Message.BooksListed list(
      Optional<String> topic, Optional<String> title, int after, int limit) {
    return assertInstanceOf(
        Message.BooksListed.class, replica.ask(new Message.ListBooks(topic, title, after, limit)));
  }

  private static Message.BooksFound search(String text, int after, int limit) {
    return assertInstanceOf(
        Message.BooksFound.class,
        replica.ask(new Message.SearchBooks(Words.of(text), after, limit)));
  }

  private static List<Book> title(String title) {
    return list(Optional.empty(), Optional.of(title), 0, 10).books();
  }

  private static List<Integer> pages(String topic, int limit) {
    List<Integer> all = new ArrayList<>();
    Message.BooksListed page;
    int after = 0;
    do {
      page = list(Optional.of(topic), Optional.empty(), after, limit);
      all.addAll(ids(page.books()));
      assertTrue(page.books().size() <= limit && all.size() <= BOOKS);
      after = all.get(all.size() - 1);
    } while (page.more());
    return all;
  }

  private static Message.OutcomeFound find(String key) {
    return assertInstanceOf(Message.OutcomeFound.class, replica.ask(new Message.FindOutcome(key)));
  }

  private static Message.SalesRead sales(long after, int limit, boolean confirmed) {
    return assertInstanceOf(
        Message.SalesRead.class, replica.ask(new Message.ReadSales(after, limit, confirmed)));
  }

  private static List<Long> numbers(Message.SalesRead read) {
    return read.sales().stream().map(Order::number).toList();
  }

  private static List<Integer> ids(List<Book> books) {
    return books.stream().map(book -> book.id().value()).toList();
  }
}
