package com.pygmy.frontend;

import com.pygmy.domain.Limits;

/**
 * A state of a store, as the ids of events name it: {@code <storeId>:<log index>}. It contains
 * every event up to that index.
 */
record EventId(String storeId, long index) {

  /**
   * What a client sends back.
   *
   * @throws FailureException when it is no id of an event
   */
  static EventId parse(String parameter, String text) {
    int colon = text.lastIndexOf(':');
    if (colon > 0 && Limits.isKey(text.substring(0, colon))) {
      try {
        long index = Long.parseLong(text.substring(colon + 1));
        if (index >= 0) {
          return new EventId(text.substring(0, colon), index);
        }
      } catch (NumberFormatException e) {
        // told below, like all else that is no id
      }
    }
    throw new Failure.Invalid(parameter, "must be the id of an event").exception();
  }

  @Override
  public String toString() {
    return storeId + ":" + index;
  }
}
