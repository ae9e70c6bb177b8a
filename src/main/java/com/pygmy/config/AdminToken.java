package com.pygmy.config;

import java.util.regex.Pattern;

/** A secret that opens the admin routes. Prints as dots, so that a logged conf does not tell it. */
public record AdminToken(String value) {

  /** So many may be valid at once: enough to change one after the other. */
  public static final int MAX_TOKENS = 8;

  /** What a token is made of. */
  public static final String FORM = "1 to 256 visible ASCII characters without a comma";

  private static final Pattern PATTERN = Pattern.compile("[\\x21-\\x7e&&[^,]]{1,256}");

  public static boolean isToken(String text) {
    return PATTERN.matcher(text).matches();
  }

  @Override
  public String toString() {
    return "…";
  }
}
