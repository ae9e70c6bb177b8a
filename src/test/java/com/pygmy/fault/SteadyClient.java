package com.pygmy.fault;

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
import java.net.ConnectException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that buy and look up all the time, on connections that they keep, each at the URL that it
 * used last. A frontend that refuses the connection, or hangs up without an answer, is left for the
 * next one, with the same key: that is what clients are for. Anything else that is not the answer
 * that was asked for is a failed request.
 */
final class SteadyClient implements AutoCloseable {

  private static final long REQUEST_MILLIS = 6_000;
  private static final long PAUSE_MILLIS = 10;

  private final Vertx vertx;
  private final WebClient http;
  private final List<String> urls;
  private final int book;
  private volatile boolean stopped;

  final Queue<String> failures = new ConcurrentLinkedQueue<>();
  final Queue<JsonObject> confirmed = new ConcurrentLinkedQueue<>();
  final AtomicInteger looked = new AtomicInteger();
  final AtomicInteger refusedConnections = new AtomicInteger();
  final AtomicInteger hangUps = new AtomicInteger();
  final AtomicLong slowestMillis = new AtomicLong();

  SteadyClient(Vertx vertx, List<String> urls, int book) {
    this.vertx = vertx;
    this.urls = urls;
    this.book = book;
    this.http =
        WebClient.create(
            vertx,
            new WebClientOptions().setConnectTimeout(1_000).setKeepAlive(true),
            new PoolOptions().setHttp1MaxSize(64));
  }

  /** Begins; each of so many clients does one thing after the other. */
  Future<Void> run(String name, int clients) {
    List<Future<Void>> all =
        java.util.stream.IntStream.range(0, clients)
            .mapToObj(
                client -> {
                  Promise<Void> done = Promise.promise();
                  next(name + "-" + client, client, 0, done);
                  return done.future();
                })
            .toList();
    return Future.join(all).mapEmpty();
  }

  void stop() {
    stopped = true;
  }

  /** Turn after turn; a chain of futures would grow with each. */
  private void next(String name, int client, int turn, Promise<Void> done) {
    if (stopped) {
      done.complete();
      return;
    }
    boolean buys = turn % 4 == 0;
    long start = System.nanoTime();
    (buys ? buy(name + "-" + turn, client) : look(client))
        .compose(
            answered -> {
              long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
              slowestMillis.accumulateAndGet(took, Math::max);
              return vertx.timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            })
        .onFailure(done::fail)
        .onSuccess(paused -> next(name, client, turn + 1, done));
  }

  private Future<Void> buy(String key, int first) {
    Buffer order =
        new JsonObject()
            .put(
                "items", new JsonArray().add(new JsonObject().put("book", book).put("quantity", 1)))
            .toBuffer();
    return ask(first, 0, HttpMethod.POST, "/orders", key, order)
        .map(
            answer -> {
              if (answer != null && answer.statusCode() == 201) {
                confirmed.add(answer.bodyAsJsonObject());
              } else if (answer != null) {
                failures.add(key + ": " + answer.statusCode() + " " + answer.bodyAsString());
              }
              return null;
            });
  }

  private Future<Void> look(int first) {
    return ask(first, 0, HttpMethod.GET, "/books/" + book, "", Buffer.buffer())
        .map(
            answer -> {
              if (answer != null && answer.statusCode() == 200) {
                looked.incrementAndGet();
              } else if (answer != null) {
                failures.add("look-up: " + answer.statusCode() + " " + answer.bodyAsString());
              }
              return null;
            });
  }

  private Future<HttpResponse<Buffer>> ask(
      int first, int attempt, HttpMethod method, String path, String key, Buffer body) {
    String url = urls.get(Math.floorMod(first + attempt, urls.size()));
    HttpRequest<Buffer> request = http.requestAbs(method, url + path).timeout(REQUEST_MILLIS);
    if (!key.isEmpty()) {
      request.putHeader("Content-Type", "application/json").putHeader("Idempotency-Key", key);
    }
    return (key.isEmpty() ? request.send() : request.sendBuffer(body))
        .recover(
            lost -> {
              if (attempt == 2 * urls.size()) {
                failures.add(method + " " + path + " " + key + ": nobody answers: " + lost);
                return Future.succeededFuture(null);
              }
              if (lost instanceof ConnectException) {
                refusedConnections.incrementAndGet();
              } else if (lost instanceof io.vertx.core.http.HttpClosedException
                  || lost instanceof java.net.SocketException) {
                hangUps.incrementAndGet();
              } else {
                failures.add(method + " " + path + " " + key + " at " + url + ": " + lost);
              }
              return ask(first, attempt + 1, method, path, key, body);
            });
  }

  @Override
  public String toString() {
    return "%d bought, %d looked up, %d connections refused, %d hung up, slowest %d ms, failures %s"
        .formatted(
            confirmed.size(),
            looked.get(),
            refusedConnections.get(),
            hangUps.get(),
            slowestMillis.get(),
            failures);
  }

  @Override
  public void close() {
    stop();
    http.close();
  }
}
