package com.pygmy.cli;

import com.pygmy.wire.json.JsonKeys;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;

/** Books and orders as tables. */
final class Shown {

  static void book(JsonObject book, PrintWriter out) {
    Table table = new Table(">ID", "TITLE", "AUTHOR", "TOPIC", ">PRICE", ">STOCK");
    table.row(
        book.getInteger(JsonKeys.ID),
        book.getString(JsonKeys.TITLE),
        book.getString(JsonKeys.AUTHOR),
        book.getString(JsonKeys.TOPIC),
        Money.of(book.getLong(JsonKeys.PRICE_CENTS)),
        book.getInteger(JsonKeys.STOCK));
    table.print(out);
  }

  static void order(JsonObject order, PrintWriter out) {
    out.println(
        "order "
            + order.getLong(JsonKeys.NUMBER)
            + " of "
            + order.getString(JsonKeys.AT)
            + optional(", key ", order.getString(JsonKeys.KEY))
            + optional(", customer ", order.getString(JsonKeys.CUSTOMER)));
    Table table = new Table(">BOOK", ">QUANTITY", ">PRICE", ">SUM");
    for (Object item : order.getJsonArray(JsonKeys.ITEMS)) {
      JsonObject line = (JsonObject) item;
      long price = line.getLong(JsonKeys.PRICE_CENTS);
      int quantity = line.getInteger(JsonKeys.QUANTITY);
      table.row(
          line.getInteger(JsonKeys.BOOK), quantity, Money.of(price), Money.of(price * quantity));
    }
    table.row("total", "", "", Money.of(order.getLong(JsonKeys.TOTAL_CENTS)));
    table.print(out);
  }

  private static String optional(String before, String text) {
    return text == null ? "" : before + text;
  }

  private Shown() {}
}
