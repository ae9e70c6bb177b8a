package com.pygmy.cli;

import java.util.Locale;

/** Cents as people read them. */
final class Money {

  private static final int CENTS = 100;

  static String of(long cents) {
    return String.format(Locale.ROOT, "%d.%02d", cents / CENTS, cents % CENTS);
  }

  private Money() {}
}
