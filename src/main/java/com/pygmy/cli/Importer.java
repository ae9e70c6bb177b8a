package com.pygmy.cli;

import com.pygmy.cli.Answer.Said;
import com.pygmy.cli.Answer.Unavailable;
import com.pygmy.cli.Answer.Unknown;
import com.pygmy.cli.csv.BookRows.BadBook;
import com.pygmy.cli.csv.BookRows.GoodBook;
import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.Limits;
import com.pygmy.wire.json.JsonKeys;
import com.pygmy.wire.json.ProblemType;
import com.pygmy.wire.json.Route;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Sends books in requests of many, a few at a time. Each request of each run has a key of its own:
 * an attempt may be repeated, but a second import must not be told what the first one was.
 *
 * <p>One thread gives the rows; answers come on another.
 */
final class Importer {

  /** Below the 16 KiB that a frontend takes, for what is around the items. */
  static final int MAX_BODY_BYTES = 15_000;

  private static final int IN_FLIGHT = 6;

  /** Takes what is wrong with a line of the file. */
  interface Complaints {
    void about(int line, String reason);
  }

  /** What became of the rows; {@code undecided}: sent, and nobody could tell. */
  record Counts(int added, int unchanged, int updated, int conflict, int bad, int undecided) {}

  /** Why the rest of the file was not sent. */
  record Stop(int exitCode, String why) {}

  private final ShopClient client;
  private final Optional<String> token;
  private final String run;
  private final boolean update;
  private final int maxBatch;
  private final Complaints complaints;
  private final Semaphore inFlight = new Semaphore(IN_FLIGHT);

  private List<Integer> lines = new ArrayList<>();
  private JsonArray items = new JsonArray();
  private int bytes;
  private int sent;

  private Counts counts = new Counts(0, 0, 0, 0, 0, 0);
  private Optional<Stop> stop = Optional.empty();

  /** Nothing is sent yet; {@code run} begins the keys of all requests. */
  Importer(
      ShopClient client,
      Optional<String> token,
      String run,
      boolean update,
      int maxBatch,
      Complaints complaints) {
    this.client = client;
    this.token = token;
    this.run = run;
    this.update = update;
    this.maxBatch = Math.max(1, Math.min(maxBatch, Limits.MAX_BOOKS_PER_COMMAND));
    this.complaints = complaints;
  }

  /** False once it is clear that further rows would fare no better. */
  synchronized boolean canGoOn() {
    return stop.isEmpty();
  }

  synchronized Counts counts() {
    return counts;
  }

  synchronized Optional<Stop> stop() {
    return stop;
  }

  /** Takes a row; may block until an earlier request is answered. */
  void take(GoodBook row) {
    JsonObject item = item(row.book());
    int size = item.encode().getBytes(StandardCharsets.UTF_8).length + 1;
    if (size > MAX_BODY_BYTES) {
      bad(row.line(), "the book does not fit into a request");
      return;
    }
    if (items.size() == maxBatch || bytes + size > MAX_BODY_BYTES) {
      send();
    }
    items.add(item);
    lines.add(row.line());
    bytes += size;
  }

  /** Counts and tells a row that is none. */
  void takeBad(BadBook row) {
    bad(row.line(), row.reason());
  }

  /** Sends what is left and waits for every answer. */
  void finish() {
    if (!items.isEmpty() && canGoOn()) {
      send();
    }
    inFlight.acquireUninterruptibly(IN_FLIGHT);
    inFlight.release(IN_FLIGHT);
  }

  private void send() {
    JsonObject body = new JsonObject().put(JsonKeys.ITEMS, items).put(JsonKeys.UPDATE, update);
    Request request =
        Request.change("POST", Route.ADD_BOOKS.path(), run + "-" + sent++, body).authorized(token);
    List<Integer> sentLines = lines;
    lines = new ArrayList<>();
    items = new JsonArray();
    bytes = 0;
    inFlight.acquireUninterruptibly();
    client
        .ask(request)
        .onComplete(
            done -> {
              try {
                answered(sentLines, done.result());
              } finally {
                inFlight.release();
              }
            });
  }

  private synchronized void answered(List<Integer> sentLines, Answer answer) {
    if (answer instanceof Said said) {
      said(sentLines, said);
    } else if (answer instanceof Unknown unknown) {
      count(new Counts(0, 0, 0, 0, 0, sentLines.size()));
      stop = Optional.of(new Stop(ExitCode.UNAVAILABLE, unknown.why()));
    } else if (answer instanceof Unavailable unavailable) {
      stop = Optional.of(new Stop(ExitCode.UNAVAILABLE, unavailable.why()));
    }
  }

  private void said(List<Integer> sentLines, Said said) {
    JsonObject body;
    try {
      body = new JsonObject(said.body());
    } catch (DecodeException e) {
      stop = Optional.of(new Stop(ExitCode.UNAVAILABLE, "the answer is not JSON"));
      return;
    }
    if (said.isFine()) {
      JsonArray rows = body.getJsonArray(JsonKeys.ITEMS);
      for (int i = 0; i < sentLines.size(); i++) {
        decided(sentLines.get(i), rows.getJsonObject(i));
      }
      return;
    }
    String why = body.getString(JsonKeys.TITLE) + ". " + body.getString(JsonKeys.DETAIL, "");
    boolean isUnauthorized =
        body.getString(JsonKeys.TYPE, "").equals(ProblemType.UNAUTHORIZED.uri());
    if (isUnauthorized) {
      stop = Optional.of(new Stop(ExitCode.REFUSED, why + " See --token and --data."));
      return;
    }
    sentLines.forEach(line -> bad(line, why));
  }

  private void decided(int line, JsonObject row) {
    switch (row.getString(JsonKeys.STATUS)) {
      case "added" -> count(new Counts(1, 0, 0, 0, 0, 0));
      case "unchanged" -> count(new Counts(0, 1, 0, 0, 0, 0));
      case "updated" -> count(new Counts(0, 0, 1, 0, 0, 0));
      default -> {
        count(new Counts(0, 0, 0, 1, 0, 0));
        complaints.about(
            line, "conflict: book " + row.getInteger(JsonKeys.ID) + " is described differently");
      }
    }
  }

  private synchronized void bad(int line, String reason) {
    count(new Counts(0, 0, 0, 0, 1, 0));
    complaints.about(line, reason);
  }

  private void count(Counts more) {
    counts =
        new Counts(
            counts.added() + more.added(),
            counts.unchanged() + more.unchanged(),
            counts.updated() + more.updated(),
            counts.conflict() + more.conflict(),
            counts.bad() + more.bad(),
            counts.undecided() + more.undecided());
  }

  private static JsonObject item(NewBook book) {
    JsonObject item = new JsonObject();
    book.id().ifPresent(id -> item.put(JsonKeys.ID, id.value()));
    return item.put(JsonKeys.TITLE, book.title())
        .put(JsonKeys.AUTHOR, book.author())
        .put(JsonKeys.TOPIC, book.topic())
        .put(JsonKeys.PRICE_CENTS, book.priceCents())
        .put(JsonKeys.STOCK, book.stock());
  }
}
