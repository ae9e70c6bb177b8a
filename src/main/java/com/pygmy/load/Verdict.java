package com.pygmy.load;

import io.vertx.core.json.JsonObject;

/** What an answer is worth to a customer who knows what it has to be. */
sealed interface Verdict {

  /** As it has to be. */
  record Fine(JsonObject body) implements Verdict {}

  /** Not enough units are left; that is the shop's good right. */
  record Refused() implements Verdict {}

  /** It contradicts what was known. */
  record Mismatch(String what) implements Verdict {}

  /** No such answer can be deserved by such a request. */
  record Unexpected(String what) implements Verdict {}

  /** After all attempts nobody has said anything. */
  record Unanswered(String why) implements Verdict {}

  /** Did the shop do its work? */
  default boolean isServed() {
    return this instanceof Fine || this instanceof Refused;
  }
}
