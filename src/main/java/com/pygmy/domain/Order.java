package com.pygmy.domain;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A sale: what a buyer asked for and got. Immutable from the moment the log decided it.
 *
 * @param number its position in the sale stream: 1, 2, 3 … without a gap
 * @param at log time of the sale, milliseconds since the epoch
 */
public record Order(long number, String key, List<Sold> lines, Optional<String> customer, long at) {

  public Order {
    Limits.requireRange("an order number", number, 1, Long.MAX_VALUE);
    Limits.requireKey(key);
    Objects.requireNonNull(customer, "customer");
    lines = List.copyOf(lines);
    Limits.requireRange("the number of lines", lines.size(), 1, Limits.MAX_LINES);
  }

  public long totalCents() {
    return lines.stream().mapToLong(line -> line.quantity() * line.priceCents()).sum();
  }

  /** What was asked for. */
  public Purchase purchase() {
    return new Purchase(
        lines.stream().map(line -> new Line(line.book(), line.quantity())).toList(), customer);
  }

  /** One line of an order, with the price of one unit at the time of the sale. */
  public record Sold(BookId book, int quantity, long priceCents) {
    public Sold {
      Objects.requireNonNull(book, "book");
      Limits.requireRange("quantity", quantity, 1, Limits.MAX_QUANTITY);
      Limits.requireRange("priceCents", priceCents, 0, Limits.MAX_PRICE_CENTS);
    }
  }
}
