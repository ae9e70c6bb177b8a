package com.pygmy.frontend;

import com.pygmy.domain.BookId;
import com.pygmy.domain.Outcome.Refusal;
import com.pygmy.wire.json.FieldError;
import com.pygmy.wire.json.HealthCheck;
import java.util.List;

/** Every way in which a request is expected to fail; {@link Problems} says how it is answered. */
sealed interface Failure {

  /** Ends a chain of futures with this failure. */
  default FailureException exception() {
    return new FailureException(this);
  }

  // ---- what was asked for

  record UnknownBook(String id) implements Failure {}

  record UnknownOrder(String what) implements Failure {}

  record UnknownReplica(String name) implements Failure {}

  record UnknownRoute() implements Failure {}

  record MethodNotAllowed(String allow) implements Failure {}

  record Unauthorized() implements Failure {}

  // ---- how it was asked for

  /** It cannot be read. */
  record Malformed(String why) implements Failure {}

  /** It can be read, but breaks a rule. */
  record Invalid(List<FieldError> errors) implements Failure {
    Invalid(String path, String message) {
      this(List.of(new FieldError(path, message)));
    }
  }

  record UnsupportedMediaType(String why) implements Failure {}

  record BodyTooLarge(int maxBytes) implements Failure {}

  record HeadersTooLarge(int maxBytes) implements Failure {}

  record UriTooLong(int maxBytes) implements Failure {}

  record RequestTimeout() implements Failure {}

  /**
   * The client has done this too often; nothing has come of this attempt, and nothing will.
   *
   * @param retrySeconds until it may ask again
   */
  record TooManyRequests(String why, int retrySeconds) implements Failure {}

  // ---- what the log decided

  /**
   * The log refused it.
   *
   * @param replayed whether an earlier attempt with this key had been refused so
   */
  record Refused(Refusal why, boolean replayed) implements Failure {}

  record BookExists(BookId book, boolean replayed) implements Failure {}

  /** The condition of the request names no version that the book can have. */
  record NoSuchVersion(BookId book) implements Failure {}

  record KeyConflict() implements Failure {}

  record KeyTooOld() implements Failure {}

  /** The catalog replicas stay as they are. */
  record MembersRefused(String why) implements Failure {}

  // ---- what could not be done now

  /** Nothing has come of this attempt, and nothing will. */
  record Overloaded() implements Failure {}

  /** Nothing has come of this attempt, and nothing will. */
  record Unavailable(String why) implements Failure {}

  /** A health route was asked, and not all that it looks at is up. */
  record NotUp(String why, List<HealthCheck> checks) implements Failure {}

  /** It may or may not have happened: ask again with the same key. */
  record OutcomeUnknown(String key) implements Failure {}

  /** The catalog replicas may or may not be changed: ask again for the same. */
  record MembersUnknown(String why) implements Failure {}
}
