package com.pygmy.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows under a header, columns aligned by their widest cell. Plain text, for people. */
public final class Table {

  private static final String GAP = "  ";

  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  /** A column whose name starts with {@code >} is aligned right. */
  public Table(String... header) {
    this.header = List.of(header);
  }

  public void row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(String.valueOf(cell));
    }
    if (row.size() != header.size()) {
      throw new IllegalArgumentException(row.size() + " cells under " + header.size() + " names");
    }
    rows.add(row);
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  public void print(PrintWriter out) {
    int[] widths = new int[header.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = name(i).length();
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      names.add(name(i));
    }
    out.println(line(names, widths));
    rows.forEach(row -> out.println(line(row, widths)));
  }

  private String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String space = " ".repeat(widths[i] - cells.get(i).length());
      line.append(i == 0 ? "" : GAP);
      line.append(isRight(i) ? space + cells.get(i) : cells.get(i) + space);
    }
    return line.toString().stripTrailing();
  }

  private boolean isRight(int column) {
    return header.get(column).startsWith(">");
  }

  private String name(int column) {
    return isRight(column) ? header.get(column).substring(1) : header.get(column);
  }
}
