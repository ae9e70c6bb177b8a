package com.pygmy.wire.json;

import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.Book.Revision;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Limits;
import com.pygmy.domain.Line;
import com.pygmy.domain.Purchase;
import com.pygmy.wire.Message.Voter;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Bodies of requests to records. Strict: unknown fields, wrong types, a member twice, nulls and
 * values out of bounds are refused, all of them named.
 */
public final class RequestJson {

  /** So many errors are told at once. */
  static final int MAX_ERRORS = 100;

  /** As a conf takes it. */
  static final int MAX_REPLICA_CHARS = 40;

  static final int MAX_HOST_CHARS = 255;
  static final int MAX_PORT = 65_535;

  private static final String REPLICA_NAME = "[A-Za-z0-9._-]+";
  private static final String ROOT = "$";

  private RequestJson() {}

  /** The body of a buy. */
  public static Parsed<Purchase> purchase(Buffer body) {
    return read(
        body,
        fields -> {
          List<Line> lines =
              fields.objects(JsonKeys.ITEMS, Limits.MAX_LINES, RequestJson::purchaseLine);
          Optional<String> customer = fields.text(JsonKeys.CUSTOMER, Limits.MAX_CUSTOMER_CHARS);
          fields.end();
          return () -> new Purchase(lines, customer);
        });
  }

  /** The body of a revision: at least one of its fields. */
  public static Parsed<Revision> revision(Buffer body) {
    return read(
        body,
        fields -> {
          Revision revision =
              new Revision(
                  fields.integer(JsonKeys.PRICE_CENTS, 0, Limits.MAX_PRICE_CENTS),
                  fields.integer(JsonKeys.STOCK, 0, Limits.MAX_STOCK).map(Math::toIntExact),
                  fields.text(JsonKeys.TITLE, Limits.MAX_TITLE_CHARS),
                  fields.text(JsonKeys.AUTHOR, Limits.MAX_AUTHOR_CHARS),
                  fields.text(JsonKeys.TOPIC, Limits.MAX_TOPIC_CHARS));
          fields.end();
          if (fields.isEmpty()) {
            fields.wrong("must name what to change");
          }
          return () -> revision;
        });
  }

  /** The body of a restock: how many units. */
  public static Parsed<Integer> restock(Buffer body) {
    return read(
        body,
        fields -> {
          int quantity =
              (int) fields.requiredInteger(JsonKeys.QUANTITY, 1, Limits.MAX_RESTOCK_QUANTITY);
          fields.end();
          return () -> quantity;
        });
  }

  /** The body of an addition: one book, or {@code items} with or without {@code update}. */
  public static Parsed<Addition> addition(Buffer body) {
    return read(
        body,
        fields -> {
          if (!fields.has(JsonKeys.ITEMS)) {
            NewBook book = newBook(fields);
            fields.end();
            return () -> new Addition.One(book);
          }
          List<NewBook> books =
              fields.objects(JsonKeys.ITEMS, Limits.MAX_BOOKS_PER_COMMAND, RequestJson::newBook);
          boolean update = fields.flag(JsonKeys.UPDATE);
          fields.end();
          return () -> new Addition.Several(books, update);
        });
  }

  /** The body of an added replica. */
  public static Parsed<Voter> voter(Buffer body) {
    return read(
        body,
        fields -> {
          String name = fields.requiredText(JsonKeys.NAME, MAX_REPLICA_CHARS);
          String host = fields.requiredText(JsonKeys.HOST, MAX_HOST_CHARS);
          int port = (int) fields.requiredInteger(JsonKeys.RAFT_PORT, 1, MAX_PORT);
          fields.end();
          if (fields.has(JsonKeys.NAME) && !name.matches(REPLICA_NAME)) {
            fields.wrong(JsonKeys.NAME, "must be letters, digits, '.', '_' and '-'");
          }
          if (host.contains(" ")) {
            fields.wrong(JsonKeys.HOST, "must be a host name or an address");
          }
          return () -> new Voter(name, host, port);
        });
  }

  /** What is to be added. */
  public sealed interface Addition {
    record One(NewBook book) implements Addition {}

    /**
     * Several books.
     *
     * @param update whether known books are revised instead of being a conflict
     */
    record Several(List<NewBook> books, boolean update) implements Addition {}
  }

  private static Line purchaseLine(Fields fields) {
    int book = (int) fields.requiredInteger(JsonKeys.BOOK, 1, Limits.MAX_BOOK_ID);
    int quantity = (int) fields.requiredInteger(JsonKeys.QUANTITY, 1, Limits.MAX_QUANTITY);
    return new Line(new BookId(book), quantity);
  }

  private static NewBook newBook(Fields fields) {
    return new NewBook(
        fields.integer(JsonKeys.ID, 1, Limits.MAX_BOOK_ID).map(id -> new BookId(id.intValue())),
        fields.requiredText(JsonKeys.TITLE, Limits.MAX_TITLE_CHARS),
        fields.requiredText(JsonKeys.AUTHOR, Limits.MAX_AUTHOR_CHARS),
        fields.requiredText(JsonKeys.TOPIC, Limits.MAX_TOPIC_CHARS),
        fields.requiredInteger(JsonKeys.PRICE_CENTS, 0, Limits.MAX_PRICE_CENTS),
        (int) fields.requiredInteger(JsonKeys.STOCK, 0, Limits.MAX_STOCK));
  }

  private static <T> Parsed<T> read(Buffer body, Function<Fields, Supplier<T>> reader) {
    Object tree;
    try {
      tree = StrictJson.read(body.getBytes());
    } catch (StrictJson.Malformed e) {
      return new Parsed.Malformed<>(e.getMessage());
    }
    List<FieldError> errors = new ArrayList<>();
    Supplier<T> value = reader.apply(Fields.of(ROOT, tree, errors));
    if (errors.isEmpty()) {
      try {
        return new Parsed.Valid<>(value.get());
      } catch (
          IllegalArgumentException e) { // a bound over several fields: lines of one book add up
        errors.add(new FieldError(ROOT, e.getMessage()));
      }
    }
    return new Parsed.Invalid<>(errors.subList(0, Math.min(errors.size(), MAX_ERRORS)));
  }
}
