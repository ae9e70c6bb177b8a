package com.pygmy.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.pygmy.domain.BookId;
import com.pygmy.domain.Order;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RecentSalesTest {
  private final RecentSales recent = new RecentSales(10, 5);

  @Test
  void givesPagesOfWhatItHoldsAndSaysWhatItDoesNot() {
    assertEquals(Optional.empty(), recent.after(4, 3));
    assertEquals(Optional.of(List.of()), recent.after(5, 3));
    recent.add(sales(6, 12));
    assertEquals(Optional.of(sales(6, 8)), recent.after(5, 3));
    assertEquals(Optional.of(sales(11, 12)), recent.after(10, Integer.MAX_VALUE));
    recent.add(sales(13, 20));
    assertEquals(20, recent.last());
    assertEquals(Optional.empty(), recent.after(9, 3));
    assertEquals(Optional.of(sales(11, 20)), recent.after(10, 100));
    assertEquals(Optional.of(List.of()), recent.after(20, 100));
    assertEquals(Optional.of(List.of()), recent.after(99, 100));
  }

  @Test
  void refusesAGap() {
    assertThrows(IllegalStateException.class, () -> recent.add(sales(7, 8)));
    assertThrows(IllegalStateException.class, () -> recent.add(sales(5, 6)));
  }

  @Test
  void keepsTheLastOfMoreThanFit() {
    recent.add(sales(6, 100));
    assertEquals(Optional.of(sales(91, 100)), recent.after(90, 100));
    assertEquals(Optional.empty(), recent.after(89, 100));
  }

  private static List<Order> sales(long first, long last) {
    return LongStream.rangeClosed(first, last)
        .mapToObj(
            n ->
                new Order(
                    n,
                    "key-" + n,
                    List.of(new Order.Sold(new BookId(1), 1, 1)),
                    Optional.empty(),
                    n))
        .toList();
  }
}
