package com.pygmy.wire.json;

import com.pygmy.domain.BookId;
import com.pygmy.domain.Outcome.Left;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * A problem detail as of RFC 9457.
 *
 * @param status of the answer; most types have but one
 * @param detail for people: what is wrong with this very request
 * @param members what the type adds for programs
 */
public record Problem(ProblemType type, int status, String detail, List<Member> members) {

  public static final String CONTENT_TYPE = "application/problem+json";

  public Problem {
    members = List.copyOf(members);
  }

  public static Problem of(ProblemType type, String detail, Member... members) {
    return new Problem(type, type.status(), detail, List.of(members));
  }

  /** With a status that differs from the type's usual one. */
  public Problem withStatus(int other) {
    return new Problem(type, other, detail, members);
  }

  public Buffer toJson(String requestId) {
    JsonWriter out =
        new JsonWriter()
            .beginObject()
            .text(JsonKeys.TYPE, type.uri())
            .text(JsonKeys.TITLE, type.title())
            .number(JsonKeys.STATUS, status)
            .text(JsonKeys.DETAIL, detail);
    members.forEach(member -> member.write(out));
    return out.text(JsonKeys.REQUEST_ID, requestId).endObject().toBuffer();
  }

  /** What a type adds for programs. */
  public sealed interface Member {

    private void write(JsonWriter out) {
      if (this instanceof Errors errors) {
        out.array(JsonKeys.ERRORS, errors.errors(), Member::error);
      } else if (this instanceof BooksLeft left) {
        out.array(JsonKeys.BOOKS, left.books(), Member::left);
      } else if (this instanceof Books books) {
        out.array(JsonKeys.BOOKS, books.books(), Member::book);
      } else if (this instanceof Key key) {
        out.text(JsonKeys.KEY, key.key());
      } else if (this instanceof Version version) {
        out.number(JsonKeys.VERSION, version.version());
      } else if (this instanceof Checks checks) {
        out.array(JsonKeys.CHECKS, checks.checks(), (json, check) -> check.write(json));
      }
    }

    private static void error(JsonWriter out, FieldError error) {
      out.beginObject()
          .text(JsonKeys.PATH, error.path())
          .text(JsonKeys.MESSAGE, error.message())
          .endObject();
    }

    private static void left(JsonWriter out, Left left) {
      out.beginObject()
          .number(JsonKeys.BOOK, left.book().value())
          .number(JsonKeys.LEFT, left.stock())
          .endObject();
    }

    private static void book(JsonWriter out, BookId book) {
      out.beginObject().number(JsonKeys.BOOK, book.value()).endObject();
    }
  }

  /** Everything that is wrong with the request. */
  public record Errors(List<FieldError> errors) implements Member {}

  /** The books that could not be served, with what was left of each. */
  public record BooksLeft(List<Left> books) implements Member {}

  /** The books that it is about. */
  public record Books(List<BookId> books) implements Member {}

  /** The idempotency key to ask again with. */
  public record Key(String key) implements Member {}

  /** The version that the book has. */
  public record Version(long version) implements Member {}

  /** What a health route looked at. */
  public record Checks(List<HealthCheck> checks) implements Member {}
}
