package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operations page in a browser, at real processes: a fail-over is seen, the shop is kept. */
@Tag("faults")
class OpsPageIT {

  @TempDir static Path folder;
  private static ShopFront front;
  private static Shop shop;
  private static ShopClient client;

  @BeforeAll
  static void open() throws Exception {
    front =
        ShopFront.open(
            folder,
            List.of(
                "1,Hundred Years of Solitude,Gabriel García Márquez,classics,1295,50",
                "2,The Last One,Anybody,classics,500,1",
                "3,Sells Well,Anybody,classics,500,1000"));
    shop = front.shop();
    client = front.client();
  }

  @AfterAll
  static void close() throws Exception {
    if (front != null) {
      front.close();
    }
  }

  private static Visitor operator(String node) throws Exception {
    String url = shop.urls().get(shop.nodes().indexOf(node));
    Visitor operator = Visitor.at(url);
    operator.open(url + "/ops");
    operator.awaitText("#link", "live");
    return operator;
  }

  private static String another(String node) {
    return shop.nodes().get((shop.nodes().indexOf(node) + 1) % shop.nodes().size());
  }

  private static JsonObject book(int id) {
    return ShopClient.await(client.get("/books/" + id)).body();
  }

  @Test
  void anOperatorSeesTheLeaderDieAnotherLeadAndTheDeadOneComeBack() throws Exception {
    String leader = shop.leader(client).orElseThrow();
    long pid = shop.pid(leader);
    try (Visitor operator = operator(another(leader))) {
      operator.awaitText("#tiles", leader);
      operator.awaitText(".node.leads h3", leader);
      shop.signal(leader, "KILL");
      operator.awaitText("#events", " leads, term");
      operator.awaitText("#events", leader + " is gone");
      operator.awaitText(".node.gone h3", leader);
      operator.awaitNoText(".node.leads h3", leader);
      operator.awaitText("#events", leader + " is back");
      operator.awaitNoText(".node.gone h3", leader);
      operator.expectNoComplaints();
    } finally {
      shop.await(leader + " is back", () -> shop.isBack(leader, pid) && shop.isReady(client));
    }
  }

  @Test
  void aPageWhoseFrontendDiesSaysSoAndNamesTheOthers() throws Exception {
    String node = another(shop.leader(client).orElseThrow());
    long pid = shop.pid(node);
    try (Visitor operator = operator(node)) {
      operator.awaitText("#nodes", another(node));
      shop.signal(node, "KILL");
      operator.awaitText("#lost", "does not answer since");
      operator.awaitText("#lost", "watch it at");
      operator.awaitText("#lost", another(node));
      operator.awaitText("#events", "answers again");
      operator.awaitText("#link", "live");
    } finally {
      shop.await(node + " is back", () -> shop.isBack(node, pid) && shop.isReady(client));
    }
  }

  @Test
  void anAdministratorPricesRestocksAndAddsBooks() throws Exception {
    try (Visitor administrator = operator(shop.nodes().get(0))) {
      administrator.type("#token", "wrong\n");
      administrator.type("#book-form [name=id]", "1\t");
      administrator.awaitText("#book-shown", "50 in stock");
      administrator.type("#book-form [name=priceCents]", "999");
      administrator.click("#book-form [value=price]");
      administrator.awaitText("#said", "this one is not it");
      administrator.type("#token", Shop.TOKEN + "\n");
      administrator.click("#book-form [value=price]");
      administrator.awaitText("#said", "costs 9.99 now");
      administrator.type("#book-form [name=quantity]", "7");
      administrator.click("#book-form [value=restock]");
      administrator.awaitText("#said", "7 were put on the shelf");
      administrator.awaitText("#book-shown", "57 in stock");
      assertEquals(999, book(1).getInteger("priceCents"));
      assertEquals(57, book(1).getInteger("stock"));
      administrator.type("#book-form [name=stock]", "12");
      administrator.click("#book-form [value=stock]");
      administrator.awaitText("#said", "12 on the shelf now");
      assertEquals(12, book(1).getInteger("stock"));
      administrator.click("summary");
      administrator.type("#add-form [name=title]", "A New One");
      administrator.type("#add-form [name=author]", "Somebody");
      administrator.type("#add-form [name=topic]", "classics");
      administrator.type("#add-form [name=priceCents]", "1200");
      administrator.type("#add-form [name=stock]", "3");
      administrator.click("#add-form button");
      administrator.awaitText("#said", "is book 4");
      assertEquals("A New One", book(4).getString("title"));
    }
  }

  @Test
  void showsReplicasLeasesAndFiguresAndDrawsThem() throws Exception {
    try (Visitor operator = operator(shop.nodes().get(0))) {
      for (String shown : List.of("of 6", "of 3", "term", "at the leader")) {
        operator.awaitText("#tiles", shown);
      }
      for (String shown : List.of("leader", "follower", "serving", "held", "Lag")) {
        operator.awaitText("#nodes", shown);
      }
      for (int i = 0; i < 10; i++) {
        assertEquals(201, ShopClient.await(client.buy(i, "figures-" + i, 3, 1)).status());
      }
      operator.awaitScript(
          "return parseFloat(document.querySelector('#rates .keys > :nth-child(2) span')"
              + ".textContent) > 0");
      operator.awaitScript(
          "return document.querySelector('#rates path.s2').getAttribute('d').includes('L')");
      operator.awaitScript(
          "return document.querySelector('#latency path.s2').getAttribute('d').includes('L')");
      String inFlight = tile(operator, "In flight");
      assertTrue(inFlight.matches("\\d+ \\d+ at the leader"), inFlight);
      for (int i = 0; i < 50; i++) {
        assertEquals(200, ShopClient.await(client.get(shop.urls().get(0), "/books/1")).status());
      }
      shop.await(
          "reads are answered from caches",
          () -> tile(operator, "From caches").matches("[1-9]\\d*(\\.\\d)? %"));
    }
  }

  private static String tile(Visitor operator, String name) {
    return (String)
        operator.script(
            "return [...document.querySelectorAll('#tiles dt')].find(dt => dt.textContent === '"
                + name
                + "').nextSibling.textContent");
  }

  @Test
  void aBookThatSellsOutAndComesBackIsOnTheTimeLine() throws Exception {
    try (Visitor operator = operator(shop.nodes().get(0))) {
      assertEquals(201, ShopClient.await(client.buy(0, "the-last", 2, 1)).status());
      operator.awaitText("#events", "The Last One” is sold out");
      front.books("restock", "2", "4");
      operator.awaitText("#events", "The Last One” is restocked: 4 now");
    }
  }

  @Test
  void fitsAPhoneAndAScreenAndWhoeverCannotSeeItAndLeavesNoTileAlone() throws Exception {
    try (Visitor operator = operator(shop.nodes().get(0))) {
      operator.awaitText(".node.leads h3", "n");
      operator.expectNamed("/ops");
      operator.expectFits("/ops");
      for (int width : List.of(320, 640, 700, 1_100, 1_216, 1_300)) {
        operator.resize(width, 700);
        assertEquals(
            1L,
            operator.script(
                """
                const rows = new Map();
                for (const tile of document.querySelectorAll('#tiles > *')) {
                  const { top } = tile.getBoundingClientRect();
                  rows.set(top, (rows.get(top) ?? 0) + 1);
                }
                return new Set(rows.values()).size;
                """),
            "rows of tiles are as long as one another, at " + width);
      }
    }
  }

  @Test
  void aTokenCanBeForgottenWhenThereIsOne() throws Exception {
    try (Visitor operator = operator(shop.nodes().get(0))) {
      assertFalse(operator.find("#token-forget").isDisplayed());
      operator.type("#token", Shop.TOKEN + "\n");
      operator.awaitText("#admin", "Set price");
      operator.expectNamed("/ops, of an administrator");
      operator.click("#token-forget");
      operator.awaitText("#said", "Forgotten");
      assertFalse(operator.find("#admin").isDisplayed());
      operator.reload();
      assertFalse(operator.find("#admin").isDisplayed());
    }
  }
}
