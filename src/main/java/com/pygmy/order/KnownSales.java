package com.pygmy.order;

import com.pygmy.domain.Command.PlaceOrder;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Order;
import com.pygmy.domain.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The last sales that this replica has seen, by key: a retry of one is answered without the leader.
 * An absent key means nothing. One thread.
 */
final class KnownSales {

  static final int MAX_SALES = 10_000;

  private final Map<String, Order> byKey = new LinkedHashMap<>();

  void add(List<Order> sales) {
    sales.forEach(sale -> byKey.put(sale.key(), sale));
    var oldest = byKey.entrySet().iterator();
    for (int excess = byKey.size() - MAX_SALES; excess > 0; excess--) {
      oldest.next();
      oldest.remove();
    }
  }

  Optional<Decision> decided(PlaceOrder command) {
    return Optional.ofNullable(byKey.get(command.key())).map(order -> replay(order, command));
  }

  /** The answer to a command whose key is bound to this sale. */
  static Decision replay(Order order, PlaceOrder command) {
    return order.purchase().equals(command.purchase())
        ? new Decision.Decided(new Outcome.Sold(order), true)
        : new Decision.KeyConflict();
  }
}
