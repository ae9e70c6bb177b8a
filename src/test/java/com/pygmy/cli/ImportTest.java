package com.pygmy.cli;

import static com.pygmy.cli.FakeFrontend.answer;
import static com.pygmy.cli.FakeFrontend.answering;
import static com.pygmy.cli.FakeFrontend.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cli.FakeFrontend.Heard;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class ImportTest {

  private static final String HEADER = "id,title,author,topic,priceCents,stock\n";

  private static Vertx vertx;
  @TempDir private Path folder;

  /** The shelf of the fake store, by id. */
  private final Map<Integer, JsonObject> shelf = new ConcurrentHashMap<>();

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void importsGoodRowsTellsBadOnesAndChangesNothingTheSecondTime() throws Exception {
    Path file = csv("1,One,A,t,100,1\nx,Bad,A,t,100,1\n3,Three,A,t,300,3\n");
    try (FakeFrontend frontend = new FakeFrontend(vertx, this::add)) {
      Terminal first = new Terminal();
      assertEquals(ExitCode.REFUSED, first.run(arguments(file, frontend)));
      assertTrue(
          first.out().contains("2 added, 0 unchanged, 0 updated, 0 in conflict, 1 bad"),
          first.out());
      assertTrue(first.err().contains("line 3: id: must be"), first.err());

      Terminal second = new Terminal();
      second.run(arguments(file, frontend));
      assertTrue(second.out().contains("0 added, 2 unchanged"), second.out());
    }
  }

  @Test
  void aDifferentRowIsAConflictWithItsLine() throws Exception {
    try (FakeFrontend frontend = new FakeFrontend(vertx, this::add)) {
      new Terminal().run(arguments(csv("7,Seven,A,t,100,1\n"), frontend));
      Terminal terminal = new Terminal();
      assertEquals(
          ExitCode.REFUSED,
          terminal.run(arguments(csv("8,Eight,A,t,1,1\n7,Seven again,A,t,1,1\n"), frontend)));
      assertTrue(terminal.err().contains("line 3: conflict: book 7"), terminal.err());
      assertTrue(terminal.out().contains("1 added"), terminal.out());
    }
  }

  @Test
  void everyRequestFitsAFrontendAndHasAKeyOfItsOwn() throws Exception {
    StringBuilder rows = new StringBuilder();
    String title = "ü".repeat(500);
    for (int id = 1; id <= 300; id++) {
      rows.append(id).append(',').append(title).append(",A,t,100,1\n");
    }
    try (FakeFrontend frontend = new FakeFrontend(vertx, this::add)) {
      Terminal terminal = new Terminal();
      assertEquals(ExitCode.OK, terminal.run(arguments(csv(rows.toString()), frontend)));
      assertEquals(300, shelf.size());
      List<Heard> heard = frontend.heard;
      assertTrue(
          heard.stream()
              .allMatch(one -> one.body().getBytes(StandardCharsets.UTF_8).length <= 16_384));
      assertEquals(heard.size(), heard.stream().map(Heard::key).distinct().count());
    }
  }

  @Test
  void repeatsARequestWithItsKey() throws Exception {
    Map<String, Integer> tries = new ConcurrentHashMap<>();
    try (FakeFrontend frontend =
        new FakeFrontend(
            vertx,
            (request, heard) -> {
              if (tries.merge(heard.key(), 1, Integer::sum) == 1) {
                answer(request, 503, problem("overloaded", "later"));
              } else {
                add(request, heard);
              }
            })) {
      Terminal terminal = new Terminal();
      assertEquals(
          ExitCode.OK, terminal.run(arguments(csv("1,One,A,t,1,1\n2,Two,A,t,1,1\n"), frontend)));
      assertEquals(Map.of(frontend.heard.get(0).key(), 2), tries);
      assertTrue(terminal.out().contains("2 added"), terminal.out());
    }
  }

  @Test
  void stopsWithoutTheRightToImport() throws Exception {
    try (FakeFrontend frontend =
        new FakeFrontend(vertx, answering(401, problem("unauthorized", "No.")))) {
      Terminal terminal = new Terminal();
      assertEquals(ExitCode.REFUSED, terminal.run(arguments(csv("1,One,A,t,1,1\n"), frontend)));
      assertTrue(terminal.err().contains("--token"), terminal.err());
    }
  }

  @Test
  void aFileWithoutItsColumnsIsAMistakeOfTheCommandLine() throws Exception {
    Path file = folder.resolve("other.csv");
    Files.writeString(file, "book_id,title\n1,One\n");
    Terminal terminal = new Terminal();
    assertEquals(ExitCode.USAGE, terminal.run("books", "import", file.toString()));
    assertTrue(terminal.err().contains("there is no column \"id\""), terminal.err());
    assertEquals(ExitCode.USAGE, terminal.run("books", "import", folder + "/none.csv"));
  }

  @Test
  void mapsColumnsAndFillsInWhatTheFileLacks() throws Exception {
    Path file = folder.resolve("other.csv");
    Files.writeString(file, "book_id,title,authors\n5,Five,Eve\n");
    try (FakeFrontend frontend = new FakeFrontend(vertx, this::add)) {
      Terminal terminal = new Terminal();
      String[] arguments = {
        "books",
        "import",
        file.toString(),
        "--url",
        frontend.url(),
        "--map",
        "id=book_id",
        "--map",
        "author=authors",
        "--topic",
        "novels",
        "--price-cents",
        "1299",
        "--stock",
        "4"
      };
      assertEquals(ExitCode.OK, terminal.run(arguments), terminal.err());
      assertEquals("Eve", shelf.get(5).getString("author"));
      assertEquals("novels", shelf.get(5).getString("topic"));
      assertEquals(4, shelf.get(5).getInteger("stock"));
    }
  }

  private Path csv(String rows) throws Exception {
    Path file = folder.resolve("books.csv");
    Files.writeString(file, HEADER + rows);
    return file;
  }

  private static String[] arguments(Path file, FakeFrontend frontend) {
    return new String[] {
      "books", "import", file.toString(), "--url", frontend.url(), "--token", "secret"
    };
  }

  private void add(HttpServerRequest request, Heard heard) {
    JsonArray rows = new JsonArray();
    for (Object each : heard.json().getJsonArray("items")) {
      JsonObject book = (JsonObject) each;
      JsonObject known = shelf.putIfAbsent(book.getInteger("id"), book);
      String status = known == null ? "added" : known.equals(book) ? "unchanged" : "conflict";
      rows.add(new JsonObject().put("id", book.getInteger("id")).put("status", status));
    }
    answer(request, 200, new JsonObject().put("items", rows).encode());
  }
}
