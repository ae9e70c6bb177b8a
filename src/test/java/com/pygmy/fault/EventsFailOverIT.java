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
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
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
  private static final int SOME = 30;

  /** Other than that of the catalogue. */
  private static final int FIRST_PRICE = 1_000;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  /**
   * Of the stocks of a moment only the last need be told, and each frontend has moments of its own;
   * of new prices everyone is told all.
   */
  @Test
  void whoeverListenedAtAKilledLeaderIsToldEveryNewPriceOnceAndInOrderAndTheLastStock()
      throws Exception {
    try (Shop shop = Shop.ofThree(folder, List.of("1,One,A,t,100," + STOCK));
        ShopClient careful = new ShopClient(shop.urls());
        SteadyClient steady = new SteadyClient(careful.vertx(), shop.urls(), 1)) {
      String leader = shop.leader(careful).orElseThrow();
      List<String> urls = new ArrayList<>(shop.urls());
      Collections.rotate(urls, -shop.nodes().indexOf(leader));
      List<String> survivors = urls.subList(1, 3);
      AtomicBoolean goOn = new AtomicBoolean(true);
      try (Listener moves = new Listener(urls);
          Listener stays = new Listener(urls.subList(2, 3))) {
        shop.await("both listen", () -> moves.isGreeted() && stays.isGreeted());
        Future<Void> load = steady.run("buy", CLIENTS);
        CompletableFuture<Integer> repricing =
            CompletableFuture.supplyAsync(() -> reprice(survivors, goOn::get));
        shop.await("both are told", () -> moves.told() > SOME && stays.told() > SOME);
        shop.signal(leader, "KILL");
        int before = moves.told();
        shop.await("it goes on elsewhere", () -> moves.told() > before + SOME);
        goOn.set(false);
        int prices = repricing.get(1, TimeUnit.MINUTES);
        steady.stop();
        ShopClient.await(load);

        int left = ShopClient.await(careful.get("/books/1")).body().getInteger("stock");
        assertTrue(left <= STOCK - steady.confirmed.size(), steady.toString());
        shop.await(
            "all is told",
            () ->
                Stream.of(moves, stays)
                    .allMatch(one -> one.told() >= prices && one.lastStock() == left));
        System.out.printf("%s; %d prices, %d stocks%n", steady, moves.told(), moves.stocks.size());
        assertEquals(stays.books, moves.books);
        assertEquals(
            IntStream.range(FIRST_PRICE, FIRST_PRICE + prices).boxed().toList(), moves.prices());
        assertEquals(2, moves.streams.get());
        assertEquals(1, stays.streams.get());
        assertEquals(0, moves.resets.get(), "it had to read nothing again");
        List<Long> versions = moves.versions();
        assertEquals(versions.stream().sorted().distinct().toList(), versions);
      }
    }
  }

  /** One new price after the other, each until it is confirmed; how many. */
  private static int reprice(List<String> urls, BooleanSupplier goOn) {
    HttpClient http = HttpClient.newHttpClient();
    int prices = 0;
    for (int turn = 0; goOn.getAsBoolean(); turn++) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(urls.get(turn % urls.size()) + "/books/1"))
              .timeout(Duration.ofSeconds(8))
              .header("Authorization", "Bearer " + Shop.TOKEN)
              .header("Content-Type", "application/json")
              .header("Idempotency-Key", "price-" + prices)
              .method(
                  "PATCH",
                  BodyPublishers.ofString("{\"priceCents\":" + (FIRST_PRICE + prices) + "}"))
              .build();
      try {
        prices += http.send(request, BodyHandlers.discarding()).statusCode() == 200 ? 1 : 0;
      } catch (IOException lost) {
        // the same at the next one
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    return prices;
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

    /** As each new price left the book. */
    private final List<String> books = new CopyOnWriteArrayList<>();

    private final List<String> stocks = new CopyOnWriteArrayList<>();

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
        case "book" -> books.add(data);
        case "stock" -> stocks.add(data);
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
      return books.size();
    }

    List<Integer> prices() {
      return books.stream().map(book -> new JsonObject(book).getInteger("priceCents")).toList();
    }

    int lastStock() {
      return stocks.isEmpty()
          ? STOCK
          : new JsonObject(stocks.get(stocks.size() - 1)).getInteger("stock");
    }

    List<Long> versions() {
      return stocks.stream().map(stock -> new JsonObject(stock).getLong("version")).toList();
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
