package com.pygmy.frontend;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystem;
import io.vertx.core.http.HttpHeaders;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The pages, what they load, and the contract: the files of {@code webroot}, and the problem types,
 * read once from the class path and kept in memory, so that no path of a request ever reaches a
 * file system. Any thread may use it.
 */
public final class Assets {

  private static final String FOLDER = "webroot";
  private static final String OPENAPI = "openapi.yaml";
  private static final String SHOP = "index.html";
  private static final String OPERATIONS = "ops.html";
  private static final String PROBLEM = "problem.html";
  private static final String PROBLEMS = "problems.md";

  private final Map<String, Asset> files;
  private final Map<String, Asset> problems;
  private final Asset problemList;
  private final Buffer openapi;

  private Assets(Map<String, Asset> files, ProblemPages problems, Buffer openapi) {
    this.files = files;
    this.problems = problems.pages();
    this.problemList = problems.list();
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
                new ProblemPages(
                    disk.readFileBlocking(PROBLEMS).toString(),
                    disk.readFileBlocking(FOLDER + '/' + PROBLEM).toString()),
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
    return answer(files.get(SHOP), exchange);
  }

  /** {@code GET /ops} */
  Future<Reply> operationsPage(Exchange exchange) {
    return answer(files.get(OPERATIONS), exchange);
  }

  /** {@code GET /problems} */
  Future<Reply> problemList(Exchange exchange) {
    return answer(problemList, exchange);
  }

  /** {@code GET /problems/{type}}: what the {@code type} of a problem links to. */
  Future<Reply> problem(Exchange exchange) {
    return answer(problems.get(exchange.path("type")), exchange);
  }

  /** {@code GET /assets/{file}} */
  Future<Reply> asset(Exchange exchange) {
    String file = exchange.path("file");
    return answer(isPage(file) ? null : files.get(file), exchange);
  }

  /** A page has one address. */
  private static boolean isPage(String file) {
    return file.endsWith(".html");
  }

  /**
   * @param asset null: there is none of this name
   */
  private static Future<Reply> answer(Asset asset, Exchange exchange) {
    if (asset == null) {
      throw new Failure.UnknownRoute().exception();
    }
    return Future.succeededFuture(
        asset.answer(
            exchange.header(HttpHeaders.IF_NONE_MATCH),
            exchange.header(HttpHeaders.ACCEPT_ENCODING)));
  }
}
