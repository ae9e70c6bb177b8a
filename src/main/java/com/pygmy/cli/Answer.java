package com.pygmy.cli;

/** What came of a request, after all attempts. */
sealed interface Answer {

  /** A frontend answered, for good. */
  record Said(int status, String body, boolean isReplay) implements Answer {
    private static final int FIRST_ERROR = 400;

    boolean isFine() {
      return status < FIRST_ERROR;
    }
  }

  /** Nobody could do it, and nothing has happened. */
  record Unavailable(String why) implements Answer {}

  /** Nobody could tell whether the change was made. The same key finds it out. */
  record Unknown(String why) implements Answer {}
}
