package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code GET /events} for clients that do not take what they are told. */
class SlowListenersTest {

  private static final long LONG_MILLIS = 3_600_000;
  private static final long MUCH_BYTES = 16 << 20;
  private static final int CLIENT_BYTES = 16 * 1024;

  /** In each entry, of half a megabyte in all. */
  private static final int BOOKS = 500;

  private static final int MAX_TEXT_BYTES = BOOKS * 1_200;

  private static final int MAX_ROUNDS = 60;

  private final Vertx browser = Vertx.vertx();
  private final HttpClient http = browser.createHttpClient();
  private final List<Socket> slow = new ArrayList<>();
  private FrontendFixture shop;
  private int round;

  private void open(long maxPendingBytesOfAll, long stuckMillis, long stuckWhenFullMillis) {
    shop =
        new FrontendFixture(
            new LiveFeed.Bounds(
                50,
                CLIENT_BYTES,
                maxPendingBytesOfAll,
                stuckMillis,
                stuckWhenFullMillis,
                LONG_MILLIS,
                200));
    // So that no connection is closed just because nothing moves on it.
    shop.start(FrontendFixture.settings().withDeadlines(FrontendSettings.Deadlines.usual()));
    shop.await(shop.store.replica(Service.CATALOG, "n1"));
    shop.store.book(1, "One", "a", 100, 10);
  }

  @AfterEach
  void stop() throws IOException {
    disconnectTheSlow();
    shop.await(browser.close());
    shop.close();
  }

  @Test
  void whoTakesNothingForLongIsDroppedAndTheOthersAreServed() throws IOException {
    open(MUCH_BYTES, 1_000, LONG_MILLIS);
    EventClient healthy = listen();
    addSlow();
    while (figure("listeners") == 2) {
      tellMuch();
      awaitAll(healthy);
    }
    assertEquals(1, dropped());
    shop.store.sell(1, "k1");
    awaitAll(healthy);
  }

  /** Nobody who has taken everything is dropped, and all that they had to wait for is told. */
  @Test
  void whoIsInTheWayIsDroppedSoonOnceTooMuchIsPendingForAll() throws IOException {
    open(CLIENT_BYTES, LONG_MILLIS, 1_000);
    EventClient healthy = listen();
    addSlow();
    while (figure("listeners") == 2) {
      tellMuch();
      awaitAll(healthy);
    }
    assertEquals(1, dropped());
    assertFalse(healthy.hasEnded());
    assertEquals(
        (long) round * BOOKS,
        healthy.events().stream().filter(event -> event.kind().equals("book")).count());
    shop.until(() -> figure("pending") == 0);
  }

  /** However many they are; but for one text, which is told as a whole. */
  @Test
  void noMoreIsPendingForAllThanANodeMayHave() throws IOException {
    long most = 8 * CLIENT_BYTES;
    open(most, LONG_MILLIS, LONG_MILLIS);
    while (slow.size() < 10) {
      addSlow();
    }
    while (figure("pending") < most) {
      tellMuch();
    }
    for (int i = 0; i < 10; i++) {
      tellMuch();
    }
    assertTrue(figure("pending") < most + MAX_TEXT_BYTES, figure("pending") + " bytes");
    disconnectTheSlow();
    shop.until(() -> figure("pending") == 0);
  }

  /** That is long; the other half is for those who are up to date. */
  @Test
  void whileHalfOfWhatANodeMayHaveIsPendingNobodyIsToldWhatItMissed() {
    open(MUCH_BYTES, LONG_MILLIS, LONG_MILLIS);
    EventClient healthy = listen();
    String seen = healthy.lastId();
    shop.store.sell(1, "k1");
    awaitAll(healthy);
    Outflow others = shop.feed.outflow(part -> Promise.<Void>promise().future());
    others.send(Buffer.buffer(new byte[(int) MUCH_BYTES / 2]));
    EventClient late = shop.await(EventClient.open(http, shop.port(), "/events", seen));
    for (String key : List.of("k2", "k3", "k4")) {
      shop.store.sell(1, key);
      awaitAll(healthy);
    }
    assertEquals(List.of(), late.events());
    others.close();
    awaitAll(late);
    assertTrue(late.events().stream().anyMatch(event -> event.kind().equals("stock")));
  }

  @Test
  void whileLessThanHalfIsPendingWhoMissedSomethingIsToldAtOnce() {
    open(MUCH_BYTES, LONG_MILLIS, LONG_MILLIS);
    EventClient healthy = listen();
    String seen = healthy.lastId();
    shop.store.sell(1, "k1");
    awaitAll(healthy);
    Outflow others = shop.feed.outflow(part -> Promise.<Void>promise().future());
    others.send(Buffer.buffer(new byte[(int) MUCH_BYTES / 2 - CLIENT_BYTES]));
    awaitAll(shop.await(EventClient.open(http, shop.port(), "/events", seen)));
    others.close();
  }

  private EventClient listen() {
    EventClient client = shop.await(EventClient.open(http, shop.port(), "/events", ""));
    shop.until(() -> client.events().size() == 1);
    return client;
  }

  /** One that takes nothing. */
  private void addSlow() throws IOException {
    double listeners = figure("listeners") + 1;
    Socket socket = new Socket();
    slow.add(socket);
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), shop.port()));
    socket
        .getOutputStream()
        .write("GET /events HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    shop.until(() -> figure("listeners") == listeners);
  }

  private void disconnectTheSlow() throws IOException {
    for (Socket socket : slow) {
      socket.close();
    }
  }

  /** Told, when this returns, to all who are not put off. */
  private void tellMuch() {
    String title = "x".repeat(900) + round++;
    assertTrue(round < MAX_ROUNDS, "whoever takes nothing is still waited for");
    List<NewBook> books =
        IntStream.range(100, 100 + BOOKS)
            .mapToObj(i -> new NewBook(Optional.of(new BookId(i)), title, "A", "t", 1, 1))
            .toList();
    shop.store.entry(new Command.AddBooks("much", 0, books, true));
    Message next = new Message.ReadChanges(Optional.of(shop.store.index()), Message.MAX_CHANGES);
    shop.until(() -> shop.store.seen.stream().anyMatch(seen -> seen.getValue().equals(next)));
  }

  private void awaitAll(EventClient client) {
    String last = "store:" + shop.store.index();
    shop.until(() -> client.lastId().equals(last));
  }

  private double figure(String name) {
    return shop.metrics.get("pygmy.events." + name).gauge().value();
  }

  private double dropped() {
    return shop.metrics.get("pygmy.events.dropped").counter().count();
  }
}
