package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A shop of three nodes to be looked at in a browser, and a client beside it. */
record ShopFront(Shop shop, ShopClient client) implements AutoCloseable {

  /** Where there is no browser, the test is skipped, or fails, before anything is started. */
  static ShopFront open(Path folder, List<String> catalogue) throws Exception {
    Visitor.requireBrowser();
    Shop shop = Shop.ofThree(folder, catalogue);
    return new ShopFront(shop, new ShopClient(shop.urls()));
  }

  /** {@code launcher/pygmy books} of an administrator, at the first node. */
  void books(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of("books"));
    command.addAll(List.of(words));
    command.addAll(List.of("--url", shop.urls().get(0), "--token", Shop.TOKEN));
    Shop.Ran ran = Shop.run(command.toArray(String[]::new));
    assertEquals(0, ran.exitCode(), ran.output());
  }

  @Override
  public void close() throws IOException {
    client.close();
    shop.close();
  }
}
