package com.pygmy.frontend;

/**
 * Carries an expected failure along a chain of futures; without a stack trace, for it is no bug.
 */
final class FailureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  FailureException(Failure failure) {
    super(failure.toString(), null, false, false);
    this.failure = failure;
  }

  Failure failure() {
    return failure;
  }
}
