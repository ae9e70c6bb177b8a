package com.pygmy.config;

/** The secret of the admin routes. Prints as dots, so that a logged conf does not tell it. */
public record AdminToken(String value) {
  @Override
  public String toString() {
    return "…";
  }
}
