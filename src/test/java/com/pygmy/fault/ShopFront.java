package com.pygmy.fault;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A shop of three nodes to be looked at in a browser, and a client beside it. */
record ShopFront(Shop shop, ShopClient client) implements AutoCloseable {

  /** Where there is no browser, the test is skipped, or fails, before anything is started. */
  static ShopFront open(Path folder, List<String> catalogue) throws Exception {
    Visitor.requireBrowser();
    Shop shop = Shop.ofThree(folder, catalogue);
    return new ShopFront(shop, new ShopClient(shop.urls()));
  }

  @Override
  public void close() throws IOException {
    client.close();
    shop.close();
  }
}
