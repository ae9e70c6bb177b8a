package com.pygmy.frontend;

import static com.pygmy.frontend.FrontendFixture.slug;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Book.Revision;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Line;
import com.pygmy.domain.Purchase;
import com.pygmy.frontend.EventClient.Event;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /events}: what a client is told, and that it is told all of it once. */
class EventsTest {

  private static final LiveFeed.Bounds BOUNDS =
      new LiveFeed.Bounds(3, 32 * 1024, 1 << 20, 1_000, 500, 300, 200);

  private final FrontendFixture shop = new FrontendFixture(BOUNDS);
  private final Vertx browser = Vertx.vertx();

  /** What replica n1 has forgotten: this entry, and those before. */
  private final AtomicLong forgotten = new AtomicLong();

  /** Questions that replicas leave unanswered while they are silent. */
  private final AtomicLong unanswered = new AtomicLong();

  private volatile boolean isSilent;

  /** What is to come before replica n1 tells what happened since the first state. */
  private volatile Future<Void> held = Future.succeededFuture();

  private final HttpClient http =
      browser.createHttpClient(new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(50));

  EventsTest() {
    shop.start(FrontendFixture.settings());
    shop.await(shop.store.replica(Service.CATALOG, "n1", this::forgetful));
    shop.await(shop.store.replica(Service.ORDER, "n1"));
    shop.store.book(1, "One", "a", 100, 10).book(2, "Two", "b", 200, 1);
  }

  @AfterEach
  void stop() {
    shop.await(browser.close());
    shop.close();
  }

  @Test
  void beginsWithHelloAtThePresentState() {
    EventClient client = listen("/events");
    Event hello = awaitEvents(client, 1).get(0);
    assertEquals(new Event("hello", "{}", Optional.of("store:2")), hello);
    assertEquals("text/event-stream", client.response.getHeader("Content-Type"));
    assertEquals("no-store", client.response.getHeader("Cache-Control"));
  }

  @Test
  void tellsWhatHappensToBooks() {
    EventClient client = greeted("/events");
    shop.store.sell(2, "k1");
    awaitEvents(client, 3);
    shop.store.entry(new Command.Restock("k2", 0, List.of(new Line(new BookId(2), 5))));
    awaitEvents(client, 5);
    shop.store.entry(revise(1, new Revision(price(150), stock(8), text(), text(), text())));
    awaitEvents(client, 7);
    shop.store.book(3, "Three", "c", 300, 4);
    assertEquals(
        List.of(
            new Event("hello", "{}", id(2)),
            new Event("stock", "{\"book\":2,\"stock\":0,\"version\":2}", Optional.empty()),
            new Event("out-of-stock", "{\"book\":2}", id(3)),
            new Event("stock", "{\"book\":2,\"stock\":5,\"version\":3}", Optional.empty()),
            new Event("restock", "{\"book\":2,\"stock\":5}", id(4)),
            new Event(
                "book",
                "{\"id\":1,\"title\":\"One\",\"author\":\"An Author\",\"topic\":\"a\","
                    + "\"priceCents\":150,\"stock\":8,\"version\":2}",
                Optional.empty()),
            new Event("stock", "{\"book\":1,\"stock\":8,\"version\":2}", id(5)),
            new Event(
                "book",
                "{\"id\":3,\"title\":\"Three\",\"author\":\"An Author\",\"topic\":\"c\","
                    + "\"priceCents\":300,\"stock\":4,\"version\":1}",
                id(6))),
        awaitEvents(client, 8));
  }

  /** So nobody who resumes misses the rest of it. */
  @Test
  void onlyTheLastEventOfAnEntryCarriesTheId() {
    EventClient client = greeted("/events");
    shop.store.entry(buy(1, 1, "k1"), buy(2, 1, "k2"), buy(1, 1, "k3"));
    List<Event> told = awaitEvents(client, 4);
    assertEquals(List.of("hello", "stock", "stock", "out-of-stock"), kinds(told));
    assertEquals("{\"book\":1,\"stock\":8,\"version\":3}", told.get(1).data());
    assertEquals(
        List.of(id(2), Optional.empty(), Optional.empty(), id(3)),
        told.stream().map(Event::id).toList());
  }

  @Test
  void ofTheStocksInOnePageOnlyTheLastIsTold() {
    EventClient client = greeted("/events");
    client.close();
    for (int i = 0; i < 5; i++) {
      shop.store.sell(1, "k" + i);
    }
    EventClient again = listen("/events", "store:2");
    assertEquals(
        List.of(
            new Event("hello", "{}", id(2)),
            new Event("stock", "{\"book\":1,\"stock\":5,\"version\":6}", id(7))),
        awaitEvents(again, 2));
  }

  @Test
  void takesTheStateFromTheAddressUnlessABrowserSendsALaterOne() {
    shop.store.sell(1, "k1");
    shop.store.sell(1, "k2");
    assertEquals(id(2), awaitEvents(listen("/events?lastEventId=store:2"), 1).get(0).id());
    EventClient later = listen("/events?lastEventId=store:2", "store:3");
    assertEquals(id(3), awaitEvents(later, 1).get(0).id());
  }

  /**
   * Three replicas that lag, one of which forgets what was before now and then; two frontends, at
   * which clients listen in turn, breaking off anywhere. Each is told every change of what it wants
   * once, in order, but for stocks that a later one in the same page has overtaken.
   */
  @Test
  void whoBreaksOffAndListensElsewhereMissesNothingAndIsToldNothingTwice() throws Exception {
    Random random = new Random(20_261_129);
    for (String replica : List.of("n2", "n3")) {
      shop.await(
          shop.store.replica(
              Service.CATALOG, replica, request -> lagging(request, random.nextInt(4))));
    }
    FrontendVerticle other = shop.another("n9");
    int[] ports = {shop.port(), other.actualPort()};
    shop.store.entry(new Command.Restock("much", 0, List.of(new Line(new BookId(1), 100_000))));
    EventClient client = null;
    List<Event> told = new ArrayList<>();
    String last = "store:2";
    for (int i = 0; i < 400; i++) {
      if (client == null) {
        client =
            shop.await(
                EventClient.open(http, ports[random.nextInt(2)], "/events?kinds=book", last));
      }
      shop.store.entry(reprice(1, 1_000 + i));
      if (random.nextInt(4) == 0) {
        shop.await(shop.vertx.timer(1 + random.nextInt(60)));
      }
      if (random.nextInt(12) == 0) {
        client.close();
        EventClient closed = client;
        shop.until(closed::hasEnded);
        told.addAll(closed.events());
        last = closed.lastId().isEmpty() ? last : closed.lastId();
        client = null;
      }
    }
    if (client == null) {
      client = shop.await(EventClient.open(http, ports[0], "/events?kinds=book", last));
    }
    EventClient end = client;
    shop.until(() -> end.lastId().equals("store:" + shop.store.index()));
    told.addAll(end.events());
    assertFalse(kinds(told).contains("reset"));
    List<Integer> prices =
        told.stream()
            .filter(event -> event.kind().equals("book"))
            .map(
                event -> Integer.parseInt(event.data().replaceAll(".*priceCents\":(\\d+).*", "$1")))
            .toList();
    assertEquals(IntStream.range(1_000, 1_400).boxed().toList(), prices);
  }

  @Test
  void aReplicaThatForgotIsNoGapWhileAnotherKnows() {
    shop.store.sell(1, "k1");
    forgotten.set(3);
    shop.await(shop.store.replica(Service.CATALOG, "n2"));
    EventClient client = listen("/events", "store:2");
    assertEquals(List.of("hello", "stock"), kinds(awaitEvents(client, 2)));
  }

  @Test
  void isToldToReadAgainWhenNobodyKnowsAnyMore() {
    shop.store.sell(1, "k1");
    forgotten.set(3);
    assertEquals(
        List.of(new Event("reset", "{}", Optional.empty()), new Event("hello", "{}", id(3))),
        awaitEvents(listen("/events", "store:2"), 2));
  }

  @Test
  void isToldToReadAgainWhenItsIdIsOfAnotherStore() {
    assertEquals(
        List.of(new Event("reset", "{}", Optional.empty()), new Event("hello", "{}", id(2))),
        awaitEvents(listen("/events", "elsewhere:2"), 2));
  }

  @Test
  void isToldToReadAgainWhenAnotherStoreTakesThePlaceOfItsOwn() {
    EventClient client = greeted("/events?kinds=stock");
    shop.store.foundAnew("other");
    shop.store.book(1, "One", "a", 100, 10);
    assertEquals(new Event("reset", "{}", Optional.of("other:1")), awaitEvents(client, 2).get(1));
    shop.store.sell(1, "k1");
    assertEquals("stock", awaitEvents(client, 3).get(2).kind());
  }

  @Test
  void isToldToReadAgainWhenTheLogNeverComesToItsId() {
    assertEquals(
        List.of(new Event("reset", "{}", Optional.empty()), new Event("hello", "{}", id(2))),
        awaitEvents(listen("/events", "store:1000000"), 2));
  }

  @Test
  void waitsForALogThatIsALittleBehindItsId() {
    EventClient client = listen("/events", "store:3");
    shop.store.sell(1, "k1");
    shop.store.sell(1, "k2");
    assertEquals(
        List.of(
            new Event("hello", "{}", id(3)),
            new Event("stock", "{\"book\":1,\"stock\":8,\"version\":3}", id(4))),
        awaitEvents(client, 2));
  }

  @Test
  void tellsOnlyWhatIsWanted() {
    EventClient one = greeted("/events?book=1");
    EventClient topic = greeted("/events?topic=b");
    EventClient kinds = greeted("/events?kinds=out-of-stock,book");
    shop.store.sell(2, "k1");
    shop.store.entry(revise(2, new Revision(price(1), stock(0), text(), text(), text("z"))));
    shop.store.sell(1, "k2");
    assertEquals(List.of("hello", "stock"), kinds(awaitEvents(one, 2)));
    assertEquals(List.of("hello", "stock", "out-of-stock", "book"), kinds(awaitEvents(topic, 4)));
    assertEquals(List.of("hello", "out-of-stock", "book"), kinds(awaitEvents(kinds, 3)));
    shop.store.entry(new Command.Restock("k3", 0, List.of(new Line(new BookId(2), 5))));
    shop.store.entry(reprice(1, 7));
    awaitEvents(kinds, 4);
    assertEquals(3, awaitEvents(one, 3).size());
    assertEquals(4, topic.events().size(), "it has left the topic");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "book=0",
        "book=1,,2",
        "book=x",
        "book=",
        "topic=",
        "kinds=stock,fire",
        "kinds=hello",
        "kinds=",
        "lastEventId=7",
        "lastEventId=store:",
        "lastEventId=store:-1",
        "titel=x",
        "book=1&book=2",
        "lastEventId=a%20b:7",
        "lastEventId=:7"
      })
  void refusesWhatItDoesNotUnderstand(String query) {
    HttpResponse<Buffer> response = shop.get("/events?" + query);
    assertEquals(422, response.statusCode());
    assertEquals("invalid", slug(response));
  }

  @Test
  void takesAHundredBooksAndNoMore() {
    String hundred = String.join(",", IntStream.rangeClosed(1, 100).mapToObj(i -> "" + i).toList());
    assertEquals(200, listen("/events?book=" + hundred).response.statusCode());
    assertEquals(422, shop.get("/events?book=101," + hundred).statusCode());
  }

  @Test
  void tellsWhoLeadsAndWhoIsThere() {
    shop.await(shop.store.replica(Service.CATALOG, "n2"));
    EventClient client = greeted("/events");
    EventClient without = greeted("/events?kinds=stock");
    shop.store.elect("n2", 7);
    awaitEvents(client, 2);
    shop.store.announce(Service.ORDER, "n1", false);
    awaitEvents(client, 3);
    shop.store.sell(1, "k1");
    assertEquals(
        List.of(
            new Event("hello", "{}", id(2)),
            new Event(
                "leader", "{\"replica\":\"n2\",\"node\":\"n2\",\"term\":7}", Optional.empty()),
            new Event(
                "replica",
                "{\"replica\":\"n1\",\"service\":\"order\",\"state\":\"not-ready\"}",
                Optional.empty()),
            new Event("stock", "{\"book\":1,\"stock\":9,\"version\":2}", id(3))),
        awaitEvents(client, 4));
    assertEquals(List.of("hello", "stock"), kinds(awaitEvents(without, 2)));
  }

  @Test
  void tellsWhoLeadsWhileItWaitsForReplicasThatSayNothing() {
    for (String replica : List.of("n2", "n3")) {
      shop.await(shop.store.replica(Service.CATALOG, replica, this::forgetful));
    }
    EventClient client = greeted("/events");
    isSilent = true;
    shop.until(() -> unanswered.get() > 0);
    shop.store.elect("n2", 7);
    awaitKind(client, "leader");
    assertTrue(unanswered.get() < 3, "it was told when all had been asked in vain");
  }

  @Test
  void clientsThatMissedTheSameShareAQuestion() {
    shop.store.sell(1, "k1");
    Promise<Void> asked = Promise.promise();
    held = asked.future();
    List<EventClient> clients =
        Stream.generate(() -> listen("/events", "store:2")).limit(BOUNDS.maxListeners()).toList();
    asked.complete();
    for (EventClient client : clients) {
      assertEquals(List.of("hello", "stock"), kinds(awaitEvents(client, 2)));
    }
    assertEquals(
        1,
        shop.store.seen.stream()
            .map(Map.Entry::getValue)
            .filter(new Message.ReadChanges(Optional.of(2L), Message.MAX_CHANGES)::equals)
            .count());
  }

  @Test
  void listensOnWhenTheReplicaThatToldIsGone() {
    shop.await(shop.store.replica(Service.CATALOG, "n2"));
    EventClient client = greeted("/events");
    shop.store.announce(Service.CATALOG, "n1", false);
    shop.store.sell(1, "k1");
    awaitKind(client, "stock");
  }

  @Test
  void opensBeforeAnyReplicaIsReady() {
    shop.store.announce(Service.CATALOG, "n1", false);
    EventClient client = listen("/events");
    assertEquals(200, client.response.statusCode());
    shop.store.announce(Service.CATALOG, "n1", true);
    awaitKind(client, "hello");
  }

  @Test
  void beatsWhenNothingHappensAndSaysUpToWhen() {
    EventClient client = greeted("/events?book=9");
    shop.store.sell(1, "k1");
    int enough = (int) (2 * FrontendFixture.SHORT.idleMillis() / BOUNDS.heartbeatMillis());
    shop.until(() -> client.beats() > enough); // longer than an idle connection may last
    assertFalse(client.hasEnded());
    assertEquals("store:3", client.lastId());
    assertEquals(1, client.events().size());
  }

  @Test
  void refusesMoreThanItCanServe() {
    for (int i = 0; i < BOUNDS.maxListeners(); i++) {
      greeted("/events");
    }
    HttpResponse<Buffer> refused = shop.get("/events");
    assertEquals(503, refused.statusCode());
    assertEquals("overloaded", slug(refused));
    assertEquals("1", refused.getHeader("Retry-After"));
  }

  @Test
  void forgetsThoseWhoWent() {
    for (int round = 0; round < 3; round++) {
      List<EventClient> clients =
          Stream.generate(() -> greeted("/events")).limit(BOUNDS.maxListeners()).toList();
      clients.forEach(EventClient::close);
      shop.until(() -> listeners() == 0);
    }
    assertEquals(200, shop.await(shop.client().head("/events").send()).statusCode());
    assertEquals(0, listeners());
  }

  @Test
  void asksNobodyWhileNobodyListens() {
    EventClient client = greeted("/events");
    client.close();
    shop.until(() -> listeners() == 0);
    shop.await(shop.vertx.timer(4 * LiveFeed.POLL_MILLIS));
    shop.store.seen.clear();
    shop.await(shop.vertx.timer(4 * LiveFeed.POLL_MILLIS));
    assertEquals(0, asked());
    greeted("/events");
    assertTrue(asked() > 0);
  }

  @Test
  void countsNoStreamAmongTheRequestsInFlight() {
    FrontendVerticle narrow = shop.another("n9", FrontendFixture.settings().withMaxInFlight(1));
    EventClient client = shop.await(EventClient.open(http, narrow.actualPort(), "/events", ""));
    awaitEvents(client, 1);
    assertEquals(
        200,
        shop.await(
                http.request(HttpMethod.GET, narrow.actualPort(), "127.0.0.1", "/cluster")
                    .compose(request -> request.send()))
            .statusCode());
  }

  @Test
  void endsAllStreamsWhenItLeaves() {
    EventClient client = greeted("/events");
    shop.leaving.set(true);
    shop.until(client::hasEnded);
    HttpResponse<Buffer> refused = shop.get("/events");
    assertEquals("unavailable", slug(refused));
  }

  @Test
  void endsAllStreamsWhenItIsStoppedAndDoesNotWaitForThem() {
    EventClient client = greeted("/events");
    long before = System.nanoTime();
    shop.await(shop.undeploy());
    long millis = (System.nanoTime() - before) / 1_000_000;
    assertTrue(millis < FrontendFixture.SHORT.drainMillis() / 2, millis + " ms");
    shop.until(client::hasEnded);
  }

  private Future<Message> lagging(Message request, long lag) {
    return request instanceof Message.ReadChanges read
        ? Future.succeededFuture(
            shop.store.changes(
                read, lag == 3 ? shop.store.index() - 1 : 0, shop.store.index() - lag))
        : shop.store.answer(request);
  }

  private Future<Message> forgetful(Message request) {
    if (!(request instanceof Message.ReadChanges read)) {
      return shop.store.answer(request);
    }
    if (isSilent) {
      unanswered.incrementAndGet();
      return Promise.<Message>promise().future();
    }
    Future<Void> due = read.after().equals(Optional.of(2L)) ? held : Future.succeededFuture();
    return due.map(now -> shop.store.changes(read, forgotten.get(), shop.store.index()));
  }

  private EventClient listen(String uri) {
    return listen(uri, "");
  }

  private EventClient listen(String uri, String lastEventId) {
    return shop.await(EventClient.open(http, shop.port(), uri, lastEventId));
  }

  private EventClient greeted(String uri) {
    EventClient client = listen(uri);
    awaitEvents(client, 1);
    return client;
  }

  private List<Event> awaitEvents(EventClient client, int count) {
    shop.until(() -> client.events().size() >= count);
    return client.events();
  }

  private void awaitKind(EventClient client, String kind) {
    shop.until(() -> kinds(client.events()).contains(kind));
  }

  private double listeners() {
    return shop.metrics.get("pygmy.events.listeners").gauge().value();
  }

  private long asked() {
    return shop.store.seen.stream()
        .filter(request -> request.getValue() instanceof Message.ReadChanges)
        .count();
  }

  private static List<String> kinds(List<Event> events) {
    return events.stream().map(Event::kind).toList();
  }

  private static Optional<String> id(long index) {
    return Optional.of("store:" + index);
  }

  private static Command buy(int book, int quantity, String key) {
    return new Command.PlaceOrder(
        key, 0, new Purchase(List.of(new Line(new BookId(book), quantity)), Optional.empty()));
  }

  private static Command reprice(int book, long cents) {
    return revise(book, new Revision(price(cents), Optional.empty(), text(), text(), text()));
  }

  private static Command revise(int book, Revision revision) {
    return new Command.ReviseBook("revise", 0, new BookId(book), Optional.empty(), revision);
  }

  private static Optional<Long> price(long cents) {
    return Optional.of(cents);
  }

  private static Optional<Integer> stock(int units) {
    return Optional.of(units);
  }

  private static Optional<String> text() {
    return Optional.empty();
  }

  private static Optional<String> text(String text) {
    return Optional.of(text);
  }
}
