package com.pygmy.wire.json;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The problem types of the HTTP contract. Slugs are stable: clients decide by them, never by the
 * texts.
 */
public enum ProblemType {
  UNKNOWN_BOOK(404, "There is no such book"),
  UNKNOWN_ORDER(404, "There is no such order"),
  UNKNOWN_REPLICA(404, "There is no such replica"),
  UNKNOWN_ROUTE(404, "There is nothing here"),
  OUT_OF_STOCK(409, "Not enough units are left"),
  BOOK_EXISTS(409, "Another book has this id"),
  MEMBERS_REFUSED(409, "The replicas stay as they are"),
  SHELF_FULL(409, "The shelf cannot take so many units"),
  /** 422 for a request that can be read but breaks a rule, 400 for one that cannot be read. */
  INVALID(422, "The request is not valid"),
  KEY_CONFLICT(422, "The idempotency key belongs to another request"),
  KEY_TOO_OLD(422, "The idempotency key is too old to be decided again"),
  VERSION_MISMATCH(412, "The book has changed meanwhile"),
  UNAUTHORIZED(401, "The administrator's token is needed"),
  METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
  REQUEST_TIMEOUT(408, "The request took too long to arrive"),
  BODY_TOO_LARGE(413, "The body is too large"),
  URI_TOO_LONG(414, "The address is too long"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body must be JSON"),
  /** Nothing has come of this attempt. */
  TOO_MANY_REQUESTS(429, "Too many requests from one client"),
  HEADERS_TOO_LARGE(431, "The headers are too large"),
  INTERNAL(500, "Something unforeseen went wrong"),
  /** Nothing has come of this attempt. */
  OVERLOADED(503, "Too much to do"),
  /** Nothing has come of this attempt. */
  UNAVAILABLE(503, "The service cannot be reached"),
  /** It may or may not have happened. */
  OUTCOME_UNKNOWN(503, "The outcome is not known yet");

  /** What the {@code type} of a problem begins with; the slug follows. A page is served there. */
  public static final String PREFIX = "/problems/";

  private final int status;
  private final String title;

  ProblemType(int status, String title) {
    this.status = status;
    this.title = title;
  }

  public String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The {@code type} member: a relative reference that ends in the slug. */
  public String uri() {
    return PREFIX + slug();
  }

  /** The usual status. */
  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  /** The type whose {@code type} member this is. */
  public static Optional<ProblemType> ofUri(String uri) {
    return Arrays.stream(values()).filter(type -> type.uri().equals(uri)).findFirst();
  }
}
