package com.pygmy.cli.csv;

import java.util.List;

/** What stands on a line of a CSV file, or on several when a quoted field has line breaks. */
public sealed interface CsvRow {

  /** Where it starts; the header starts on line 1. */
  int line();

  /** A row with as many fields as the header has columns. */
  record Row(int line, List<String> fields) implements CsvRow {
    public Row {
      fields = List.copyOf(fields);
    }
  }

  record BadRow(int line, String reason) implements CsvRow {}
}
