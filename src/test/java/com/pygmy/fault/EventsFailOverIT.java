package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Live events of real processes, one of which dies. */
@Tag("faults")
class EventsFailOverIT {

  private static final int STOCK = 1_000_000;
  private static final int CLIENTS = 4;
  private static final int SOME = 50;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void whoeverListenedAtAKilledLeaderIsToldEveryChangeOnceAndInOrder() throws Exception {
    try (Shop shop = Shop.ofThree(folder, List.of("1,One,A,t,100," + STOCK));
        ShopClient careful = new ShopClient(shop.urls());
        SteadyClient steady = new SteadyClient(careful.vertx(), shop.urls(), 1)) {
      String leader = shop.leader(careful).orElseThrow();
      List<String> urls = new ArrayList<>(shop.urls());
      Collections.rotate(urls, -shop.nodes().indexOf(leader));
      try (Listener moves = new Listener(urls);
          Listener stays = new Listener(List.of(urls.get(2)))) {
        shop.await("both listen", () -> moves.isGreeted() && stays.isGreeted());
        Future<Void> load = steady.run("buy", CLIENTS);
        shop.await("both are told", () -> moves.told() > SOME && stays.told() > SOME);
        shop.signal(leader, "KILL");
        int before = moves.told();
        shop.await("it goes on elsewhere", () -> moves.told() > before + SOME);
        steady.stop();
        ShopClient.await(load);

        int left = ShopClient.await(careful.get("/books/1")).body().getInteger("stock");
        assertTrue(left <= STOCK - steady.confirmed.size(), steady.toString());
        shop.await("all is told", () -> moves.lastStock() == left && stays.lastStock() == left);
        assertEquals(stays.changes, moves.changes);
        System.out.println(steady + "; " + moves.told() + " changes told");
        assertEquals(2, moves.streams.get());
        assertEquals(1, stays.streams.get());
        assertEquals(0, moves.resets.get(), "it had to read nothing again");
        List<Long> versions = moves.versions();
        assertEquals(versions.stream().sorted().distinct().toList(), versions);
      }
    }
  }

  /** As a browser would: at one address after the other, always with the last id that it had. */
  private static final class Listener implements AutoCloseable {

    private static final long RETRY_MILLIS = 50;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> urls;
    private volatile boolean closed;
    private volatile String lastId = "";
    private String kind = "";
    private String data = "";
    private String id = "";
    private final AtomicInteger greetings = new AtomicInteger();
    private final AtomicInteger resets = new AtomicInteger();

    /** That were opened. */
    private final AtomicInteger streams = new AtomicInteger();

    /** Of stocks. */
    private final List<String> changes = new CopyOnWriteArrayList<>();

    Listener(List<String> urls) {
      this.urls = urls;
      Thread thread = new Thread(this::listen, "listener");
      thread.setDaemon(true);
      thread.start();
    }

    private void listen() {
      for (int turn = 0; !closed; turn++) {
        try (Stream<String> lines = open(urls.get(turn % urls.size()))) {
          lines.forEach(this::line);
        } catch (IOException | UncheckedIOException broken) {
          pause();
        }
        kind = "";
        data = "";
        id = "";
      }
    }

    private Stream<String> open(String url) throws IOException {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + "/events"));
      if (!lastId.isEmpty()) {
        request.header("Last-Event-ID", lastId);
      }
      try {
        HttpResponse<Stream<String>> response = http.send(request.build(), BodyHandlers.ofLines());
        if (response.statusCode() != 200) {
          response.body().close();
          throw new IOException("answered " + response.statusCode());
        }
        streams.incrementAndGet();
        return response.body();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    private static void pause() {
      try {
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    private void line(String line) {
      if (line.startsWith("event: ")) {
        kind = line.substring(7);
      } else if (line.startsWith("data: ")) {
        data = line.substring(6);
      } else if (line.startsWith("id: ")) {
        id = line.substring(4);
      } else if (line.isEmpty()) {
        dispatch();
      }
    }

    private void dispatch() {
      switch (kind) {
        case "hello" -> greetings.incrementAndGet();
        case "reset" -> resets.incrementAndGet();
        case "stock" -> changes.add(data);
        default -> {}
      }
      if (!id.isEmpty()) {
        lastId = id;
      }
      kind = "";
      data = "";
      id = "";
    }

    boolean isGreeted() {
      return greetings.get() > 0;
    }

    int told() {
      return changes.size();
    }

    int lastStock() {
      return changes.isEmpty()
          ? STOCK
          : new JsonObject(changes.get(changes.size() - 1)).getInteger("stock");
    }

    List<Long> versions() {
      return changes.stream().map(change -> new JsonObject(change).getLong("version")).toList();
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
