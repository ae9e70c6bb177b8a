package com.pygmy.cli.csv;

import com.pygmy.cli.csv.CsvRow.BadRow;
import com.pygmy.cli.csv.CsvRow.Row;
import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The books of a CSV file, checked. White space around a text is dropped, and within it any run of
 * white space, line breaks included, becomes one space. An id that an earlier good row has is bad.
 */
public final class BookRows {

  /** What a book has; each is read from the column of the same name unless mapped otherwise. */
  public static final List<String> FIELDS =
      List.of("id", "title", "author", "topic", "priceCents", "stock");

  /**
   * Where the fields come from.
   *
   * @param columns field to column, where they differ
   * @param defaults field to value, for files without its column and for empty cells; not for id
   */
  public record Mapping(Map<String, String> columns, Map<String, String> defaults) {
    public Mapping {
      columns = Map.copyOf(columns);
      defaults = Map.copyOf(defaults);
    }

    /** Columns named like the fields, no defaults. */
    public static Mapping plain() {
      return new Mapping(Map.of(), Map.of());
    }
  }

  /** What came of reading the header. */
  public sealed interface Opening {}

  public record Opened(BookRows rows) implements Opening {}

  /** Not one row can be read: header and mapping do not fit. All reasons. */
  public record Unusable(List<String> reasons) implements Opening {
    public Unusable {
      reasons = List.copyOf(reasons);
    }
  }

  /** One row. */
  public sealed interface BookRow {
    /** On which line of the file it starts. */
    int line();
  }

  /** A book, with its id. */
  public record GoodBook(int line, NewBook book) implements BookRow {}

  /** All that is wrong with a row. */
  public record BadBook(int line, String reason) implements BookRow {}

  private final CsvReader csv;
  private final Map<String, Integer> places;
  private final Map<String, String> defaults;
  private final Map<BookId, Integer> lineOf = new HashMap<>();

  private BookRows(CsvReader csv, Map<String, Integer> places, Map<String, String> defaults) {
    this.csv = csv;
    this.places = places;
    this.defaults = defaults;
  }

  /** Reads the header. Does not close the stream, ever. */
  public static Opening open(InputStream stream, Mapping mapping) throws IOException {
    CsvReader.Opening opening = CsvReader.open(stream);
    if (opening instanceof CsvReader.BadHeader bad) {
      return new Unusable(List.of(bad.reason()));
    }
    CsvReader csv = ((CsvReader.Opened) opening).reader();
    List<String> faults = new ArrayList<>();
    for (String field : mapping.columns().keySet()) {
      unknown(field, faults);
    }
    for (String field : mapping.defaults().keySet()) {
      unknown(field, faults);
    }
    if (mapping.defaults().containsKey("id")) {
      faults.add("an id can have no default: it tells the books apart");
    }
    Map<String, Integer> places = new HashMap<>();
    for (String field : FIELDS) {
      String column = mapping.columns().getOrDefault(field, field);
      int place = csv.columns().indexOf(column);
      if (place >= 0) {
        places.put(field, place);
      } else if (mapping.columns().containsKey(field) || !mapping.defaults().containsKey(field)) {
        faults.add(
            "%s: there is no column \"%s\"; there are %s"
                .formatted(field, column, String.join(", ", csv.columns())));
      }
    }
    return faults.isEmpty()
        ? new Opened(new BookRows(csv, places, mapping.defaults()))
        : new Unusable(faults);
  }

  private static void unknown(String field, List<String> faults) {
    if (!FIELDS.contains(field)) {
      faults.add(field + ": a book has no such field, only " + String.join(", ", FIELDS));
    }
  }

  /** How far in the file we are, for showing progress. */
  public long bytesRead() {
    return csv.bytesRead();
  }

  /** The next row, good or bad; empty at the end of the file. */
  public Optional<BookRow> next() throws IOException {
    return csv.next()
        .map(
            row ->
                row instanceof BadRow bad
                    ? new BadBook(bad.line(), bad.reason())
                    : book((Row) row));
  }

  private BookRow book(Row row) {
    Cells cells = new Cells(row.fields());
    int id = (int) cells.number("id", 1, Limits.MAX_BOOK_ID);
    String title = cells.text("title", Limits.MAX_TITLE_CHARS);
    String author = cells.text("author", Limits.MAX_AUTHOR_CHARS);
    String topic = cells.text("topic", Limits.MAX_TOPIC_CHARS);
    long priceCents = cells.number("priceCents", 0, Limits.MAX_PRICE_CENTS);
    int stock = (int) cells.number("stock", 0, Limits.MAX_STOCK);
    if (!cells.faults.isEmpty()) {
      return new BadBook(row.line(), String.join("; ", cells.faults));
    }
    BookId book = new BookId(id);
    Integer earlier = lineOf.putIfAbsent(book, row.line());
    return earlier != null
        ? new BadBook(row.line(), "id: %s is already on line %d".formatted(book, earlier))
        : new GoodBook(
            row.line(), new NewBook(Optional.of(book), title, author, topic, priceCents, stock));
  }

  /** The fields of one row by name; gathers what is wrong with them. */
  private final class Cells {

    /** An error message quotes no more of a cell. */
    private static final int SHOWN_CHARS = 40;

    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,12}");

    private final List<String> values;
    private final List<String> faults = new ArrayList<>();

    Cells(List<String> values) {
      this.values = values;
    }

    private String cell(String field) {
      Integer place = places.get(field);
      String value = place == null ? "" : values.get(place).strip();
      return value.isEmpty() ? defaults.getOrDefault(field, "") : value;
    }

    String text(String field, int maxChars) {
      String value = WHITE_SPACE.matcher(cell(field)).replaceAll(" ");
      if (!Limits.isText(value, maxChars)) {
        faults.add(
            value.isEmpty()
                ? field + ": is empty"
                : "%s: must be 1…%d printable characters, not %s"
                    .formatted(field, maxChars, shown(value)));
      }
      return value;
    }

    /** A number within the bounds; {@code min} if it is none, and a fault. */
    long number(String field, long min, long max) {
      String value = cell(field);
      if (DIGITS.matcher(value).matches()) {
        long number = Long.parseLong(value);
        if (number >= min && number <= max) {
          return number;
        }
      }
      faults.add(
          value.isEmpty()
              ? field + ": is empty"
              : "%s: must be %d…%d, not %s".formatted(field, min, max, shown(value)));
      return min;
    }

    private static String shown(String value) {
      String cut = value.length() > SHOWN_CHARS ? value.substring(0, SHOWN_CHARS) + "…" : value;
      return '"' + cut.replaceAll("\\p{Cntrl}", "?") + '"';
    }
  }
}
