package com.pygmy.fault;

import com.pygmy.history.BookState;
import com.pygmy.history.Outcome;
import com.pygmy.history.Recorder;
import com.pygmy.history.Request;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Readers at every frontend, buyers, and administrators who change prices and restock, all on the
 * same few books; everything they ask and are answered is recorded. A write that fails is asked
 * again under its key, at the next frontend, until its outcome is known or the traffic stops.
 */
final class BookTraffic implements AutoCloseable {

  private static final long REQUEST_MILLIS = 6_000;
  private static final long READ_MILLIS = 2_000;
  private static final long PAUSE_MILLIS = 20;

  private final Vertx vertx = Vertx.vertx();
  private final WebClient http =
      WebClient.create(
          vertx,
          new WebClientOptions().setConnectTimeout(1_000),
          new PoolOptions().setHttp1MaxSize(64));
  private final List<String> urls;
  private final int books;
  private final long seed;
  private final Recorder recorder;
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong writes = new AtomicLong();
  private volatile boolean stopped;
  private long lastWriteNanos = System.nanoTime();
  private long longestPauseNanos;
  private int clients;

  BookTraffic(List<String> urls, int books, long seed, Recorder recorder) {
    this.urls = urls;
    this.books = books;
    this.seed = seed;
    this.recorder = recorder;
  }

  /** So many clients of each kind, the readers evenly over the frontends; done when stopped. */
  Future<Void> start(int readers, int buyers, int administrators) {
    written();
    takeLongestPauseMillis();
    List<Future<Void>> all = new ArrayList<>();
    for (int i = 0; i < readers; i++) {
      Reader reader = new Reader(i);
      all.add(untilStopped(reader::read));
    }
    for (int i = 0; i < buyers; i++) {
      Writer buyer = new Writer(i);
      all.add(untilStopped(buyer::buy));
    }
    for (int i = 0; i < administrators; i++) {
      Writer administrator = new Writer(i);
      all.add(untilStopped(administrator::administer));
    }
    return Future.join(all).mapEmpty();
  }

  /** Again and again; a chain of futures would grow with each turn. */
  private Future<Void> untilStopped(Supplier<Future<Void>> turn) {
    Promise<Void> done = Promise.promise();
    again(turn, done);
    return done.future();
  }

  private void again(Supplier<Future<Void>> turn, Promise<Void> done) {
    if (stopped) {
      done.complete();
      return;
    }
    turn.get().onSuccess(next -> again(turn, done)).onFailure(done::fail);
  }

  /** Whoever waits for an answer still gets it. */
  void stop() {
    stopped = true;
  }

  long reads() {
    return reads.get();
  }

  long writes() {
    return writes.get();
  }

  /** The longest time in which no write was answered, since this was asked last. */
  synchronized long takeLongestPauseMillis() {
    long longest = TimeUnit.NANOSECONDS.toMillis(longestPauseNanos);
    longestPauseNanos = 0;
    return longest;
  }

  private synchronized void written() {
    long now = System.nanoTime();
    longestPauseNanos = Math.max(longestPauseNanos, now - lastWriteNanos);
    lastWriteNanos = now;
    writes.incrementAndGet();
  }

  private static BookState state(JsonObject book) {
    return new BookState(
        book.getLong("stock"), book.getLong("priceCents"), book.getLong("version"));
  }

  private class Client {
    final int number = ++clients;
    final Random random = new Random(seed * 1_000 + number);

    int book() {
      return 1 + random.nextInt(books);
    }

    Future<Void> pause() {
      return vertx.timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS).mapEmpty();
    }
  }

  /** Stays at one frontend; asks for what it has seen with its entity tag. */
  private final class Reader extends Client {
    private final String url;
    private final Map<String, BookState> seen = new HashMap<>();
    private final Map<Integer, String> tags = new HashMap<>();

    Reader(int index) {
      url = urls.get(index % urls.size());
    }

    Future<Void> read() {
      return (random.nextInt(8) == 0 ? readAll() : readOne())
          .compose(answered -> answered ? Future.succeededFuture() : pause());
    }

    private Future<Boolean> readOne() {
      int book = book();
      Recorder.Call call = recorder.invoke(number, book, new Request.Read());
      HttpRequest<Buffer> request = http.getAbs(url + "/books/" + book).timeout(READ_MILLIS);
      if (tags.containsKey(book) && random.nextBoolean()) {
        request.putHeader("If-None-Match", tags.get(book));
      }
      return request
          .send()
          .transform(
              sent -> {
                Outcome outcome = sent.succeeded() ? outcome(book, sent.result()) : failed();
                call.answer(outcome);
                return Future.succeededFuture(count(outcome, 1));
              });
    }

    private Outcome outcome(int book, HttpResponse<Buffer> response) {
      if (response.statusCode() == 304) {
        return new Outcome.Seen(seen.get(tags.get(book)));
      } else if (response.statusCode() != 200) {
        return failed();
      }
      BookState state = state(response.bodyAsJsonObject());
      tags.put(book, response.getHeader("ETag"));
      seen.put(response.getHeader("ETag"), state);
      return new Outcome.Seen(state);
    }

    private Future<Boolean> readAll() {
      List<Recorder.Call> calls = new ArrayList<>();
      StringBuilder ids = new StringBuilder();
      for (int book = 1; book <= books; book++) {
        calls.add(recorder.invoke(number, book, new Request.Read()));
        ids.append(book == 1 ? "" : ",").append(book);
      }
      return http.getAbs(url + "/books?ids=" + ids)
          .timeout(READ_MILLIS)
          .send()
          .transform(
              sent -> {
                boolean read = sent.succeeded() && sent.result().statusCode() == 200;
                for (int i = 0; i < books; i++) {
                  call(calls.get(i), read ? item(sent.result(), i) : failed());
                }
                return Future.succeededFuture(count(read ? null : failed(), books));
              });
    }

    private void call(Recorder.Call call, Outcome outcome) {
      call.answer(outcome);
    }

    private Outcome item(HttpResponse<Buffer> response, int index) {
      JsonArray items = response.bodyAsJsonObject().getJsonArray("items");
      return new Outcome.Seen(state(items.getJsonObject(index)));
    }

    private boolean count(Outcome outcome, int answered) {
      if (outcome instanceof Outcome.Failed) {
        return false;
      }
      reads.addAndGet(answered);
      return true;
    }

    private Outcome failed() {
      return new Outcome.Failed();
    }
  }

  /** Goes from frontend to frontend. */
  private final class Writer extends Client {
    private int turn;
    private int sent;

    Writer(int index) {
      turn = index;
    }

    Future<Void> buy() {
      int book = book();
      int quantity = 1 + random.nextInt(3);
      JsonObject line = new JsonObject().put("book", book).put("quantity", quantity);
      JsonObject order = new JsonObject().put("items", new JsonArray().add(line));
      Recorder.Call call = recorder.invoke(number, book, new Request.Buy(quantity));
      return until(HttpMethod.POST, "/orders", key(), order)
          .map(
              response -> {
                call.answer(bought(response));
                return null;
              });
    }

    private Outcome bought(HttpResponse<Buffer> response) {
      if (response == null) {
        return new Outcome.Unknown();
      }
      JsonObject body = response.bodyAsJsonObject();
      return switch (response.statusCode()) {
        case 201 ->
            new Outcome.Sold(body.getJsonArray("items").getJsonObject(0).getLong("priceCents"));
        case 409 ->
            new Outcome.OutOfStock(body.getJsonArray("books").getJsonObject(0).getLong("left"));
        default -> throw new AssertionError(response.statusCode() + ": " + body);
      };
    }

    Future<Void> administer() {
      return (random.nextBoolean() ? reprice() : restock()).compose(done -> pause());
    }

    private Future<Void> reprice() {
      int book = book();
      long price = 100L + random.nextInt(900);
      Recorder.Call call = recorder.invoke(number, book, Request.Revise.price(price));
      return until(
              HttpMethod.PATCH, "/books/" + book, key(), new JsonObject().put("priceCents", price))
          .map(
              response -> {
                call.answer(
                    response == null
                        ? new Outcome.Unknown()
                        : new Outcome.Seen(state(ok(response))));
                return null;
              });
    }

    private Future<Void> restock() {
      int book = book();
      int quantity = 1 + random.nextInt(20);
      Recorder.Call call = recorder.invoke(number, book, new Request.Restock(quantity));
      JsonObject body = new JsonObject().put("quantity", quantity);
      return until(HttpMethod.POST, "/books/" + book + "/restock", key(), body)
          .map(
              response -> {
                if (response != null) {
                  ok(response);
                }
                call.answer(response == null ? new Outcome.Unknown() : new Outcome.Done());
                return null;
              });
    }

    private static JsonObject ok(HttpResponse<Buffer> response) {
      if (response.statusCode() != 200) {
        throw new AssertionError(response.statusCode() + ": " + response.bodyAsString());
      }
      return response.bodyAsJsonObject();
    }

    private String key() {
      return "w" + number + "-" + ++sent;
    }

    /** The answer, or null when the traffic stopped before there was one that says what became. */
    private Future<HttpResponse<Buffer>> until(
        HttpMethod method, String path, String key, JsonObject body) {
      return http.requestAbs(method, urls.get(turn++ % urls.size()) + path)
          .timeout(REQUEST_MILLIS)
          .putHeader("Authorization", "Bearer " + Shop.TOKEN)
          .putHeader("Idempotency-Key", key)
          .sendJsonObject(body)
          .transform(
              sent -> {
                if (sent.succeeded() && sent.result().statusCode() != 503) {
                  written();
                  return Future.succeededFuture(sent.result());
                }
                return stopped
                    ? Future.succeededFuture(null)
                    : pause().compose(paused -> until(method, path, key, body));
              });
    }
  }

  @Override
  public void close() {
    ShopClient.await(vertx.close());
  }
}
