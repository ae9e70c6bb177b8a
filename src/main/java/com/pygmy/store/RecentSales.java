package com.pygmy.store;

import com.pygmy.domain.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The last sales, consecutive, for those who tail the stream. Thread-safe. */
final class RecentSales {
  private final Order[] ring;
  private long first;
  private long last;

  /**
   * @param last the number of the last sale before; it and those before are not here
   */
  RecentSales(int capacity, long last) {
    this.ring = new Order[capacity];
    this.last = last;
    this.first = last + 1;
  }

  synchronized void add(List<Order> sales) {
    for (Order sale : sales) {
      if (sale.number() != last + 1) {
        throw new IllegalStateException("sale %d follows %d".formatted(sale.number(), last));
      }
      last = sale.number();
      ring[slot(last)] = sale;
    }
    first = Math.max(first, last - ring.length + 1);
  }

  synchronized long last() {
    return last;
  }

  /**
   * The sales after {@code number}, at most {@code limit}; absent if the first is no longer here.
   */
  synchronized Optional<List<Order>> after(long number, int limit) {
    if (number >= last) {
      return Optional.of(List.of());
    }
    if (number + 1 < first) {
      return Optional.empty();
    }
    long end = Math.min(last, number + limit);
    List<Order> page = new ArrayList<>((int) (end - number));
    for (long n = number + 1; n <= end; n++) {
      page.add(ring[slot(n)]);
    }
    return Optional.of(page);
  }

  private int slot(long number) {
    return (int) (number % ring.length);
  }
}
