package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Takes the pictures of the pages that the documents show, of a shop with the books of {@code
 * conf/books.csv}. Not a test: run by hand, see CONTRIBUTING.md.
 */
@EnabledIfSystemProperty(named = "pygmy.pictures", matches = ".+")
class PicturesIT {

  private static final Path PICTURES = Path.of(System.getProperty("pygmy.pictures", "target"));

  /** So many seconds of load are on the charts when the leader is killed. */
  private static final int SECONDS_BEFORE = 40;

  @TempDir Path folder;

  @Test
  void picturesOfTheShopAndOfAFailOver() throws Exception {
    Files.createDirectories(PICTURES);
    List<String> books = Files.readAllLines(Path.of("conf/books.csv"));
    try (ShopFront front = ShopFront.open(folder, books.subList(1, books.size()))) {
      shop(front.shop().urls().get(0));
      failOver(front);
    }
  }

  private static void shop(String url) throws IOException {
    try (Visitor visitor = Visitor.at(url)) {
      visitor.type("#words", "tolk");
      visitor.awaitText("h1", "tolk");
      visitor.awaitText(".books li:last-child .stock", "left");
      keep("shop.png", visitor.picture(1_100, 660, 1, false));
      visitor.find("#words").clear();
      visitor.type("#words", "years solitude");
      visitor.awaitText(".books", "One Hundred Years");
      visitor.click(".books .title");
      visitor.find("#quantity").clear();
      visitor.type("#quantity", "2");
      visitor.click("summary");
      visitor.type("#customer", "ada");
      keep("shop-book.png", visitor.picture(1_100, 560, 1, false));
      visitor.click(".buy .primary");
      visitor.find(".receipt");
      keep("shop-receipt.png", visitor.picture(1_100, 700, 1, false));
    }
    try (Visitor visitor = Visitor.at(url)) {
      visitor.prefersDark();
      visitor.awaitText(".books li .stock", "left");
      keep("shop-list-phone.png", visitor.picture(375, 700, 1.5, true));
      visitor.open(url + "/#/search?q=years+solitude");
      visitor.awaitText(".books", "One Hundred Years");
      visitor.click(".books .title");
      visitor.awaitText(".about .stock", "left");
      keep("shop-phone.png", visitor.picture(375, 700, 1.5, true));
    }
  }

  private void failOver(ShopFront front) throws Exception {
    Shop shop = front.shop();
    ShopClient client = front.client();
    String leader = shop.leader(client).orElseThrow();
    String url = shop.urls().get((shop.nodes().indexOf(leader) + 1) % shop.nodes().size());
    CompletableFuture<Shop.Ran> load =
        CompletableFuture.supplyAsync(() -> load(shop.urls(), SECONDS_BEFORE + 60));
    try (Visitor operator = Visitor.at(url)) {
      operator.open(url + "/ops");
      awaitCharts(operator, 5);
      sellOut(client, 11);
      operator.awaitText("#events", "is sold out");
      front.books("restock", "11", "20");
      awaitCharts(operator, SECONDS_BEFORE);
      shop.signal(leader, "KILL");
      operator.awaitText("#events", " leads, term");
      operator.awaitText(".node.gone h3", leader);
      awaitBuys(operator);
      awaitBuys(operator);
      keep("ops.png", operator.picture(1_280, 1_100, 1, false));
      operator.prefersDark();
      operator.resize(375, 812);
      keep("ops-phone.png", operator.picture(375, 812, 1.5, true));
      operator.script("document.querySelector('#events').scrollIntoView({ block: 'end' })");
      keep("ops-phone-events.png", operator.picture(375, 812, 1.5, true));
      operator.awaitText("#events", leader + " is back");
    } finally {
      load.join();
    }
    try (Visitor reader = Visitor.at(url)) {
      reader.open(report().resolve("index.html").toUri().toString());
      keep("load.png", reader.picture(1_060, 1_900, 1, false));
    }
  }

  private Path report() {
    return folder.resolve("report");
  }

  /** The charts have so many points: one a second. */
  private static void awaitCharts(Visitor operator, int points) {
    operator.awaitScript(
        "return (document.querySelector('#rates path').getAttribute('d') ?? '').split('L').length > "
            + points);
  }

  /** Somebody buys, by what the page shows now and will show with its next look. */
  private static void awaitBuys(Visitor operator) {
    operator.script("window.tilesBefore = document.querySelector('#tiles > *')");
    operator.awaitScript(
        "return window.tilesBefore !== document.querySelector('#tiles > *') &&"
            + " parseFloat(document.querySelector('#tiles > :nth-child(3) dd').textContent) > 0");
  }

  private static void sellOut(ShopClient client, int book) {
    JsonObject read = ShopClient.await(client.get("/books/" + book)).body();
    int stock = read.getInteger("stock");
    assertEquals(201, ShopClient.await(client.buy(0, "all-of-them", book, stock)).status());
  }

  private Shop.Ran load(List<String> urls, int seconds) {
    try {
      return Shop.run(
          "load",
          "--rate",
          "30",
          "--duration",
          seconds + "s",
          "--report",
          report().toString(),
          "--url",
          String.join(",", urls));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void keep(String name, byte[] picture) throws IOException {
    Files.write(PICTURES.resolve(name), picture);
  }
}
