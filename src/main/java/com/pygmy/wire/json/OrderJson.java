package com.pygmy.wire.json;

import com.pygmy.domain.Order;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Answers about orders. */
public final class OrderJson {

  /** Who reads: the owner of the key and the administrator see key and customer, others do not. */
  public enum Reader {
    OWNER,
    STRANGER
  }

  private OrderJson() {}

  public static Buffer order(Order order, Reader reader) {
    JsonWriter out = new JsonWriter();
    write(out, order, reader);
    return out.toBuffer();
  }

  /** A page of orders as the administrator sees it. */
  public static Buffer page(List<Order> orders, Optional<String> next) {
    return new JsonWriter()
        .beginObject()
        .array(JsonKeys.ITEMS, orders, (out, order) -> write(out, order, Reader.OWNER))
        .text(JsonKeys.NEXT, next)
        .endObject()
        .toBuffer();
  }

  private static void write(JsonWriter out, Order order, Reader reader) {
    out.beginObject().number(JsonKeys.NUMBER, order.number());
    if (reader == Reader.OWNER) {
      out.text(JsonKeys.KEY, order.key());
    }
    out.array(JsonKeys.ITEMS, order.lines(), OrderJson::sold)
        .number(JsonKeys.TOTAL_CENTS, order.totalCents());
    if (reader == Reader.OWNER) {
      out.text(JsonKeys.CUSTOMER, order.customer());
    }
    out.text(JsonKeys.AT, Instant.ofEpochMilli(order.at()).toString()).endObject();
  }

  private static void sold(JsonWriter out, Order.Sold line) {
    out.beginObject()
        .number(JsonKeys.BOOK, line.book().value())
        .number(JsonKeys.QUANTITY, line.quantity())
        .number(JsonKeys.PRICE_CENTS, line.priceCents())
        .endObject();
  }
}
