package com.pygmy.frontend;

import com.pygmy.domain.Book;
import com.pygmy.domain.BookChange;
import com.pygmy.wire.json.BookJson;
import com.pygmy.wire.json.EventJson;
import com.pygmy.wire.json.EventKind;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One event, ready to be sent but for its id, with what a filter asks about.
 *
 * @param change what it tells of a book; absent: it is about the cluster, or the stream
 * @param text its lines, without the empty one that ends an event
 */
record LiveEvent(EventKind kind, Optional<BookChange> change, Buffer text) {

  /** About the cluster, or the stream. */
  static LiveEvent of(EventKind kind, Buffer data) {
    return new LiveEvent(kind, Optional.empty(), text(kind, data));
  }

  /** What a change of a book is told as. */
  static List<LiveEvent> of(BookChange change) {
    Book book = change.book();
    List<LiveEvent> told = new ArrayList<>(3);
    if (change.isListedOtherwise()) {
      told.add(about(change, EventKind.BOOK, BookJson.book(book)));
    }
    if (change.isStockChanged()) {
      told.add(about(change, EventKind.STOCK, EventJson.stock(book)));
      if (book.stock() > change.stockBefore()) {
        told.add(about(change, EventKind.RESTOCK, EventJson.restock(book)));
      } else if (book.stock() == 0) {
        told.add(about(change, EventKind.OUT_OF_STOCK, EventJson.outOfStock(book)));
      }
    }
    return told;
  }

  private static LiveEvent about(BookChange change, EventKind kind, Buffer data) {
    return new LiveEvent(kind, Optional.of(change), text(kind, data));
  }

  private static Buffer text(EventKind kind, Buffer data) {
    return Buffer.buffer("event: " + kind.word() + "\ndata: ")
        .appendBuffer(data)
        .appendByte((byte) '\n');
  }
}
