package com.pygmy.domain;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a buyer asks for, in canonical form: lines of the same book merged, sorted by book. Two
 * requests that mean the same are equal.
 */
public record Purchase(List<Line> lines, Optional<String> customer) {

  /** Fails with {@link IllegalArgumentException} when a bound of {@link Limits} is broken. */
  public Purchase {
    Limits.requireRange("the number of lines", lines.size(), 1, Limits.MAX_LINES);
    customer.ifPresent(c -> Limits.requireText("customer", c, Limits.MAX_CUSTOMER_CHARS));
    lines = merged(lines);
  }

  private static List<Line> merged(List<Line> lines) {
    Map<BookId, Integer> quantities = new TreeMap<>();
    for (Line line : lines) {
      Limits.requireRange("quantity", line.quantity(), 1, Limits.MAX_QUANTITY);
      int sum = quantities.merge(line.book(), line.quantity(), Integer::sum);
      Limits.requireRange("quantity", sum, 1, Limits.MAX_QUANTITY);
    }
    return quantities.entrySet().stream().map(e -> new Line(e.getKey(), e.getValue())).toList();
  }
}
