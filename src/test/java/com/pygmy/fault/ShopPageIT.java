package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The shop page in a browser, at real processes: what a visitor sees, and what they never do. */
@Tag("browser")
class ShopPageIT {

  private static final String BUY = ".buy .primary";

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
                "2,Chronicle of a Death Foretold,Gabriel García Márquez,classics,995,7",
                "3,RPCs for Dummies,Pygmy Press,distributed-systems,2499,1000",
                "4,The Last One,Anybody,classics,500,1",
                "5,Twice,Anybody,classics,500,100",
                "6,Reloaded,Anybody,classics,500,100",
                "7,Through the Night,Anybody,classics,500,100",
                "8,Here and Gone,Anybody,classics,500,100",
                "9,In Many Tabs,Anybody,classics,500,100",
                "10,Scarce,Anybody,rarities,500,3",
                "11,For Grace,Anybody,rarities,500,100",
                "12,Dearer Now,Anybody,rarities,500,100"));
    shop = front.shop();
    client = front.client();
  }

  @AfterAll
  static void close() throws Exception {
    if (front != null) {
      front.close();
    }
  }

  private static Visitor visitor(int node) throws Exception {
    return Visitor.at(shop.urls().get(node));
  }

  private static Visitor atBook(int node, int book) throws Exception {
    Visitor visitor = visitor(node);
    visitor.open(shop.urls().get(node) + "/#/book/" + book);
    visitor.find(BUY);
    return visitor;
  }

  private static int stock(int book) {
    return ask("/books/" + book).getInteger("stock");
  }

  private static JsonObject ask(String path) {
    return ShopClient.await(client.get(path)).body();
  }

  /** The orders that have this book. */
  private static long ordersOf(int book) {
    return ask("/orders?limit=100").getJsonArray("items", new JsonArray()).stream()
        .map(order -> ((JsonObject) order).getJsonArray("items").getJsonObject(0))
        .filter(line -> line.getInteger("book") == book)
        .count();
  }

  private static void expectBoughtOnce(Visitor visitor, int book) {
    visitor.find(".receipt");
    assertEquals(99, stock(book));
    assertEquals(1, ordersOf(book));
  }

  @Test
  void aVisitorFindsABookByTypingBuysItAndSeesTheReceipt() throws Exception {
    try (Visitor visitor = visitor(0)) {
      visitor.awaitText(".topics", "Distributed systems");
      visitor.click(".topics [href='#/topic/distributed-systems']");
      visitor.awaitText("h1", "Distributed systems");
      assertEquals("RPCs for Dummies", visitor.text(".books li:only-child .title"));
      visitor.type("#words", "garcia sol");
      visitor.awaitText("h1", "garcia sol");
      visitor.awaitText(".books", "Hundred Years");
      assertEquals(1, visitor.count(".books li"));
      visitor.click(".books .title");
      visitor.awaitText(".about .stock", "50 left");
      visitor.find("#quantity").clear();
      visitor.type("#quantity", "2");
      visitor.awaitText(".total", "25.90");
      visitor.click(BUY);
      visitor.awaitText(".receipt", "25.90");
      String key = visitor.text("#order-key");
      JsonObject order = ask("/orders?key=" + key);
      assertEquals(order.getLong("number").toString(), visitor.text("#order-number"));
      visitor.click("nav [data-page=orders]");
      visitor.awaitText(".orders", "Order " + order.getLong("number"));
      visitor.type("#look-up", order.getLong("number") + "\n");
      visitor.awaitText(".receipt", "Hundred Years");
      assertEquals(0, visitor.count("#order-key"), "by its number an order is shown without key");
      visitor.expectNoComplaints();
    }
  }

  /** Everything together is no more than a picture. */
  @Test
  void theFirstVisitLoadsLittleAndFromTheShopOnly() throws Exception {
    String url = shop.urls().get(0);
    try (Visitor visitor = Visitor.at(url)) {
      visitor.find(".books li");
      @SuppressWarnings("unchecked")
      List<Map<String, Object>> loaded =
          (List<Map<String, Object>>)
              visitor.script(
                  "return ['navigation', 'resource'].flatMap(kind =>"
                      + " performance.getEntriesByType(kind)).map(({ name, transferSize }) =>"
                      + " ({ name, bytes: transferSize }))");
      assertTrue(loaded.size() > 5, loaded::toString);
      assertTrue(
          loaded.stream().allMatch(l -> l.get("name").toString().startsWith(url)),
          loaded::toString);
      long bytes = loaded.stream().mapToLong(l -> ((Number) l.get("bytes")).longValue()).sum();
      System.out.printf(
          "the first visit: %d requests, %d bytes, painted after %s ms%n",
          loaded.size(),
          bytes,
          visitor.script(
              "return Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime)"));
      assertTrue(bytes < 100_000, loaded::toString);
      assertTrue(loaded.size() < 20, loaded::toString);
    }
  }

  @Test
  void anotherVisitorSeesTheStockFallWithoutAReload() throws Exception {
    try (Visitor watching = atBook(1, 2);
        Visitor buying = atBook(0, 2)) {
      watching.awaitText(".about .stock", "7 left");
      watching.script("window.isTheSamePage = true");
      buying.click(BUY);
      buying.find(".receipt");
      watching.awaitText(".about .stock", "6 left");
      assertEquals(true, watching.script("return window.isTheSamePage"));
    }
  }

  /** A browser has six connections to an address, for all its tabs. */
  @Test
  void theEighthTabIsServedLikeTheFirstAndATabThatIsSeenAgainIsLevel() throws Exception {
    String book = shop.urls().get(0) + "/#/book/9";
    try (Visitor visitor = atBook(0, 9)) {
      String first = visitor.tab();
      for (int tab = 2; tab <= 8; tab++) {
        visitor.openTab(book);
        visitor.awaitText(".about .stock", "100 left");
      }
      assertEquals(201, ShopClient.await(client.buy(1, "behind-tabs", 9, 1)).status());
      visitor.awaitText(".about .stock", "99 left");
      visitor.turnTo(first);
      visitor.awaitText(".about .stock", "99 left");
    }
  }

  @Test
  void soldOutAndBackInStockShowByThemselves() throws Exception {
    try (Visitor watching = atBook(2, 4)) {
      watching.awaitText(".about .stock", "Only 1 left");
      assertEquals(
          201, ShopClient.await(client.buy(0, "last-one", 4, 1)).status(), "somebody was faster");
      watching.awaitText(".about .stock", "Sold out");
      assertEquals("true", watching.find(BUY).getDomAttribute("aria-disabled"));
      watching.click(BUY);
      front.books("restock", "4", "9");
      watching.awaitText(".about .stock", "9 left");
      watching.awaitText("#said", "The Last One is back in stock");
      assertEquals("false", watching.find(BUY).getDomAttribute("aria-disabled"));
      assertEquals(1, ordersOf(4));
    }
  }

  @Test
  void aNewPriceShowsByItselfAndIsTheOneThatIsPaid() throws Exception {
    try (Visitor visitor = atBook(1, 12)) {
      visitor.find("#quantity").clear();
      visitor.type("#quantity", "2");
      visitor.awaitText(".total", "10.00");
      front.books("price", "12", "725");
      visitor.awaitText(".about .price", "7.25");
      visitor.awaitText(".total", "14.50");
      visitor.click(BUY);
      visitor.awaitText(".receipt", "14.50");
    }
  }

  @Test
  void aDoubleClickBuysOnce() throws Exception {
    try (Visitor visitor = atBook(0, 5)) {
      visitor.doubleClick(BUY);
      expectBoughtOnce(visitor, 5);
    }
  }

  @Test
  void aReloadDuringABuyBuysOnce() throws Exception {
    String leader = shop.leader(client).orElseThrow();
    int elsewhere = (shop.nodes().indexOf(leader) + 1) % shop.nodes().size();
    try (Visitor visitor = atBook(elsewhere, 6)) {
      shop.signal(leader, "STOP"); // so that the buy is under way when the page is left
      try {
        visitor.click(BUY);
        visitor.awaitText(BUY, "Buying");
        visitor.reload();
      } finally {
        shop.signal(leader, "CONT");
      }
      expectBoughtOnce(visitor, 6);
      visitor.reload();
      expectBoughtOnce(visitor, 6);
    }
  }

  @Test
  void aVisitorBuysThroughASurvivingFrontendWhenTheLeaderIsKilled() throws Exception {
    String leader = shop.leader(client).orElseThrow();
    long pid = shop.pid(leader);
    int elsewhere = (shop.nodes().indexOf(leader) + 1) % shop.nodes().size();
    try (Visitor visitor = atBook(elsewhere, 7)) {
      shop.signal(leader, "KILL");
      visitor.click(BUY);
      expectBoughtOnce(visitor, 7);
      visitor.awaitNoText("#paused", "paused");
    } finally {
      shop.await(leader + " is back", () -> shop.isBack(leader, pid) && shop.isReady(client));
    }
  }

  @Test
  void aBuyOutlivesTheFrontendThatItWasMadeAt() throws Exception {
    String node = shop.nodes().get(1);
    long pid = shop.pid(node);
    try (Visitor visitor = atBook(1, 8)) {
      shop.signal(node, "KILL");
      visitor.click(BUY);
      visitor.awaitText("#pending", "Asking again with the same key");
      visitor.awaitText("#paused", "Live updates paused");
      expectBoughtOnce(visitor, 8);
      visitor.awaitNoText("#paused", "paused");
    } finally {
      shop.await(node + " is back", () -> shop.isBack(node, pid) && shop.isReady(client));
    }
  }

  @Test
  void everyViewFitsAPhoneAndAScreenAndWhoeverCannotSeeIt() throws Exception {
    assertEquals(201, ShopClient.await(client.buy(0, "on-a-phone", 3, 1)).status());
    Map<String, String> views =
        Map.of(
            "#/", ".topics",
            "#/topic/classics", ".topics [href='#/topic/classics'][aria-current]",
            "#/book/1", ".buy",
            "#/search?q=garcia", ".shelf .hint",
            "#/orders", ".admin",
            "#/order/on-a-phone", ".receipt",
            "#/order/unheard-of", ".trouble");
    try (Visitor visitor = visitor(0)) {
      for (Map.Entry<String, String> view : views.entrySet()) {
        visitor.open(shop.urls().get(0) + "/" + view.getKey());
        visitor.find(view.getValue());
        visitor.expectNamed(view.getKey());
        visitor.expectFits(view.getKey());
      }
    }
  }

  @Test
  void aRefusalSaysWhyAndTheNextAttemptIsAnotherIntention() throws Exception {
    try (Visitor visitor = atBook(0, 10)) {
      visitor.awaitText(".about .stock", "Only 3 left");
      visitor.script("document.querySelector('.buy').noValidate = true"); // the shop is to refuse
      visitor.find("#quantity").clear();
      visitor.type("#quantity", "4\n");
      visitor.awaitText(".buy .trouble", "Only 3 left: nothing was bought");
      assertEquals(3, stock(10));
      visitor.find("#quantity").clear();
      visitor.type("#quantity", "3\n");
      visitor.find(".receipt");
      assertEquals(0, stock(10));
      assertEquals(1, ordersOf(10));
    }
  }

  @Test
  void theAdministratorSeesTheOrdersOfACustomer() throws Exception {
    try (Visitor visitor = atBook(0, 11)) {
      visitor.click(".buy summary");
      visitor.type("#customer", "grace@example.org");
      visitor.click(BUY);
      visitor.awaitText(".receipt", "grace@example.org");
      String number = visitor.text("#order-number");
      visitor.click("nav [data-page=orders]");
      visitor.click(".admin summary");
      visitor.type("#whose", "grace@example.org");
      visitor.type("#token", "wrong\n");
      visitor.awaitText(".admin [role=status]", "this one is not it");
      assertEquals(0, visitor.count(".admin .orders li"));
      visitor.find("#token").clear();
      visitor.type("#token", Shop.TOKEN + "\n");
      visitor.awaitText(".admin .orders li:only-child", "Order " + number);
    }
  }

  @Test
  void canBeUsedByTheKeyboardAlone() throws Exception {
    try (Visitor visitor = visitor(0)) {
      visitor.awaitText(".topics", "Classics");
      visitor.press(Keys.TAB);
      assertEquals("Skip to the books", visitor.text(".skip:focus"));
      visitor.tabTo("#words");
      visitor.press("rpcs");
      visitor.awaitText("h1", "rpcs");
      visitor.tabTo(".books .title");
      visitor.press(Keys.ENTER);
      visitor.find("#quantity");
      visitor.tabTo("#quantity");
      assertFalse(
          (Boolean)
              visitor.script(
                  "return [...document.querySelectorAll('input')].some(i => !i.labels.length)"),
          "an input without a label");
      visitor.press(Keys.ENTER);
      visitor.find(".receipt");
      assertTrue(
          (Boolean)
              visitor.script("return document.activeElement === document.querySelector('main')"),
          "the focus follows the view");
      visitor.awaitText("#said", "is confirmed");
    }
  }
}
