package com.pygmy.store;

import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Line;
import com.pygmy.domain.Order;
import com.pygmy.domain.Outcome;
import com.pygmy.domain.Outcome.Left;
import com.pygmy.domain.Outcome.Row;
import com.pygmy.domain.Outcome.RowStatus;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Outcomes as the database holds them: a kind, and a payload of lists {@code 7:3,8:0}. The fields
 * of a book are parted by a control character, which no text of the domain contains.
 */
final class OutcomeText {
  private static final String FIELD = "\u001f";

  private OutcomeText() {}

  record Text(String kind, String payload) {}

  static Text write(Outcome outcome) {
    if (outcome instanceof Outcome.Refused refused) {
      return writeRefusal(refused.why());
    } else if (outcome instanceof Outcome.BooksAdded added) {
      return new Text("books-added", join(added.rows(), row -> row.id() + ":" + row.status()));
    } else if (outcome instanceof Outcome.Revised revised) {
      return new Text("revised", writeBook(revised.book()));
    } else if (outcome instanceof Outcome.Restocked restocked) {
      return new Text("restocked", join(restocked.lines(), l -> l.book() + ":" + l.quantity()));
    } else if (outcome instanceof Outcome.Founded founded) {
      return new Text("founded", founded.storeId());
    }
    throw new IllegalArgumentException("sales have their own table");
  }

  private static Text writeRefusal(Outcome.Refusal why) {
    if (why instanceof Outcome.OutOfStock out) {
      return new Text("out-of-stock", join(out.books(), l -> l.book() + ":" + l.stock()));
    } else if (why instanceof Outcome.UnknownBooks unknown) {
      return new Text("unknown-books", join(unknown.books(), BookId::toString));
    } else if (why instanceof Outcome.NoSuchBooks missing) {
      return new Text("no-such-books", join(missing.books(), BookId::toString));
    } else if (why instanceof Outcome.ShelfFull full) {
      return new Text("shelf-full", join(full.books(), BookId::toString));
    }
    Outcome.VersionMismatch mismatch = (Outcome.VersionMismatch) why;
    return new Text("version-mismatch", mismatch.book() + ":" + mismatch.version());
  }

  /** Fails with {@link IllegalArgumentException} if nobody can have written it. */
  static Outcome read(String kind, String payload) {
    return switch (kind) {
      case "out-of-stock" ->
          refused(new Outcome.OutOfStock(split(payload, 2, p -> new Left(id(p[0]), number(p[1])))));
      case "unknown-books" -> refused(new Outcome.UnknownBooks(split(payload, 1, p -> id(p[0]))));
      case "no-such-books" -> refused(new Outcome.NoSuchBooks(split(payload, 1, p -> id(p[0]))));
      case "shelf-full" -> refused(new Outcome.ShelfFull(split(payload, 1, p -> id(p[0]))));
      case "version-mismatch" -> {
        String[] parts = parts(payload, ":", 2);
        yield refused(new Outcome.VersionMismatch(id(parts[0]), Long.parseLong(parts[1])));
      }
      case "books-added" ->
          new Outcome.BooksAdded(
              split(payload, 2, p -> new Row(id(p[0]), RowStatus.valueOf(p[1]))));
      case "revised" -> new Outcome.Revised(readBook(payload));
      case "restocked" ->
          new Outcome.Restocked(split(payload, 2, p -> new Line(id(p[0]), number(p[1]))));
      case "founded" -> new Outcome.Founded(payload);
      default -> throw new IllegalArgumentException("unknown kind of outcome " + kind);
    };
  }

  static String writeLines(Order order) {
    StringBuilder text = new StringBuilder();
    for (Order.Sold line : order.lines()) {
      text.append(text.isEmpty() ? "" : ",")
          .append(line.book().value())
          .append(':')
          .append(line.quantity())
          .append(':')
          .append(line.priceCents());
    }
    return text.toString();
  }

  static List<Order.Sold> readLines(String text) {
    return split(text, 3, p -> new Order.Sold(id(p[0]), number(p[1]), Long.parseLong(p[2])));
  }

  private static String writeBook(Book book) {
    return String.join(
        FIELD,
        book.id().toString(),
        book.title(),
        book.author(),
        book.topic(),
        Long.toString(book.priceCents()),
        Integer.toString(book.initialStock()),
        Long.toString(book.restocked()),
        Long.toString(book.sold()),
        Long.toString(book.version()));
  }

  private static Book readBook(String payload) {
    String[] parts = parts(payload, FIELD, 9);
    return new Book(
        id(parts[0]),
        parts[1],
        parts[2],
        parts[3],
        Long.parseLong(parts[4]),
        number(parts[5]),
        Long.parseLong(parts[6]),
        Long.parseLong(parts[7]),
        Long.parseLong(parts[8]));
  }

  private static Outcome refused(Outcome.Refusal why) {
    return new Outcome.Refused(why);
  }

  private static <T> String join(List<T> items, Function<T, String> write) {
    return items.stream().map(write).collect(Collectors.joining(","));
  }

  private static <T> List<T> split(String text, int parts, Function<String[], T> read) {
    if (text.isEmpty()) {
      return List.of();
    }
    return Arrays.stream(text.split(",", -1)).map(i -> read.apply(parts(i, ":", parts))).toList();
  }

  private static String[] parts(String text, String separator, int count) {
    String[] parts = text.split(separator, -1);
    if (parts.length != count) {
      throw new IllegalArgumentException("%d parts in %s".formatted(parts.length, text));
    }
    return parts;
  }

  private static BookId id(String text) {
    return new BookId(number(text));
  }

  private static int number(String text) {
    return Integer.parseInt(text);
  }
}
