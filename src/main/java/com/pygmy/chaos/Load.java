package com.pygmy.chaos;

import com.pygmy.history.BookState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who uses the shop, and what there is in it. A buyer buys two neighbouring books only, so of no
 * book more than a few writes run at a time, and the checker of the history comes to a decision.
 *
 * @param books with the ids from 1 on
 * @param stock of each book at first
 * @param scarce stock of book 1 at first: it runs out, and buys of it are refused
 * @param pauseMillis of a reader or a buyer between two requests
 */
public record Load(
    int books,
    int readers,
    int buyers,
    int administrators,
    long stock,
    long scarce,
    long priceCents,
    long pauseMillis) {

  private static final long PAUSE_MILLIS = 10;
  private static final int BUYERS_PER_BOOK = 2;
  private static final long PLENTY = 1_000_000;
  private static final long FEW = 40;
  private static final long PRICE_CENTS = 500;

  public Load {
    if (books < 2 || readers < 1 || buyers < 1 || administrators < 0 || pauseMillis < 1) {
      throw new IllegalArgumentException(
          "two books, a reader, a buyer and a millisecond are the least");
    }
  }

  /** Half of the clients read, the others buy; and there is an administrator besides. */
  public static Load of(int clients) {
    int buyers = Math.max(1, clients / 2);
    int books = Math.max(2, (buyers + BUYERS_PER_BOOK - 1) / BUYERS_PER_BOOK);
    return new Load(
        books, Math.max(1, clients - buyers), buyers, 1, PLENTY, FEW, PRICE_CENTS, PAUSE_MILLIS);
  }

  /** The books before anybody comes. */
  public Map<Integer, BookState> initial() {
    Map<Integer, BookState> initial = new HashMap<>();
    for (int book = 1; book <= books; book++) {
      initial.put(book, new BookState(book == 1 ? scarce : stock, priceCents, 1));
    }
    return initial;
  }

  /** The same as rows of {@code id,title,author,topic,priceCents,stock}. */
  public List<String> catalogue() {
    List<String> lines = new ArrayList<>();
    initial()
        .forEach(
            (book, state) ->
                lines.add(
                    "%d,Book %d,Author,topic,%d,%d"
                        .formatted(book, book, state.priceCents(), state.stock())));
    return lines;
  }
}
