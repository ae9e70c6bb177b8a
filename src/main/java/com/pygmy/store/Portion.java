package com.pygmy.store;

import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Effect;
import com.pygmy.domain.Limits;
import com.pygmy.domain.Recorded;
import com.pygmy.replication.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One transaction to be: everything that was applied between two positions, each book once, however
 * often it changed. Guarded by the lock of {@link WriteBehind} until the writer has taken it.
 */
final class Portion {

  /** An outcome and the key it is bound to. */
  record Bound(String key, Recorded recorded) {}

  final List<Bound> outcomes = new ArrayList<>();
  final Map<BookId, Book> books = new HashMap<>();

  /** Keys that now have a sale, and whose dropped outcome may still be in the database. */
  final List<String> superseded = new ArrayList<>();

  /** The last entry that it contains; none in an empty portion. */
  Position position;

  /** Log time there. */
  long at;

  Optional<String> storeId = Optional.empty();

  /** When the first rows came, or the first position if there are no rows. */
  long bornNanos;

  private long weight;

  boolean isEmpty() {
    return position == null;
  }

  /** Is there more to it than a position? */
  boolean hasRows() {
    return weight > 0;
  }

  /** What it weighs in memory and in work, counted in buys. */
  long weight() {
    return weight;
  }

  void add(List<Bound> bound, List<Effect> effects) {
    outcomes.addAll(bound);
    weight += bound.size();
    for (Effect effect : effects) {
      for (Book book : effect.changed()) {
        books.put(book.id(), book);
      }
      // A command that changes hundreds of books weighs like as many buys.
      weight += effect.changed().size() / Limits.MAX_LINES;
    }
  }
}
