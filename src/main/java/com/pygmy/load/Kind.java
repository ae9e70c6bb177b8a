package com.pygmy.load;

import java.util.Locale;

/** What is asked of a shop. */
enum Kind {
  LOOKUP,
  BUY,
  ORDER;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
