package com.pygmy.wire.json;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The events of {@code GET /events}, by name. */
public enum EventKind {
  /** A book was added, or its price, title, author or topic changed. */
  BOOK,
  /** The stock of a book changed. */
  STOCK,
  /** It fell to nothing. */
  OUT_OF_STOCK,
  /** It rose. */
  RESTOCK,
  /** Another catalog replica leads, or the same one in another term. */
  LEADER,
  /** A replica came, went, became ready, or ceased to be. */
  REPLICA,
  /** The stream begins. */
  HELLO,
  /** What the client shows may be out of date. */
  RESET;

  /** As it is called in the stream, and in the parameter {@code kinds}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** May a client leave it out? */
  public boolean isOptional() {
    return this != HELLO && this != RESET;
  }

  public static Optional<EventKind> of(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
  }
}
