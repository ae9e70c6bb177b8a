package com.pygmy.domain;

import java.util.Objects;

/** So many units of one book. */
public record Line(BookId book, int quantity) {
  public Line {
    Objects.requireNonNull(book, "book");
    Limits.requireRange("quantity", quantity, 1, Limits.MAX_RESTOCK_QUANTITY);
  }
}
