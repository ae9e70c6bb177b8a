package com.pygmy.wire.json;

import com.pygmy.domain.Book;
import com.pygmy.domain.Line;
import com.pygmy.domain.Outcome.Row;
import com.pygmy.domain.Shelf.TopicCount;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Answers about books. */
public final class BookJson {

  private BookJson() {}

  /** A whole book, with its stock. */
  public static Buffer book(Book book) {
    JsonWriter out = new JsonWriter();
    whole(out, book);
    return out.toBuffer();
  }

  /** Whole books, each as {@link #book} wrote it. */
  public static Buffer joined(List<Buffer> books) {
    Buffer out = Buffer.buffer("{\"" + JsonKeys.ITEMS + "\":[");
    for (int i = 0; i < books.size(); i++) {
      if (i > 0) {
        out.appendByte((byte) ',');
      }
      out.appendBuffer(books.get(i));
    }
    return out.appendString("]}");
  }

  /** A page of books without stock, so that a sale does not touch it. */
  public static Buffer page(List<Book> books, Optional<String> next) {
    return new JsonWriter()
        .beginObject()
        .array(JsonKeys.ITEMS, books, BookJson::summary)
        .text(JsonKeys.NEXT, next)
        .endObject()
        .toBuffer();
  }

  public static Buffer topics(List<TopicCount> topics) {
    return items(
        topics,
        (out, topic) ->
            out.beginObject()
                .text(JsonKeys.TOPIC, topic.topic())
                .number(JsonKeys.BOOKS, topic.books())
                .endObject());
  }

  /** What became of each row, in the order in which they were sent. */
  public static Buffer added(List<Row> rows) {
    return items(
        rows,
        (out, row) ->
            out.beginObject()
                .number(JsonKeys.ID, row.id().value())
                .text(JsonKeys.STATUS, row.status().name().toLowerCase(Locale.ROOT))
                .endObject());
  }

  /** What was put on the shelf. */
  public static Buffer restocked(List<Line> lines) {
    return items(
        lines,
        (out, line) ->
            out.beginObject()
                .number(JsonKeys.BOOK, line.book().value())
                .number(JsonKeys.QUANTITY, line.quantity())
                .endObject());
  }

  private static <T> Buffer items(List<T> items, BiConsumer<JsonWriter, T> each) {
    return new JsonWriter().beginObject().array(JsonKeys.ITEMS, items, each).endObject().toBuffer();
  }

  private static void whole(JsonWriter out, Book book) {
    described(out, book)
        .number(JsonKeys.STOCK, book.stock())
        .number(JsonKeys.VERSION, book.version())
        .endObject();
  }

  private static void summary(JsonWriter out, Book book) {
    described(out, book).endObject();
  }

  private static JsonWriter described(JsonWriter out, Book book) {
    return out.beginObject()
        .number(JsonKeys.ID, book.id().value())
        .text(JsonKeys.TITLE, book.title())
        .text(JsonKeys.AUTHOR, book.author())
        .text(JsonKeys.TOPIC, book.topic())
        .number(JsonKeys.PRICE_CENTS, book.priceCents());
  }
}
