package com.pygmy.frontend;

import com.pygmy.domain.BookId;
import com.pygmy.domain.Outcome;
import com.pygmy.domain.Outcome.Refusal;
import com.pygmy.wire.json.Problem;
import com.pygmy.wire.json.Problem.Books;
import com.pygmy.wire.json.Problem.BooksLeft;
import com.pygmy.wire.json.Problem.Errors;
import com.pygmy.wire.json.Problem.Version;
import com.pygmy.wire.json.ProblemType;
import io.vertx.core.http.HttpHeaders;
import java.util.List;

/** The failure table: how each failure is answered. */
final class Problems {

  private static final CharSequence CONTENT_TYPE =
      HttpHeaders.createOptimized(Problem.CONTENT_TYPE);
  private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("Retry-After");
  private static final CharSequence RETRY_AFTER_SECONDS = HttpHeaders.createOptimized("1");
  private static final CharSequence CHALLENGE =
      HttpHeaders.createOptimized("Bearer realm=\"pygmy\"");
  private static final CharSequence CLOSE = HttpHeaders.createOptimized("close");
  private static final int BAD_REQUEST = 400;

  /** An earlier attempt under the same key may have been decided. */
  private static final String NOT_BY_THIS =
      "Nothing was changed by this attempt. Ask again with the same key; of a buy, GET /orders?key="
          + " tells what an earlier attempt has brought about.";

  private Problems() {}

  /** The answer to a failure, of which {@code problem} tells. */
  static Reply reply(Failure failure, Problem problem, String requestId) {
    Reply reply = reply(problem, requestId);
    if (failure instanceof Failure.MethodNotAllowed f) {
      return reply.with(HttpHeaders.ALLOW, f.allow());
    } else if (failure instanceof Failure.Unauthorized) {
      return reply.with("WWW-Authenticate", CHALLENGE);
    } else if (failure instanceof Failure.TooManyRequests f) {
      return reply.with(RETRY_AFTER, Integer.toString(f.retrySeconds()));
    } else if (failure instanceof Failure.BodyTooLarge
        || failure instanceof Failure.RequestTimeout) {
      return reply.with(HttpHeaders.CONNECTION, CLOSE); // the rest of the body is not waited for
    } else if (replayed(failure)) {
      return reply.with(Exchange.REPLAYED, "true");
    }
    return worthRetrying(problem.type()) ? reply.with(RETRY_AFTER, RETRY_AFTER_SECONDS) : reply;
  }

  /** The answer to what nobody foresaw; what it was is for the log only. */
  static Problem internal() {
    return Problem.of(ProblemType.INTERNAL, "The log tells more under the id of this request.");
  }

  static Reply reply(Problem problem, String requestId) {
    return Reply.of(problem.status(), CONTENT_TYPE, problem.toJson(requestId));
  }

  private static boolean replayed(Failure failure) {
    return (failure instanceof Failure.Refused refused && refused.replayed())
        || (failure instanceof Failure.BookExists exists && exists.replayed());
  }

  private static boolean worthRetrying(ProblemType type) {
    return type.status() == ProblemType.UNAVAILABLE.status();
  }

  /**
   * What a failure means to a client.
   *
   * @param isKeySent whether the client may have asked before under the same key
   */
  static Problem problem(Failure failure, boolean isKeySent) {
    if (failure instanceof Failure.Overloaded) {
      return Problem.of(
          ProblemType.OVERLOADED,
          isKeySent ? NOT_BY_THIS : "Nothing was changed. Try again shortly.");
    } else if (failure instanceof Failure.Unavailable f) {
      return Problem.of(
          ProblemType.UNAVAILABLE,
          sentence(f.why()) + " " + (isKeySent ? NOT_BY_THIS : "Nothing was changed."));
    } else if (failure instanceof Failure.TooManyRequests f) {
      return Problem.of(
          ProblemType.TOO_MANY_REQUESTS,
          sentence(f.why()) + " " + (isKeySent ? NOT_BY_THIS : "Nothing was changed."));
    }
    return problem(failure);
  }

  private static Problem problem(Failure failure) {
    if (failure instanceof Failure.Refused f) {
      return refusal(f.why());
    } else if (failure instanceof Failure.UnknownBook f) {
      return Problem.of(ProblemType.UNKNOWN_BOOK, "There is no book " + f.id() + ".");
    } else if (failure instanceof Failure.UnknownOrder f) {
      return Problem.of(ProblemType.UNKNOWN_ORDER, "There is no order " + f.what() + ".");
    } else if (failure instanceof Failure.UnknownReplica f) {
      return Problem.of(
          ProblemType.UNKNOWN_REPLICA, "No catalog replica " + f.name() + " has a vote.");
    } else if (failure instanceof Failure.MembersRefused f) {
      return Problem.of(ProblemType.MEMBERS_REFUSED, sentence(f.why()));
    } else if (failure instanceof Failure.UnknownRoute) {
      return Problem.of(ProblemType.UNKNOWN_ROUTE, "See /openapi.yaml for what there is.");
    } else if (failure instanceof Failure.MethodNotAllowed f) {
      return Problem.of(ProblemType.METHOD_NOT_ALLOWED, "Allowed here: " + f.allow() + ".");
    } else if (failure instanceof Failure.Unauthorized) {
      return Problem.of(ProblemType.UNAUTHORIZED, "Send the header Authorization: Bearer <token>.");
    } else if (failure instanceof Failure.BookExists f) {
      return Problem.of(
          ProblemType.BOOK_EXISTS,
          "Book " + f.book() + " is described differently.",
          new Books(List.of(f.book())));
    } else if (failure instanceof Failure.NoSuchVersion f) {
      return Problem.of(
          ProblemType.VERSION_MISMATCH, "If-Match names no version of book " + f.book() + ".");
    } else if (failure instanceof Failure.KeyConflict) {
      return Problem.of(
          ProblemType.KEY_CONFLICT, "Nothing was changed. Send another request with a new key.");
    } else if (failure instanceof Failure.KeyTooOld) {
      return Problem.of(
          ProblemType.KEY_TOO_OLD, "Nothing was changed by this attempt. Use a new key.");
    }
    return badRequest(failure);
  }

  private static Problem badRequest(Failure failure) {
    if (failure instanceof Failure.Malformed f) {
      return Problem.of(ProblemType.INVALID, sentence(f.why())).withStatus(BAD_REQUEST);
    } else if (failure instanceof Failure.Invalid f) {
      return Problem.of(
          ProblemType.INVALID,
          f.errors().get(0).path() + " " + f.errors().get(0).message() + ".",
          new Errors(f.errors()));
    } else if (failure instanceof Failure.UnsupportedMediaType f) {
      return Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, sentence(f.why()));
    } else if (failure instanceof Failure.BodyTooLarge f) {
      return Problem.of(ProblemType.BODY_TOO_LARGE, atMost(f.maxBytes()));
    } else if (failure instanceof Failure.HeadersTooLarge f) {
      return Problem.of(ProblemType.HEADERS_TOO_LARGE, atMost(f.maxBytes()));
    } else if (failure instanceof Failure.UriTooLong f) {
      return Problem.of(ProblemType.URI_TOO_LONG, atMost(f.maxBytes()));
    } else if (failure instanceof Failure.RequestTimeout) {
      return Problem.of(ProblemType.REQUEST_TIMEOUT, "The body did not arrive in time.");
    }
    return notYetKnown(failure);
  }

  private static Problem notYetKnown(Failure failure) {
    if (failure instanceof Failure.OutcomeUnknown f) {
      return Problem.of(
          ProblemType.OUTCOME_UNKNOWN,
          "It may or may not have happened. Ask again with the same key.",
          new Problem.Key(f.key()));
    } else if (failure instanceof Failure.MembersUnknown f) {
      return Problem.of(
          ProblemType.OUTCOME_UNKNOWN,
          "It may or may not come to be: " + f.why() + ". Ask again for the same.");
    }
    if (failure instanceof Failure.NotUp f) {
      return Problem.of(ProblemType.UNAVAILABLE, sentence(f.why()), new Problem.Checks(f.checks()));
    }
    throw new IllegalStateException("a failure without an answer: " + failure);
  }

  private static Problem refusal(Refusal why) {
    if (why instanceof Outcome.OutOfStock out) {
      return Problem.of(
          ProblemType.OUT_OF_STOCK,
          "Nothing was sold: too few are left of "
              + books(out.books().stream().map(Outcome.Left::book).toList()),
          new BooksLeft(out.books()));
    } else if (why instanceof Outcome.UnknownBooks unknown) {
      return unknownBooks(unknown.books());
    } else if (why instanceof Outcome.NoSuchBooks missing) {
      return unknownBooks(missing.books());
    } else if (why instanceof Outcome.VersionMismatch mismatch) {
      return Problem.of(
          ProblemType.VERSION_MISMATCH,
          "Book " + mismatch.book() + " has version " + mismatch.version() + ".",
          new Version(mismatch.version()));
    }
    List<BookId> full = ((Outcome.ShelfFull) why).books();
    return Problem.of(
        ProblemType.SHELF_FULL,
        "Nothing was put on the shelf: there is no room for " + books(full),
        new Books(full));
  }

  private static Problem unknownBooks(List<BookId> ids) {
    return Problem.of(ProblemType.UNKNOWN_BOOK, "There is no " + books(ids), new Books(ids));
  }

  private static String books(List<BookId> ids) {
    return "book " + String.join(", ", ids.stream().map(BookId::toString).toList()) + ".";
  }

  private static String atMost(int bytes) {
    return "At most " + bytes + " bytes are taken.";
  }

  private static String sentence(String why) {
    return why.isEmpty() ? why : Character.toUpperCase(why.charAt(0)) + why.substring(1) + ".";
  }
}
