package com.pygmy.domain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A catalog with every outcome in memory: what any real store must be equal to. */
public final class ReferenceStore {
  public final Catalog catalog = new Catalog();
  public final Map<String, Recorded> outcomes = new HashMap<>();
  public final List<Order> sales = new ArrayList<>();

  public List<Effect> apply(long index, long at, List<Command> commands) {
    catalog.advance(at);
    return commands.stream().map(command -> apply(index, command)).toList();
  }

  public Effect apply(long index, Command command) {
    Effect effect = catalog.apply(index, command, key -> Optional.ofNullable(outcomes.get(key)));
    effect
        .recorded()
        .ifPresent(
            recorded -> {
              outcomes.put(command.key(), recorded);
              if (recorded.outcome() instanceof Outcome.Sold sold) {
                sales.add(sold.order());
              }
            });
    return effect;
  }

  /** The books in the order of their ids. */
  public List<Book> books() {
    return catalog.shelf().page(0, Integer.MAX_VALUE);
  }
}
