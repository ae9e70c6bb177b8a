package com.pygmy.frontend;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystem;
import io.vertx.core.http.HttpHeaders;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The pages, what they load, and the contract: the files of {@code webroot}, read once from the
 * class path and kept in memory, so that no path of a request ever reaches a file system. Any
 * thread may use it.
 */
public final class Assets {

  private static final String FOLDER = "webroot";
  private static final String OPENAPI = "openapi.yaml";
  private static final String SHOP = "index.html";
  private static final String OPERATIONS = "ops.html";

  private final Map<String, Asset> files;
  private final Buffer openapi;

  private Assets(Map<String, Asset> files, Buffer openapi) {
    this.files = files;
    this.openapi = openapi;
  }

  /**
   * Reads and packs them all, on a worker: once for all event loops of a node.
   *
   * @return fails when a file has a name that cannot be served: it could not be found by anyone
   */
  public static Future<Assets> read(Vertx vertx) {
    FileSystem disk = vertx.fileSystem();
    return vertx.executeBlocking(
        () ->
            new Assets(
                disk.readDirBlocking(FOLDER).stream()
                    .map(path -> Asset.of(name(path), disk.readFileBlocking(path)))
                    .collect(Collectors.toUnmodifiableMap(Asset::name, file -> file)),
                disk.readFileBlocking(OPENAPI)));
  }

  /** The contract, as it lies in the jar. */
  Buffer openapi() {
    return openapi;
  }

  private static String name(String path) {
    return Path.of(path).getFileName().toString();
  }

  /** {@code GET /} */
  Future<Reply> shopPage(Exchange exchange) {
    return answer(SHOP, exchange);
  }

  /** {@code GET /ops} */
  Future<Reply> operationsPage(Exchange exchange) {
    return answer(OPERATIONS, exchange);
  }

  /** {@code GET /assets/{file}} */
  Future<Reply> asset(Exchange exchange) {
    return answer(Optional.of(exchange.path("file")).filter(Assets::isNoPage).orElse(""), exchange);
  }

  /** A page has one address. */
  private static boolean isNoPage(String file) {
    return !file.endsWith(".html");
  }

  private Future<Reply> answer(String file, Exchange exchange) {
    Asset asset = files.get(file);
    if (asset == null) {
      throw new Failure.UnknownRoute().exception();
    }
    return Future.succeededFuture(
        asset.answer(
            exchange.header(HttpHeaders.IF_NONE_MATCH),
            exchange.header(HttpHeaders.ACCEPT_ENCODING)));
  }
}
