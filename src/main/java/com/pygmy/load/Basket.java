package com.pygmy.load;

import com.pygmy.wire.json.JsonKeys;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** What a customer buys, under the key that names this purchase at every attempt. */
record Basket(int book, int quantity, String key) {

  JsonObject body() {
    return new JsonObject()
        .put(
            JsonKeys.ITEMS,
            new JsonArray()
                .add(new JsonObject().put(JsonKeys.BOOK, book).put(JsonKeys.QUANTITY, quantity)));
  }
}
