package com.pygmy.cli.csv;

import com.pygmy.cli.csv.CsvRow.BadRow;
import com.pygmy.cli.csv.CsvRow.Row;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a CSV file (RFC 4180, UTF-8 with or without a byte order mark, LF or CRLF, blank lines
 * ignored) row by row, in constant memory. The first row is the header. A bad row does not stop the
 * rest: after a quote that is never closed, text after a closing quote, or a row of more than
 * {@link #MAX_ROW_BYTES}, reading goes on at the line after the one on which the row began.
 *
 * <p>This recovery is why it is not a library. Tried on a file with one stray quote, FastCSV 4.4
 * takes all that follows for one field or stays stuck at the row, and Commons CSV 1.14 stops or
 * goes on with made-up rows; and both see the text only after a decoder, which fails for the whole
 * file.
 *
 * <p>For one thread. Does not close what it reads from.
 */
public final class CsvReader {

  /** Also the bound of a field. */
  public static final int MAX_ROW_BYTES = 64 * 1024;

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  /** What came of reading the header. */
  public sealed interface Opening {}

  public record Opened(CsvReader reader) implements Opening {}

  public record BadHeader(String reason) implements Opening {}

  private final BufferedInputStream in;
  private final RowScanner scanner;
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private List<String> columns = List.of();
  private int line = 1;
  private long bytesRead;

  private CsvReader(BufferedInputStream in) {
    this.in = in;
    this.scanner = new RowScanner(in);
  }

  public static Opening open(InputStream stream) throws IOException {
    CsvReader reader = new CsvReader(new BufferedInputStream(stream));
    reader.skipByteOrderMark();
    Optional<CsvRow> first = reader.nextOfAnyWidth();
    if (first.isEmpty()) {
      return new BadHeader("the file is empty: there is no header");
    }
    if (first.get() instanceof Row header) {
      Set<String> seen = new HashSet<>();
      for (String column : header.fields()) {
        if (!seen.add(column)) {
          return new BadHeader("the header names column \"" + column + "\" twice");
        }
      }
      reader.columns = header.fields();
      return new Opened(reader);
    }
    return new BadHeader("the header is unreadable: " + ((BadRow) first.get()).reason());
  }

  /** The names in the header, in the order in which the fields of each row come. */
  public List<String> columns() {
    return columns;
  }

  /** How far in the file we are, for showing progress. */
  public long bytesRead() {
    return bytesRead;
  }

  /** The next row, good or bad; empty at the end of the file. */
  public Optional<CsvRow> next() throws IOException {
    return nextOfAnyWidth()
        .map(
            row ->
                row instanceof Row good && good.fields().size() != columns.size()
                    ? new BadRow(
                        good.line(),
                        "%d fields, but the header has %d"
                            .formatted(good.fields().size(), columns.size()))
                    : row);
  }

  private Optional<CsvRow> nextOfAnyWidth() throws IOException {
    while (true) {
      int start = line;
      in.mark(MAX_ROW_BYTES + 1);
      RowScanner.Found found = scanner.scan(MAX_ROW_BYTES);
      if (found == RowScanner.Found.END) {
        return Optional.empty();
      }
      if (found.isFault()) {
        in.reset();
        skipLine();
        return Optional.of(new BadRow(start, found.reason()));
      }
      line += scanner.lines();
      bytesRead += scanner.bytes();
      if (found == RowScanner.Found.ROW) {
        return Optional.of(decode(start, scanner.fields()));
      }
    }
  }

  private CsvRow decode(int start, List<byte[]> fields) {
    List<String> texts = new ArrayList<>(fields.size());
    for (byte[] field : fields) {
      try {
        texts.add(utf8.decode(ByteBuffer.wrap(field)).toString());
      } catch (CharacterCodingException malformed) {
        return new BadRow(start, "field " + (texts.size() + 1) + " is not UTF-8");
      }
    }
    return new Row(start, texts);
  }

  private void skipLine() throws IOException {
    int c;
    do {
      c = in.read();
      bytesRead += c < 0 ? 0 : 1;
    } while (c >= 0 && c != '\n');
    line++;
  }

  private void skipByteOrderMark() throws IOException {
    in.mark(BYTE_ORDER_MARK.length);
    for (byte expected : BYTE_ORDER_MARK) {
      if (in.read() != (expected & 0xFF)) {
        in.reset();
        return;
      }
    }
    bytesRead = BYTE_ORDER_MARK.length;
  }
}
