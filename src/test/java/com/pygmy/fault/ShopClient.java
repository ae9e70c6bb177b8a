package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Talks to a shop over HTTP as a careful client does: the same key until there is an outcome. */
final class ShopClient implements AutoCloseable {

  private static final long REQUEST_MILLIS = 8_000;
  private static final long BUY_DEADLINE_MILLIS = 60_000;
  private static final long PAUSE_MILLIS = 50;
  private static final int GET_ATTEMPTS = 20;
  private static final int READS_AT_ONCE = 32;

  private final Vertx vertx = Vertx.vertx();
  private final WebClient http =
      WebClient.create(vertx, new WebClientOptions().setConnectTimeout(1_000));
  private final List<String> urls;

  ShopClient(List<String> urls) {
    this.urls = urls;
  }

  /** An answer with a status. */
  record Answer(int status, JsonObject body, boolean replayed) {}

  /**
   * Buys, at one URL after another, until the outcome is known.
   *
   * @param first which URL to try first
   */
  Future<Answer> buy(int first, String key, int book, int quantity) {
    JsonObject order =
        new JsonObject()
            .put(
                "items",
                new JsonArray().add(new JsonObject().put("book", book).put("quantity", quantity)));
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BUY_DEADLINE_MILLIS);
    return buy(first, key, order.toBuffer(), deadline);
  }

  private Future<Answer> buy(int turn, String key, Buffer order, long deadline) {
    String url = urls.get(Math.floorMod(turn, urls.size()));
    return http.postAbs(url + "/orders")
        .timeout(REQUEST_MILLIS)
        .putHeader("Content-Type", "application/json")
        .putHeader("Idempotency-Key", key)
        .sendBuffer(order)
        .transform(
            sent -> {
              if (sent.succeeded() && sent.result().statusCode() != 503) {
                return Future.succeededFuture(answer(sent.result()));
              }
              if (System.nanoTime() > deadline) {
                return Future.failedFuture(
                    "no outcome for " + key + ": " + describe(sent.result(), sent.cause()));
              }
              return vertx
                  .timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                  .compose(paused -> buy(turn + 1, key, order, deadline));
            });
  }

  private static String describe(HttpResponse<Buffer> response, Throwable cause) {
    return response != null ? response.bodyAsString() : String.valueOf(cause);
  }

  private static Answer answer(HttpResponse<Buffer> response) {
    return new Answer(
        response.statusCode(),
        response.body() == null ? new JsonObject() : new JsonObject(response.body()),
        "true".equals(response.getHeader("Idempotent-Replayed")));
  }

  /** As administrator, at one frontend, until it can answer. */
  Future<Answer> get(String url, String path) {
    return get(url, path, GET_ATTEMPTS);
  }

  private Future<Answer> get(String url, String path, int attempts) {
    return once(url, path)
        .compose(
            answer ->
                answer.status() != 503 || attempts == 1
                    ? Future.succeededFuture(answer)
                    : vertx
                        .timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                        .compose(paused -> get(url, path, attempts - 1)));
  }

  /** The same at the first frontend that answers. */
  Future<Answer> get(String path) {
    Future<Answer> answer = Future.failedFuture("no frontend");
    for (String url : urls) {
      answer = answer.recover(unreachable -> get(url, path));
    }
    return answer;
  }

  private Future<Answer> once(String url, String path) {
    return http.getAbs(url + path)
        .timeout(REQUEST_MILLIS)
        .putHeader("Authorization", "Bearer " + Shop.TOKEN)
        .send()
        .map(ShopClient::answer);
  }

  /** Every order reads through every frontend as it was confirmed. */
  void checkReadable(Collection<JsonObject> confirmed) {
    List<JsonObject> orders = new ArrayList<>(confirmed);
    for (String url : urls) {
      for (int from = 0; from < orders.size(); from += READS_AT_ONCE) {
        List<JsonObject> some = orders.subList(from, Math.min(from + READS_AT_ONCE, orders.size()));
        List<Future<Answer>> reads =
            some.stream().map(o -> get(url, "/orders/" + o.getLong("number"))).toList();
        await(Future.all(reads));
        for (int i = 0; i < some.size(); i++) {
          assertEquals(some.get(i), reads.get(i).result().body(), "through " + url);
        }
      }
    }
  }

  /** The cluster as the first frontend sees it that answers; empty when none does. */
  JsonObject cluster() {
    for (String url : urls) {
      try {
        return await(once(url, "/cluster")).body();
      } catch (AssertionError unreachable) {
        // Another frontend may answer.
      }
    }
    return new JsonObject();
  }

  Vertx vertx() {
    return vertx;
  }

  /** Waits for a result; fails the test if there is none. */
  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return fail(e);
    }
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
