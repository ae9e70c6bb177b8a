package com.pygmy.wire.json;

import com.pygmy.domain.Book;
import com.pygmy.wire.Message.Service;
import io.vertx.core.buffer.Buffer;
import java.util.Locale;

/** The data of the events of {@code GET /events}; of {@link EventKind#BOOK} it is the book. */
public final class EventJson {

  private EventJson() {}

  /** Of {@link EventKind#STOCK}. */
  public static Buffer stock(Book book) {
    return about(book)
        .number(JsonKeys.STOCK, book.stock())
        .number(JsonKeys.VERSION, book.version())
        .endObject()
        .toBuffer();
  }

  /** Of {@link EventKind#OUT_OF_STOCK}. */
  public static Buffer outOfStock(Book book) {
    return about(book).endObject().toBuffer();
  }

  /** Of {@link EventKind#RESTOCK}. */
  public static Buffer restock(Book book) {
    return about(book).number(JsonKeys.STOCK, book.stock()).endObject().toBuffer();
  }

  /** Of {@link EventKind#LEADER}. */
  public static Buffer leader(String replica, String node, long term) {
    return new JsonWriter()
        .beginObject()
        .text(JsonKeys.REPLICA, replica)
        .text(JsonKeys.NODE, node)
        .number(JsonKeys.TERM, term)
        .endObject()
        .toBuffer();
  }

  /** Of {@link EventKind#REPLICA}. */
  public static Buffer replica(String replica, Service service, String state) {
    return new JsonWriter()
        .beginObject()
        .text(JsonKeys.REPLICA, replica)
        .text(JsonKeys.SERVICE, service.name().toLowerCase(Locale.ROOT))
        .text(JsonKeys.STATE, state)
        .endObject()
        .toBuffer();
  }

  /** Of {@link EventKind#HELLO} and {@link EventKind#RESET}. */
  public static Buffer nothing() {
    return new JsonWriter().beginObject().endObject().toBuffer();
  }

  private static JsonWriter about(Book book) {
    return new JsonWriter().beginObject().number(JsonKeys.BOOK, book.id().value());
  }
}
