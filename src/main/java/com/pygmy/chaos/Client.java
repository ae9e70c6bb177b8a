package com.pygmy.chaos;

import com.pygmy.history.BookState;
import com.pygmy.history.Recorder;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What every client has.
 *
 * @param number of this client, from 1 on
 * @param random its own
 * @param pause between two attempts
 * @param givenUp has everybody stopped waiting for outcomes?
 */
record Client(
    int number,
    Random random,
    Load load,
    Caller caller,
    Recorder recorder,
    Ledger ledger,
    Supplier<Future<Void>> pause,
    BooleanSupplier givenUp) {

  static BookState state(JsonObject book) {
    return new BookState(
        book.getLong("stock", -1L), book.getLong("priceCents", -1L), book.getLong("version", -1L));
  }

  int anyBook() {
    return 1 + random.nextInt(load.books());
  }
}
