package com.pygmy.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cli.ExitCode;
import com.pygmy.cli.FakeFrontend;
import com.pygmy.cli.FakeFrontend.Heard;
import com.pygmy.cli.ShopClient;
import com.pygmy.cli.Terminal;
import com.pygmy.load.FakeShop.Said;
import com.pygmy.load.Plan.Extent;
import com.pygmy.load.Plan.Pace;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

@Timeout(60)
final class LoadCommandTest {

  private static Vertx vertx;
  private final Terminal terminal = terminal(false);

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private static Terminal terminal(boolean isTerminal) {
    return new Terminal(Map.of(), isTerminal, LoadCommand::addTo);
  }

  private JsonObject json(String... args) {
    List<String> all = new ArrayList<>(List.of("load", "--json"));
    all.addAll(List.of(args));
    exitCode = terminal.run(all.toArray(String[]::new));
    return new JsonObject(terminal.out());
  }

  private int exitCode = -1;

  private static JsonObject kind(JsonObject figures, String kind) {
    return figures.getJsonObject("kinds").getJsonObject(kind);
  }

  @Test
  void everyBuyerReadsItsOrderBack() throws Exception {
    try (FakeShop shop = new FakeShop(vertx)) {
      JsonObject figures =
          json(
              "--clients",
              "4",
              "--iterations",
              "50",
              "--buy-probability",
              "1",
              "--url",
              shop.url());

      assertEquals(ExitCode.OK, exitCode, terminal.err());
      assertEquals("", terminal.err());
      assertEquals(200, figures.getInteger("visits"));
      for (String kind : List.of("lookup", "buy", "order")) {
        assertEquals(200, kind(figures, kind).getInteger("count"), kind);
        assertEquals(0, kind(figures, kind).getInteger("errors"), kind);
        assertTrue(kind(figures, kind).getDouble("p50Millis") > 0, kind);
      }
      assertEquals(200, shop.heard("POST").stream().map(Heard::key).distinct().count());
      Set<String> asked = shop.heard("GET").stream().map(Heard::uri).collect(Collectors.toSet());
      assertTrue(asked.contains("/books?limit=100&after=a%2Bb"), "all pages of the books");
      assertTrue(asked.stream().anyMatch(uri -> uri.startsWith("/orders?key=")));
      assertTrue(asked.stream().anyMatch(uri -> uri.startsWith("/orders/")));
    }
  }

  @Test
  void theSameSeedAsksForTheSameAgain() throws Exception {
    List<Set<String>> runs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      try (FakeShop shop = new FakeShop(vertx)) {
        terminal.run("load", "--seed", "5", "--iterations", "9", "--url", shop.url());
        runs.add(shop.heard("POST").stream().map(Heard::body).collect(Collectors.toSet()));
      }
    }
    assertEquals(runs.get(0), runs.get(1));
    assertFalse(runs.get(0).isEmpty());
  }

  @Test
  void anOrderThatReadsDifferentlyIsAFailure() throws Exception {
    try (FakeShop shop =
        new FakeShop(
            vertx,
            1_000,
            (heard, said) ->
                heard.uri().startsWith("/orders/")
                    ? new Said(200, new JsonObject(said.body()).put("totalCents", 1))
                    : said)) {
      int code = terminal.run("load", "--iterations", "10", "--url", shop.url());
      assertEquals(ExitCode.REFUSED, code);
      assertTrue(terminal.err().contains("mismatch: order"), terminal.err());
      assertTrue(terminal.err().contains("totalCents is 1, not"), terminal.err());
    }
  }

  @Test
  void aRetryHasTheSameKey() throws Exception {
    Set<String> seen = new HashSet<>();
    try (FakeShop shop =
        new FakeShop(
            vertx,
            1_000,
            (heard, said) ->
                heard.method().equals("POST") && seen.add(heard.key())
                    ? new Said(503, FakeFrontend.problem("outcome-unknown", "ask again"))
                    : said)) {
      JsonObject figures =
          json(
              "--iterations",
              "1",
              "--buy-probability",
              "1",
              "--url",
              shop.url() + "," + shop.url());
      assertEquals(ExitCode.OK, exitCode, terminal.err());
      assertEquals(5, figures.getInteger("retries"));
      assertEquals(10, shop.heard("POST").size());
      assertEquals(5, shop.heard("POST").stream().distinct().count());
    }
  }

  @Test
  void customersGoToTheNextFrontendWhenOneIsDown() throws Exception {
    FakeShop dead = new FakeShop(vertx);
    dead.close();
    try (FakeShop shop = new FakeShop(vertx)) {
      JsonObject figures = json("--iterations", "5", "--url", dead.url() + "," + shop.url());
      assertEquals(ExitCode.OK, exitCode, terminal.err());
      assertEquals(25, figures.getInteger("visits"));
    }
  }

  @Test
  void customersSpreadOverTheFrontends() throws Exception {
    try (FakeShop one = new FakeShop(vertx);
        FakeShop other = new FakeShop(vertx)) {
      json(
          "--iterations",
          "5",
          "--clients",
          "4",
          "--buy-probability",
          "0",
          "--url",
          one.url() + "," + other.url());
      assertEquals(10, lookups(one));
      assertEquals(10, lookups(other));
    }
  }

  private static long lookups(FakeShop shop) {
    return shop.heard("GET").stream().filter(one -> one.uri().startsWith("/books/")).count();
  }

  @Test
  void refusalsAreNoErrors() throws Exception {
    try (FakeShop shop = new FakeShop(vertx, 0, (heard, said) -> said)) {
      JsonObject figures = json("--iterations", "4", "--buy-probability", "1", "--url", shop.url());
      assertEquals(ExitCode.OK, exitCode, terminal.err());
      assertEquals(20, kind(figures, "buy").getInteger("refused"));
      assertEquals(0, kind(figures, "order").getInteger("count"));
    }
  }

  @Test
  void nobodyBuysWhatIsSoldOut() throws Exception {
    try (FakeShop shop =
        new FakeShop(
            vertx,
            1_000,
            (heard, said) ->
                heard.uri().startsWith("/books/")
                    ? new Said(200, new JsonObject(said.body()).put("stock", 0))
                    : said)) {
      JsonObject figures = json("--iterations", "4", "--buy-probability", "1", "--url", shop.url());
      assertEquals(20, figures.getInteger("soldOut"));
      assertEquals(List.of(), shop.heard("POST"));
    }
  }

  @Test
  void visitsBeginByTheClockHoweverSlowTheShopIs() throws Exception {
    // Nobody is answered before thirty have asked: patient customers would wait for ever.
    AtomicInteger asked = new AtomicInteger();
    try (HoldingShop shop = new HoldingShop(vertx, 30, asked)) {
      JsonObject figures =
          json(
              "--rate",
              "100",
              "--clients",
              "2",
              "--iterations",
              "15",
              "--buy-probability",
              "0",
              "--url",
              shop.url());
      assertEquals(ExitCode.OK, exitCode, terminal.err());
      JsonObject lookups = kind(figures, "lookup");
      assertEquals(30, lookups.getInteger("count"));
      assertTrue(lookups.getDouble("maxMillis") >= 280, lookups::encode);
      assertTrue(lookups.getDouble("p50Millis") >= 140, lookups::encode);
    }
  }

  @Test
  void visitsThatAreDueWhileTooManyAreUnderWayAreShedAndCounted() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (HoldingShop shop = new HoldingShop(vertx, Integer.MAX_VALUE, asked)) {
      JsonObject figures =
          json(
              "--rate",
              "200",
              "--clients",
              "2",
              "--iterations",
              "50",
              "--max-outstanding",
              "8",
              "--timeout",
              "2",
              "--url",
              shop.url());
      assertEquals(ExitCode.UNAVAILABLE, exitCode);
      assertEquals(92, figures.getInteger("shed"));
      assertEquals(8, figures.getInteger("visits"));
      assertEquals(8, kind(figures, "lookup").getInteger("unanswered"));
      assertEquals(0, figures.getInteger("retries"), "there is no time left for any");
      assertEquals(8, asked.get());
    }
  }

  @Test
  void latencyCountsFromWhenAVisitWasDueAlsoIfThisProcessStoodStill() throws Exception {
    AtomicLong jump = new AtomicLong();
    try (FakeShop shop =
            new FakeShop(
                vertx,
                1_000,
                (heard, said) -> {
                  jump.set(TimeUnit.SECONDS.toNanos(10));
                  return said;
                });
        ShopClient client =
            new ShopClient(List.of(shop.url()), 10_000, 200, Optional.empty(), System::nanoTime)) {
      Plan plan =
          new Plan(1, 0, Popularity.UNIFORM, 1, Extent.visits(100), Optional.of(new Pace(10, 200)));
      Figures figures =
          new Run(plan, client, List.of(1), "k", 1, () -> System.nanoTime() + jump.get())
              .watch(progress(false), "");
      Latencies lookups = figures.of(Kind.LOOKUP).latencies();
      assertEquals(100, lookups.count());
      assertTrue(lookups.percentile(50) > 4_000, () -> "p50 is " + lookups.percentile(50));
    }
  }

  @Test
  void aRunWithoutEndTellsWhatItHasSeenWhenItIsStopped() throws Exception {
    AtomicReference<Run> running = new AtomicReference<>();
    try (FakeShop shop =
            new FakeShop(
                vertx,
                1_000,
                (heard, said) -> {
                  running.get().stop();
                  return said;
                });
        ShopClient client =
            new ShopClient(List.of(shop.url()), 10_000, 2, Optional.empty(), System::nanoTime)) {
      running.set(withoutEnd(client, System::nanoTime));
      Figures figures = running.get().watch(progress(false), "");
      assertEquals(2, figures.visits());
      assertEquals(2, figures.of(Kind.LOOKUP).latencies().count());
    }
  }

  @Test
  void whoIsNotAnsweredIsNotWaitedForAfterAStop() throws Exception {
    AtomicLong jump = new AtomicLong();
    AtomicInteger asked = new AtomicInteger();
    AtomicReference<Run> running = new AtomicReference<>();
    try (HoldingShop shop = new HoldingShop(vertx, Integer.MAX_VALUE, asked);
        ShopClient client =
            new ShopClient(List.of(shop.url()), 60_000, 2, Optional.empty(), System::nanoTime)) {
      running.set(
          withoutEnd(
              client,
              () -> {
                if (asked.get() == 2) {
                  running.get().stop();
                }
                return System.nanoTime() + jump.addAndGet(TimeUnit.SECONDS.toNanos(6));
              }));
      assertEquals(0, running.get().watch(progress(false), "").visits());
    }
  }

  private static Run withoutEnd(ShopClient client, LongSupplier nanos) {
    Plan plan = new Plan(2, 0, Popularity.UNIFORM, 1, Extent.FOREVER, Optional.empty());
    return new Run(plan, client, List.of(1), "k", 1, nanos);
  }

  private static com.pygmy.cli.Progress progress(boolean isShown) {
    return new com.pygmy.cli.Progress(new PrintWriter(new StringWriter()), isShown, 1);
  }

  @Test
  void saysThatNobodyIsThere() throws Exception {
    FakeShop dead = new FakeShop(vertx);
    dead.close();
    assertEquals(ExitCode.UNAVAILABLE, terminal.run("load", "--url", dead.url()));
    assertTrue(terminal.err().contains("launcher/pygmy up"), terminal.err());
  }

  @Test
  void saysThatThereAreNoBooks() throws Exception {
    try (FakeShop shop = new FakeShop(vertx, 1, (heard, said) -> new Said(200, "{\"items\":[]}"))) {
      assertEquals(ExitCode.REFUSED, terminal.run("load", "--url", shop.url()));
      assertTrue(terminal.err().contains("books import"), terminal.err());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--clients 0",
        "--buy-probability 1.5",
        "--buy-probability nan",
        "--iterations 0",
        "--iterations 5 --forever",
        "--duration 5s --forever",
        "--duration soon",
        "--duration 0s",
        "--rate 0",
        "--rate -3",
        "--max-outstanding 0 --rate 5",
        "--books popular",
        "--gap long",
        "--gap 0",
        "--seed 5 sweep",
        "--report /dev/null/x",
        "--timeout 0",
        "sweep --duration 0",
        "sweep --clients many",
        "sweep --forever",
      })
  void optionsThatMakeNoSenseAreUsageErrors(String options) throws Exception {
    try (FakeShop shop = new FakeShop(vertx)) {
      List<String> args = new ArrayList<>(List.of("load"));
      args.addAll(List.of(options.split(" ", -1)));
      args.addAll(List.of("--url", shop.url()));
      assertEquals(ExitCode.USAGE, terminal.run(args.toArray(String[]::new)), options);
      assertEquals(List.of(), shop.heard("GET"), "nothing is asked before");
    }
  }

  @Test
  void aTableAndAReportTellOfTheRun(@TempDir Path folder) throws Exception {
    try (FakeShop shop = new FakeShop(vertx)) {
      int code =
          terminal.run(
              "load",
              "--duration",
              "700ms",
              "--report",
              folder.resolve("a/b").toString(),
              "--url",
              shop.url());
      assertEquals(ExitCode.OK, code, terminal.err());
      assertEquals("", terminal.err(), "no progress where there is no terminal");
      assertTrue(terminal.out().contains("KIND"), terminal.out());
      assertTrue(terminal.out().contains("longest without a decided buy"), terminal.out());
      String page = Files.readString(folder.resolve("a/b/index.html"));
      Document html = parsed(page);
      assertEquals(2, html.getElementsByTagName("svg").getLength());
      assertStandsAlone(page);
      try (var files = Files.list(folder.resolve("a/b"))) {
        assertEquals(1, files.count());
      }
    }
  }

  @Test
  void aSweepTellsOfBothShops(@TempDir Path folder) throws Exception {
    try (FakeShop cached = new FakeShop(vertx);
        FakeShop uncached = new FakeShop(vertx)) {
      int code =
          terminal.run(
              "load",
              "sweep",
              "--duration",
              "200ms",
              "--warm-up",
              "0",
              "--report",
              folder.toString(),
              "--url",
              cached.url(),
              "--uncached-url",
              uncached.url());
      assertEquals(ExitCode.OK, code, terminal.err());
      List<String> rows = terminal.out().lines().map(LoadCommandTest::firstWords).toList();
      for (String probability : List.of("0.0", "0.1", "0.4", "0.8")) {
        for (String cache : List.of("on", "off")) {
          assertTrue(rows.contains(probability + " lookup " + cache), terminal.out());
          if (!probability.equals("0.1")) {
            assertEquals(
                !probability.equals("0.0"), rows.contains(probability + " buy " + cache), cache);
          }
        }
      }
      String page = Files.readString(folder.resolve("index.html"));
      assertEquals(1, parsed(page).getElementsByTagName("svg").getLength());
      assertStandsAlone(page);
      assertFalse(uncached.heard("POST").isEmpty());
    }
  }

  private static String firstWords(String row) {
    return Stream.of(row.strip().split("\\s+", -1)).limit(3).collect(Collectors.joining(" "));
  }

  @Test
  void aSweepOfOneShopIsToldAsJson() throws Exception {
    try (FakeShop shop = new FakeShop(vertx)) {
      int code =
          terminal.run(
              "load",
              "sweep",
              "--json",
              "--duration",
              "30ms",
              "--warm-up",
              "0",
              "--url",
              shop.url());
      assertEquals(ExitCode.OK, code, terminal.err());
      JsonObject sweep = new JsonObject(terminal.out());
      assertEquals(9, sweep.getJsonArray("cached").size());
      assertEquals(0, sweep.getJsonArray("uncached").size());
      JsonObject last = sweep.getJsonArray("cached").getJsonObject(8);
      assertEquals(0.8, last.getDouble("buyProbability"));
      assertTrue(last.getJsonObject("kinds").getJsonObject("buy").getInteger("count") > 0);
    }
  }

  @Test
  void aTerminalSeesTheProgress() throws Exception {
    try (FakeShop shop = new FakeShop(vertx)) {
      Terminal watched = terminal(true);
      assertEquals(ExitCode.OK, watched.run("load", "--duration", "1200ms", "--url", shop.url()));
      assertTrue(watched.err().contains("requests/s  p99"), watched.err());
      assertFalse(watched.err().contains("\u001b"), "no colours");
      assertTrue(watched.err().endsWith("\r"), "the bar is gone in the end");
    }
  }

  /** Nothing is fetched, nothing is run, and the style sheet is as it was written. */
  private static void assertStandsAlone(String page) {
    assertFalse(page.contains("<script"), "no scripts");
    assertFalse(page.contains(" src="), "no other files");
    assertFalse(page.contains("<link"), "no other files");
    assertFalse(page.contains("url("), "no other files");
    assertFalse(page.contains("@import"), "no other files");
    String style = page.substring(page.indexOf("<style>"), page.indexOf("</style>"));
    assertFalse(style.contains("&"), "escapes mean nothing in a style sheet");
  }

  private static Document parsed(String page) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(page.replaceFirst("<!DOCTYPE html>", ""))));
  }
}
