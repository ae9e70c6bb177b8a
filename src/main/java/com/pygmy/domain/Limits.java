package com.pygmy.domain;

/** The bounds of every value that the store takes in. Constructors of the domain hold them. */
public final class Limits {
  public static final int MAX_BOOK_ID = 1_000_000_000;
  public static final int MAX_TITLE_CHARS = 1_000;
  public static final int MAX_AUTHOR_CHARS = 1_000;
  public static final int MAX_TOPIC_CHARS = 100;
  public static final int MAX_CUSTOMER_CHARS = 200;
  public static final int MAX_KEY_CHARS = 64;

  /** What is searched for, at once. */
  public static final int MAX_SEARCH_CHARS = 200;

  public static final int MAX_SEARCH_WORDS = 20;

  public static final int MAX_LINES = 20;
  public static final int MAX_QUANTITY = 1_000;
  public static final int MAX_RESTOCK_QUANTITY = 1_000_000;
  public static final int MAX_STOCK = 1_000_000_000;
  public static final long MAX_PRICE_CENTS = 100_000_000;

  /** Books named by one administrative command. */
  public static final int MAX_BOOKS_PER_COMMAND = 1_000;

  private Limits() {}

  /** Is this a well-formed idempotency key: 1 to 64 visible ASCII characters? */
  public static boolean isKey(String key) {
    if (key.isEmpty() || key.length() > MAX_KEY_CHARS) {
      return false;
    }
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (c <= 0x20 || c >= 0x7f) {
        return false;
      }
    }
    return true;
  }

  /**
   * Is this text of 1 to {@code maxChars} characters, not blank, well-formed Unicode, no control
   * among them? So it survives UTF-8, and a control character can separate fields.
   */
  public static boolean isText(String text, int maxChars) {
    if (text.length() > maxChars || text.isBlank()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || Character.isLowSurrogate(c)) {
        return false;
      }
      if (Character.isHighSurrogate(c)) {
        i++;
        if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
          return false;
        }
      }
    }
    return true;
  }

  static String requireKey(String key) {
    if (!isKey(key)) {
      throw broken("a key is 1 to %d visible ASCII characters", MAX_KEY_CHARS);
    }
    return key;
  }

  static void requireText(String name, String text, int maxChars) {
    if (!isText(text, maxChars)) {
      throw broken("%s is 1 to %d printable characters", name, maxChars);
    }
  }

  static void requireRange(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw broken("%s is %d to %d, not %d", name, min, max, value);
    }
  }

  static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  private static IllegalArgumentException broken(String message, Object... args) {
    return new IllegalArgumentException(message.formatted(args));
  }
}
