package com.pygmy.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.history.Recorder;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.WebClient;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** One buyer, at a frontend that has nothing to say for long. */
class WriterTest {

  private static final Load LOAD = new Load(4, 1, 1, 1, 5_000, 500, 500, 1);
  private static final int REFUSALS = 10_000;

  @Test
  void asksForAsLongAsItTakes() throws Exception {
    Vertx vertx = Vertx.vertx();
    AtomicInteger asked = new AtomicInteger();
    try {
      String url = "http://127.0.0.1:" + serve(vertx, asked).actualPort();
      Ledger ledger = new Ledger();
      Recorder recorder = new Recorder(LOAD.initial(), System::nanoTime, 10);
      Pulse pulse = new Pulse(System::nanoTime);
      Caller caller =
          new Caller(
              WebClient.create(vertx), List.of(url), "t", ledger, System::nanoTime, pulse, 0);
      Client client =
          new Client(
              1,
              new Random(1),
              LOAD,
              caller,
              recorder,
              ledger,
              Future::succeededFuture,
              () -> false);
      new Writer(client).buy().await(60, TimeUnit.SECONDS);
      pulse.close();
      assertEquals(1, ledger.counts().bought());
      assertEquals(REFUSALS, ledger.counts().retries());
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  private static HttpServer serve(Vertx vertx, AtomicInteger asked) throws Exception {
    return vertx
        .createHttpServer()
        .requestHandler(
            request -> {
              if (asked.getAndIncrement() < REFUSALS) {
                var unused = request.response().setStatusCode(503).end();
              } else {
                JsonObject order =
                    new JsonObject()
                        .put("number", 1)
                        .put("key", request.getHeader("Idempotency-Key"))
                        .put("items", new JsonArray());
                var unused = request.response().setStatusCode(201).end(order.encode());
              }
            })
        .listen(0, "127.0.0.1")
        .await(10, TimeUnit.SECONDS);
  }
}
