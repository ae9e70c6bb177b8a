package com.pygmy.cli.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.pygmy.cli.csv.CsvReader.BadHeader;
import com.pygmy.cli.csv.CsvReader.Opened;
import com.pygmy.cli.csv.CsvRow.BadRow;
import com.pygmy.cli.csv.CsvRow.Row;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvReaderTest {

  @Test
  void readsQuotesDoubledQuotesAndLineBreaksInFields() throws IOException {
    assertEquals(
        List.of(
            row(2, "1", "a,b"),
            row(3, "2", "say \"hi\""),
            row(4, "3", "two\nlines"),
            row(6, "4", "two\r\nlines"),
            row(8, "", ""),
            row(9, "\"", ""),
            row(10, "in\"side", " spaces kept ")),
        rows(
            "x,y\n1,\"a,b\"\n2,\"say \"\"hi\"\"\"\n3,\"two\nlines\"\n4,\"two\r\nlines\"\n,\n"
                + "\"\"\"\",\"\"\nin\"side, spaces kept \n"));
  }

  @Test
  void readsBothLineEndsBlankLinesAndAMissingLastLineEnd() throws IOException {
    assertEquals(
        List.of(row(2, "1", "a"), row(5, "2", "b"), row(6, "3", "")),
        rows("x,y\r\n1,a\r\n\r\n\n2,\"b\"\r\n3,"));
  }

  @Test
  void quotedNothingIsARowButABlankLineIsNone() throws IOException {
    assertEquals(List.of(row(2, ""), row(4, "a")), rows("x\n\"\"\n\na\n"));
  }

  @Test
  void skipsAByteOrderMark() throws IOException {
    assertEquals(List.of("é", "y"), reader("\uFEFFé,y\n").columns());
    assertEquals(List.of("x"), reader("\uFEFF\"x\"\n").columns());
  }

  @Test
  void aBadRowDoesNotStopTheRest() throws IOException {
    assertEquals(
        List.of(
            row(2, "1", "a"),
            new BadRow(3, "3 fields, but the header has 2"),
            new BadRow(4, "1 fields, but the header has 2"),
            new BadRow(5, "there is text after a closing quote"),
            row(6, "4", "d"),
            // The quote on line 7 closes where line 8 opens one.
            new BadRow(7, "there is text after a closing quote"),
            row(8, "6", "e"),
            new BadRow(9, "a quoted field is not closed before the end of the file"),
            row(10, "7", "f")),
        rows("x,y\n1,a\n1,2,3\n1\n3,\"a\"b\n4,d\n5,\"open\n6,\"e\"\n9,\"open\n7,f\n"));
  }

  @Test
  void reportsMalformedUtf8WhereItIs() throws IOException {
    byte[] text = "x,y\n1,\"a\n?\"\n2,b\n".getBytes(StandardCharsets.US_ASCII);
    text[9] = (byte) 0xFF;
    assertEquals(
        List.of(new BadRow(2, "field 2 is not UTF-8"), row(4, "2", "b")), rows(open(text)));
  }

  @Test
  void boundsARow() throws IOException {
    String fits = "a".repeat(CsvReader.MAX_ROW_BYTES - 3);
    assertEquals(
        List.of(
            row(2, "1", fits),
            new BadRow(3, "the row has more than 65536 bytes"),
            new BadRow(4, "a quoted field is not closed within 65536 bytes"),
            row(5, "4", "end")),
        rows(
            "x,y\n1,%s\n2,%s\n3,\"%s\n4,end\n".formatted(fits, fits + "a", "a".repeat(1_000_000))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\r\n", "\uFEFF", "a,a\n", "\"a\n", "\"a\"b\n"})
  void refusesABadHeader(String text) throws IOException {
    assertInstanceOf(BadHeader.class, open(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void refusesUtf16() throws IOException {
    assertInstanceOf(BadHeader.class, open("x,y\n1,2\n".getBytes(StandardCharsets.UTF_16)));
  }

  /** What we quote by the book comes back; what is torn apart at random never breaks the reader. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void readsBackWhatWasWritten(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<List<String>> expected = new ArrayList<>();
    StringBuilder text = new StringBuilder("x,y,z\n");
    for (int i = 0; i < 200; i++) {
      List<String> fields = new ArrayList<>();
      for (int j = 0; j < 3; j++) {
        fields.add(randomText(random));
      }
      expected.add(fields);
      text.append(fields.stream().map(f -> quote(f, random)).collect(Collectors.joining(",")));
      text.append(random.nextBoolean() ? "\n" : "\r\n");
    }
    assertEquals(
        expected, rows(text.toString()).stream().map(row -> ((Row) row).fields()).toList());

    byte[] torn = text.toString().getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 20; i++) {
      torn[6 + random.nextInt(torn.length - 6)] = (byte) "\"\n,\u00ff".charAt(random.nextInt(4));
    }
    int line = 0;
    for (CsvRow row : rows(open(torn))) {
      assertEquals(true, row.line() > line, "lines go up");
      line = row.line();
    }
  }

  private static String randomText(SplittableRandom random) {
    String alphabet = "ab,\"\n\r é漢\uD83D\uDCD5";
    int[] points = alphabet.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return text.toString();
  }

  private static String quote(String field, SplittableRandom random) {
    boolean must = field.matches("(?s).*[,\"\n\r].*");
    return must || random.nextBoolean() ? '"' + field.replace("\"", "\"\"") + '"' : field;
  }

  private static Row row(int line, String... fields) {
    return new Row(line, List.of(fields));
  }

  private static List<CsvRow> rows(String text) throws IOException {
    return rows(open(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<CsvRow> rows(CsvReader.Opening opening) throws IOException {
    CsvReader reader = assertInstanceOf(Opened.class, opening).reader();
    List<CsvRow> rows = new ArrayList<>();
    for (Optional<CsvRow> row = reader.next(); row.isPresent(); row = reader.next()) {
      rows.add(row.get());
    }
    return rows;
  }

  private static CsvReader reader(String text) throws IOException {
    return assertInstanceOf(Opened.class, open(text.getBytes(StandardCharsets.UTF_8))).reader();
  }

  private static CsvReader.Opening open(byte[] text) throws IOException {
    return CsvReader.open(new ByteArrayInputStream(text));
  }
}
