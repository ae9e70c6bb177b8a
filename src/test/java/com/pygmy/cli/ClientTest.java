package com.pygmy.cli;

import static com.pygmy.cli.FakeFrontend.answer;
import static com.pygmy.cli.FakeFrontend.answering;
import static com.pygmy.cli.FakeFrontend.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.TestCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class ClientTest {

  private static final String ORDER =
      "{\"number\":17,\"key\":\"k\",\"items\":[{\"book\":2,\"quantity\":3,\"priceCents\":2499}],"
          + "\"totalCents\":7497,\"at\":\"2026-01-02T03:04:05Z\"}";
  private static final String BOOK =
      "{\"id\":2,\"title\":\"RPCs for Dummies\",\"author\":\"A\",\"topic\":\"t\","
          + "\"priceCents\":2499,\"stock\":5,\"version\":1}";

  private static Vertx vertx;
  private final Terminal terminal = new Terminal();

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void buysFromTheNextFrontendWithTheSameKeyWhenOneDropsTheConnection() throws Exception {
    try (FakeFrontend dying =
            new FakeFrontend(
                vertx, (request, heard) -> request.connection().close().onComplete(d -> {}));
        FakeFrontend living = new FakeFrontend(vertx, answering(201, ORDER))) {
      int exitCode = terminal.run("buy", "2", "-n", "3", "--url", dying.url() + "," + living.url());

      assertEquals(ExitCode.OK, exitCode, terminal.err());
      assertEquals(1, dying.heard.size());
      assertEquals(dying.heard, living.heard);
      assertFalse(living.heard.get(0).key().isEmpty());
      assertEquals(
          new JsonObject("{\"items\":[{\"book\":2,\"quantity\":3}]}"), living.heard.get(0).json());
      assertTrue(terminal.err().contains("key: " + living.heard.get(0).key()), terminal.err());
      assertTrue(terminal.out().contains("order 17"), terminal.out());
      assertTrue(terminal.out().contains("74.97"), terminal.out());
    }
  }

  @Test
  void buysFromTheNextFrontendWhenOneIsDown() throws Exception {
    FakeFrontend dead = new FakeFrontend(vertx, answering(201, ORDER));
    dead.close();
    try (FakeFrontend living = new FakeFrontend(vertx, answering(201, ORDER))) {
      assertEquals(
          ExitCode.OK, terminal.run("buy", "2", "--url", dead.url(), "--url", living.url()));
      assertEquals(1, living.heard.size());
    }
  }

  @Test
  void asksAgainWithTheSameKeyUntilTheOutcomeIsKnown() throws Exception {
    try (FakeFrontend frontend =
        new FakeFrontend(
            vertx,
            (request, heard) -> {
              if (isFirst(request)) {
                answer(request, 503, problem("outcome-unknown", "ask again"));
              } else {
                answer(request, 201, ORDER);
              }
            })) {
      firsts = 1;
      assertEquals(ExitCode.OK, terminal.run("buy", "2", "--key", "mine", "--url", frontend.url()));
      assertEquals(2, frontend.heard.size());
      assertTrue(frontend.heard.stream().allMatch(heard -> heard.key().equals("mine")));
    }
  }

  @Test
  void waitsForAFrontendThatHadTooManyRequestsAndGoesToNoOther() throws Exception {
    try (FakeFrontend other = new FakeFrontend(vertx, answering(201, ORDER));
        FakeFrontend frontend =
            new FakeFrontend(
                vertx,
                (request, heard) -> {
                  if (isFirst(request)) {
                    request.response().putHeader("Retry-After", "1");
                    answer(request, 429, problem("too-many-requests", "wait"));
                  } else {
                    answer(request, 201, ORDER);
                  }
                })) {
      firsts = 1;
      String urls = frontend.url() + "," + other.url();
      long before = System.nanoTime();
      assertEquals(ExitCode.OK, terminal.run("buy", "2", "--key", "mine", "--url", urls));
      assertTrue(System.nanoTime() - before >= TimeUnit.MILLISECONDS.toNanos(900), "it waits");
      assertEquals(2, frontend.heard.size());
      assertTrue(frontend.heard.stream().allMatch(heard -> heard.key().equals("mine")));
      assertEquals(0, other.heard.size());
    }
  }

  @Test
  void doesNotWaitLongerForItThanItMay() throws Exception {
    try (FakeFrontend frontend =
        new FakeFrontend(
            vertx,
            (request, heard) -> {
              request.response().putHeader("Retry-After", "60");
              answer(request, 429, problem("too-many-requests", "wait"));
            })) {
      assertEquals(
          ExitCode.UNAVAILABLE,
          terminal.run("buy", "2", "--timeout", "5", "--url", frontend.url()));
      assertEquals(1, frontend.heard.size());
      assertTrue(terminal.err().contains("answered 429: wait"), terminal.err());
      assertTrue(terminal.err().contains("Nothing was changed"), terminal.err());
    }
  }

  @Test
  void speaksHttpsWithThoseWhoProveThemselvesByAFile(@TempDir Path folder) throws Exception {
    TestCertificate local = TestCertificate.local(folder);
    TestCertificate other = TestCertificate.make(folder, "other", "EC", "dns:shop.example");
    try (FakeFrontend frontend = new FakeFrontend(vertx, local, answering(201, ORDER));
        FakeFrontend elsewhere = new FakeFrontend(vertx, other, answering(201, ORDER))) {
      String[] buy = {"buy", "2", "--url", frontend.url(), "--cacert", local.certificate() + ""};
      assertEquals(ExitCode.OK, terminal.run(buy), terminal.err());
      assertEquals(1, frontend.heard.size());

      long before = System.nanoTime();
      assertEquals(ExitCode.UNAVAILABLE, terminal.run("buy", "2", "--url", frontend.url()));
      assertTrue(terminal.err().contains("--cacert"), terminal.err());
      buy[5] = other.certificate().toString();
      assertEquals(ExitCode.UNAVAILABLE, terminal.run(buy), "another authority");
      buy[3] = elsewhere.url();
      assertEquals(ExitCode.UNAVAILABLE, terminal.run(buy), "another name");
      assertTrue(System.nanoTime() - before < TimeUnit.SECONDS.toNanos(15), "at once");
      assertTrue(terminal.err().contains("Nothing was changed"), terminal.err());
      assertEquals(1, frontend.heard.size());
      assertEquals(0, elsewhere.heard.size());
    }
  }

  @Test
  void looksIntoTheFileOfCertificatesFirst(@TempDir Path folder) throws Exception {
    Path words = Files.writeString(folder.resolve("words.txt"), "no PEM at all");
    for (Path file : List.of(words, folder, folder.resolve("gone.pem"))) {
      assertEquals(
          ExitCode.USAGE,
          terminal.run("lookup", "2", "--url", "https://127.0.0.1:1", "--cacert", file + ""));
    }
    assertTrue(terminal.err().contains("holds no certificate in PEM form"), terminal.err());
    assertTrue(terminal.err().contains("there is no file"), terminal.err());
  }

  private int firsts;

  private synchronized boolean isFirst(Object request) {
    return request != null && firsts-- > 0;
  }

  @Test
  void tellsTheKeyWhenTheOutcomeStaysUnknown() throws Exception {
    try (FakeFrontend frontend =
        new FakeFrontend(vertx, answering(503, problem("outcome-unknown", "ask again")))) {
      assertEquals(
          ExitCode.UNAVAILABLE,
          terminal.run("buy", "2", "--key", "mine", "--timeout", "1", "--url", frontend.url()));
      assertTrue(terminal.err().contains("buy 2 -n 1 --key 'mine'"), terminal.err());
      assertFalse(terminal.err().contains("Nothing was changed"), terminal.err());
    }
  }

  @Test
  void aConnectionThatBreaksLeavesTheOutcomeUnknown() throws Exception {
    try (FakeFrontend frontend =
        new FakeFrontend(
            vertx, (request, heard) -> request.connection().close().onComplete(d -> {}))) {
      assertEquals(
          ExitCode.UNAVAILABLE,
          terminal.run("buy", "2", "--key", "mine", "--timeout", "1", "--url", frontend.url()));
      assertTrue(terminal.err().contains("--key 'mine'"), terminal.err());
      assertTrue(frontend.heard.stream().allMatch(heard -> heard.key().equals("mine")));
    }
  }

  @Test
  void anUnknownOutcomeStaysUnknownHoweverTheNextAttemptsFail() throws Exception {
    firsts = 1;
    try (FakeFrontend frontend =
        new FakeFrontend(
            vertx,
            (request, heard) ->
                answer(
                    request,
                    503,
                    isFirst(request)
                        ? problem("outcome-unknown", "ask again")
                        : problem("unavailable", "no leader")))) {
      assertEquals(
          ExitCode.UNAVAILABLE,
          terminal.run("buy", "2", "--timeout", "1", "--url", frontend.url()));
      assertTrue(terminal.err().contains("not known whether it happened"), terminal.err());
    }
  }

  @Test
  void saysThatNothingHappenedWhenNobodyIsThere() throws Exception {
    FakeFrontend dead = new FakeFrontend(vertx, answering(201, ORDER));
    dead.close();
    assertEquals(ExitCode.UNAVAILABLE, terminal.run("buy", "2", "--url", dead.url()));
    assertTrue(terminal.err().contains("Nothing was changed"), terminal.err());
    assertTrue(terminal.err().contains("launcher/pygmy up"), terminal.err());
  }

  @Test
  void tellsWhatIsLeft() throws Exception {
    String body =
        new JsonObject(problem("out-of-stock", "too few"))
            .put("books", new io.vertx.core.json.JsonArray("[{\"book\":2,\"left\":1}]"))
            .encode();
    try (FakeFrontend frontend = new FakeFrontend(vertx, answering(409, body))) {
      assertEquals(ExitCode.REFUSED, terminal.run("buy", "2", "-n", "9", "--url", frontend.url()));
      assertTrue(terminal.err().contains("1 of book 2"), terminal.err());
      assertEquals(1, frontend.heard.size());
    }
  }

  @Test
  void refusesAKeyThatIsNone() {
    assertEquals(ExitCode.USAGE, terminal.run("buy", "2", "--key", "two words"));
  }

  @Test
  void looksUpAndPrintsJsonAsItCame() throws Exception {
    try (FakeFrontend frontend = new FakeFrontend(vertx, answering(200, BOOK))) {
      assertEquals(ExitCode.OK, terminal.run("lookup", "2", "--json", "--url", frontend.url()));
      assertEquals(BOOK, terminal.out().strip());
      assertEquals("/books/2", frontend.heard.get(0).uri());
    }
  }

  @Test
  void showsABookAsATable() throws Exception {
    try (FakeFrontend frontend = new FakeFrontend(vertx, answering(200, BOOK))) {
      assertEquals(
          ExitCode.OK, new Terminal(Map.of("PYGMY_URL", frontend.url() + "/")).run("lookup", "2"));
      assertEquals(ExitCode.OK, terminal.run("lookup", "2", "--url", frontend.url()));
      assertTrue(terminal.out().contains("RPCs for Dummies"), terminal.out());
      assertTrue(terminal.out().contains("24.99"), terminal.out());
    }
  }

  @Test
  void searchesByWordsAndTellsOfMoreForTheShell() throws Exception {
    String found =
        "{\"items\":[{\"id\":3,\"title\":\"T\",\"author\":\"A\",\"topic\":\"t\","
            + "\"priceCents\":100}],\"next\":\"3\"}";
    try (FakeFrontend frontend = new FakeFrontend(vertx, answering(200, found))) {
      assertEquals(
          ExitCode.OK, terminal.run("search", "--text", "o'rei c++", "--url", frontend.url()));
      assertEquals("/books?q=o%27rei+c%2B%2B&limit=100", frontend.heard.get(0).uri());
      assertTrue(
          terminal.out().contains("search --text 'o'\\''rei c++' --after 3"), terminal.out());
    }
    assertEquals(ExitCode.USAGE, terminal.run("search", "topic", "--text", "words"));
    assertEquals(ExitCode.USAGE, terminal.run("search"));
  }

  @Test
  void saysWhatToDoWhenNoBookHasTheWords() throws Exception {
    try (FakeFrontend frontend = new FakeFrontend(vertx, answering(200, "{\"items\":[]}"))) {
      assertEquals(
          ExitCode.REFUSED, terminal.run("search", "--text", "zzz", "--url", frontend.url()));
      assertTrue(terminal.err().contains("all these words"), terminal.err());
    }
  }

  @Test
  void searchesByTopicEncodedAndTellsOfMore() throws Exception {
    String page = "{\"items\":[" + BOOK + "],\"next\":\"c2\"}";
    try (FakeFrontend frontend = new FakeFrontend(vertx, answering(200, page))) {
      assertEquals(ExitCode.OK, terminal.run("search", "a b&c", "--url", frontend.url()));
      assertEquals("/books?topic=a+b%26c&limit=100", frontend.heard.get(0).uri());
      assertTrue(terminal.out().contains("--after c2"), terminal.out());
    }
  }

  @Test
  void findsNoBooksOnATopicThatIsNone() throws Exception {
    try (FakeFrontend frontend = new FakeFrontend(vertx, answering(200, "{\"items\":[]}"))) {
      assertEquals(ExitCode.REFUSED, terminal.run("search", "x", "--url", frontend.url()));
      assertTrue(terminal.err().contains("pygmy topics"), terminal.err());
    }
  }

  @Test
  void ordersAreFoundByNumberOrKeyAndNotByBothOrNone() throws Exception {
    try (FakeFrontend frontend = new FakeFrontend(vertx, answering(200, ORDER))) {
      assertEquals(ExitCode.OK, terminal.run("order", "17", "--url", frontend.url()));
      assertEquals(ExitCode.OK, terminal.run("order", "--key", "a b", "--url", frontend.url()));
      assertEquals("/orders/17", frontend.heard.get(0).uri());
      assertEquals("/orders?key=a+b", frontend.heard.get(1).uri());
    }
    assertEquals(ExitCode.USAGE, terminal.run("order"));
    assertEquals(ExitCode.USAGE, terminal.run("order", "17", "--key", "k"));
  }

  @Test
  void takesTheTokenFromOptionEnvironmentOrDataFolder(@TempDir Path data) throws Exception {
    Files.writeString(data.resolve("admin-token"), "from-file\nlater\n");
    try (FakeFrontend frontend = new FakeFrontend(vertx, answering(200, BOOK))) {
      String[] price = {"books", "price", "2", "99", "--url", frontend.url()};
      new Terminal(Map.of("PYGMY_DATA", data.toString())).run(price);
      new Terminal(Map.of("PYGMY_DATA", data.toString(), "PYGMY_ADMIN_TOKEN", "from-env,later"))
          .run(price);
      new Terminal(Map.of("PYGMY_ADMIN_TOKEN", "from-env"))
          .run("books", "price", "2", "99", "--token", "given", "--url", frontend.url());

      assertEquals("Bearer from-file", frontend.heard.get(0).token());
      assertEquals("Bearer from-env", frontend.heard.get(1).token());
      assertEquals("Bearer given", frontend.heard.get(2).token());
      assertEquals("PATCH", frontend.heard.get(0).method());
      assertEquals(new JsonObject("{\"priceCents\":99}"), frontend.heard.get(0).json());
    }
  }

  @Test
  void saysWhereATokenComesFromWhenThereIsNone(@TempDir Path data) throws Exception {
    try (FakeFrontend frontend =
        new FakeFrontend(vertx, answering(401, problem("unauthorized", "Send the header.")))) {
      int exitCode =
          terminal.run(
              "books", "restock", "2", "5", "--data", data.toString(), "--url", frontend.url());
      assertEquals(ExitCode.REFUSED, exitCode);
      assertTrue(terminal.err().contains("admin-token"), terminal.err());
    }
  }
}
