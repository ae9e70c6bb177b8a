package com.pygmy.cli.csv;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits the bytes of one CSV row into fields. Works on bytes, which UTF-8 allows since no part of
 * a longer character looks like a comma, a quote or a line end; so a row with malformed characters
 * still ends where it should.
 */
final class RowScanner {

  /** What {@link #scan} came upon. */
  enum Found {
    ROW(""),
    BLANK_LINE(""),
    END(""),
    UNCLOSED_QUOTE("a quoted field is not closed before the end of the file"),
    TEXT_AFTER_QUOTE("there is text after a closing quote"),
    TOO_LONG("the row has more than %d bytes".formatted(CsvReader.MAX_ROW_BYTES)),
    UNCLOSED_TOO_LONG(
        "a quoted field is not closed within %d bytes".formatted(CsvReader.MAX_ROW_BYTES));

    private final String reason;

    Found(String reason) {
      this.reason = reason;
    }

    boolean isFault() {
      return !reason.isEmpty();
    }

    String reason() {
      return reason;
    }
  }

  private enum State {
    START_OF_FIELD,
    PLAIN,
    QUOTED,
    /** After a quote that closes the field, unless another one follows. */
    QUOTE_IN_QUOTED,
    /** After a CR behind a closing quote: only the end of the row may follow. */
    QUOTED_THEN_CR
  }

  private final InputStream in;
  private final ByteArrayOutputStream field = new ByteArrayOutputStream();
  private List<byte[]> fields = new ArrayList<>();
  private State state = State.START_OF_FIELD;
  private int bytes;
  private int lines;

  RowScanner(InputStream in) {
    this.in = in;
  }

  List<byte[]> fields() {
    return fields;
  }

  /** How many lines the row took. */
  int lines() {
    return lines;
  }

  int bytes() {
    return bytes;
  }

  /** Reads one row and its line end; reads at most {@code maxBytes + 1}. */
  Found scan(int maxBytes) throws IOException {
    fields = new ArrayList<>();
    field.reset();
    state = State.START_OF_FIELD;
    bytes = 0;
    lines = 0;
    while (true) {
      int c = in.read();
      if (c >= 0 && ++bytes > maxBytes) {
        return state == State.QUOTED ? Found.UNCLOSED_TOO_LONG : Found.TOO_LONG;
      }
      if (c == '\n') {
        lines++;
      }
      if (state == State.QUOTED) {
        if (c < 0) {
          return Found.UNCLOSED_QUOTE;
        }
        inQuotes(c);
      } else if (c < 0 || c == '\n') {
        return endOfRow();
      } else if (!outsideQuotes(c)) {
        return Found.TEXT_AFTER_QUOTE;
      }
    }
  }

  private void inQuotes(int c) {
    if (c == '"') {
      state = State.QUOTE_IN_QUOTED;
    } else {
      field.write(c);
    }
  }

  private boolean outsideQuotes(int c) {
    switch (state) {
      case QUOTED_THEN_CR -> {
        return false;
      }
      case QUOTE_IN_QUOTED -> {
        switch (c) {
          case '"' -> {
            field.write(c);
            state = State.QUOTED;
          }
          case ',' -> endOfField();
          case '\r' -> state = State.QUOTED_THEN_CR;
          default -> {
            return false;
          }
        }
      }
      default -> {
        if (c == ',') {
          endOfField();
        } else if (c == '"' && state == State.START_OF_FIELD) {
          state = State.QUOTED;
        } else {
          field.write(c);
          state = State.PLAIN;
        }
      }
    }
    return true;
  }

  private Found endOfRow() {
    if (bytes == 0) {
      return Found.END;
    }
    if (state == State.PLAIN) {
      dropCarriageReturn();
    }
    boolean quoted = state == State.QUOTE_IN_QUOTED || state == State.QUOTED_THEN_CR;
    endOfField();
    boolean blank = !quoted && fields.size() == 1 && fields.get(0).length == 0;
    return blank ? Found.BLANK_LINE : Found.ROW;
  }

  /** The line end was CRLF. */
  private void dropCarriageReturn() {
    byte[] text = field.toByteArray();
    if (text.length > 0 && text[text.length - 1] == '\r') {
      field.reset();
      field.write(text, 0, text.length - 1);
    }
  }

  private void endOfField() {
    fields.add(field.toByteArray());
    field.reset();
    state = State.START_OF_FIELD;
  }
}
