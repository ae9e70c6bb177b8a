package com.pygmy.cli;

import com.pygmy.Ports;
import com.pygmy.TestCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/**
 * A server on a port of the system's choice that answers as a test says, and keeps what it heard.
 */
public final class FakeFrontend implements AutoCloseable {

  private static final int SECONDS = 10;

  private final String scheme;
  private final HttpServer server;
  public final List<Heard> heard = new CopyOnWriteArrayList<>();

  public record Heard(String method, String uri, String key, String token, String body) {
    public JsonObject json() {
      return new JsonObject(body);
    }
  }

  public FakeFrontend(Vertx vertx, BiConsumer<HttpServerRequest, Heard> answer)
      throws TimeoutException {
    this(vertx, new HttpServerOptions(), answer);
  }

  /** One that speaks HTTPS. */
  FakeFrontend(Vertx vertx, TestCertificate shown, BiConsumer<HttpServerRequest, Heard> answer)
      throws TimeoutException {
    this(
        vertx,
        new HttpServerOptions()
            .setSsl(true)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .setCertPath(shown.certificate().toString())
                    .setKeyPath(shown.key().toString())),
        answer);
  }

  private FakeFrontend(
      Vertx vertx, HttpServerOptions options, BiConsumer<HttpServerRequest, Heard> answer)
      throws TimeoutException {
    scheme = options.isSsl() ? "https" : "http";
    server =
        vertx
            .createHttpServer(options)
            .requestHandler(request -> take(request, answer))
            .listen(Ports.free(), "127.0.0.1")
            .await(SECONDS, TimeUnit.SECONDS);
  }

  public static BiConsumer<HttpServerRequest, Heard> answering(int status, String body) {
    return (request, heard) -> answer(request, status, body);
  }

  public static void answer(HttpServerRequest request, int status, String body) {
    request.response().setStatusCode(status).end(Buffer.buffer(body)).onComplete(done -> {});
  }

  public static String problem(String slug, String detail) {
    return new JsonObject()
        .put("type", "/problems/" + slug)
        .put("title", slug)
        .put("detail", detail)
        .encode();
  }

  private void take(HttpServerRequest request, BiConsumer<HttpServerRequest, Heard> answer) {
    request
        .body()
        .onSuccess(
            body -> {
              Heard one =
                  new Heard(
                      request.method().name(),
                      request.uri(),
                      request.getHeader("Idempotency-Key"),
                      request.getHeader("Authorization"),
                      body.toString());
              heard.add(one);
              answer.accept(request, one);
            });
  }

  public String url() {
    return scheme + "://127.0.0.1:" + server.actualPort();
  }

  /** From now on, connections are refused. */
  @Override
  public void close() throws TimeoutException {
    server.close().await(SECONDS, TimeUnit.SECONDS);
  }
}
