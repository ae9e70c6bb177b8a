package com.pygmy.frontend;

import com.pygmy.domain.BookId;
import com.pygmy.domain.Limits;
import com.pygmy.wire.RequestMark;
import com.pygmy.wire.json.Parsed;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One request, as the handlers see it. What cannot be read fails with a {@link FailureException}.
 */
final class Exchange {

  static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /** Of an answer that an earlier attempt with the same key was given already. */
  static final CharSequence REPLAYED = HttpHeaders.createOptimized("Idempotent-Replayed");

  private final HttpServerRequest request;
  private final Map<String, String> pathParameters;
  private final RequestIds requestIds;
  private final TokenCheck tokenCheck;
  private final Bodies bodies;
  private final Supplier<String> ids;
  private Optional<String> usedKey = Optional.empty();

  /**
   * @param ids makes keys for those who send none
   */
  Exchange(
      HttpServerRequest request,
      Map<String, String> pathParameters,
      RequestIds requestIds,
      TokenCheck tokenCheck,
      Bodies bodies,
      Supplier<String> ids) {
    this.request = request;
    this.pathParameters = pathParameters;
    this.requestIds = requestIds;
    this.tokenCheck = tokenCheck;
    this.bodies = bodies;
    this.ids = ids;
  }

  /** In every answer, and in every line of the log about this request. */
  String requestId() {
    return requestIds.of(request);
  }

  RequestMark mark() {
    return new RequestMark(Optional.of(requestId()), usedKey);
  }

  /** A parameter of the path, decoded. */
  String path(String name) {
    return pathParameters.get(name);
  }

  /** The book that the path names. */
  BookId book() {
    String id = path("id");
    return wholeNumber(id, Limits.MAX_BOOK_ID)
        .map(number -> new BookId(number.intValue()))
        .orElseThrow(() -> new Failure.UnknownBook(id).exception());
  }

  /** The order number that the path names. */
  long orderNumber() {
    String number = path("number");
    return wholeNumber(number, Long.MAX_VALUE)
        .orElseThrow(() -> new Failure.UnknownOrder(number).exception());
  }

  Query query(Set<String> known) {
    return new Query(request.query(), known);
  }

  Optional<String> header(CharSequence name) {
    return Optional.ofNullable(request.getHeader(name));
  }

  /** Nobody is while it is not looked at what the client shows. To be asked once. */
  boolean isAdministrator() {
    return header(HttpHeaders.AUTHORIZATION)
        .filter(shown -> tokenCheck.shownIn(shown, client()))
        .isPresent();
  }

  /** Fails also while it is not looked at what the client shows. */
  void requireAdministrator() {
    if (header(HttpHeaders.AUTHORIZATION).filter(TokenCheck::isToken).isPresent()) {
      tokenCheck.requireLook(client());
    }
    if (!isAdministrator()) {
      throw new Failure.Unauthorized().exception();
    }
  }

  /** The idempotency key that the client sent, or a new one. */
  String key() {
    String key = sentKey().orElseGet(ids);
    usedKey = Optional.of(key);
    return key;
  }

  /** The key under which something may have been done: every answer names it. */
  Optional<String> usedKey() {
    return usedKey;
  }

  /** Has the client named its intention itself? Then it may have asked before. */
  boolean isKeySent() {
    return request.headers().contains(IDEMPOTENCY_KEY);
  }

  private Optional<String> sentKey() {
    List<String> sent = request.headers().getAll(IDEMPOTENCY_KEY);
    if (sent.isEmpty()) {
      return Optional.empty();
    }
    if (sent.size() > 1 || !Limits.isKey(sent.get(0))) {
      throw new Failure.Malformed(
              IDEMPOTENCY_KEY
                  + " must be 1 to "
                  + Limits.MAX_KEY_CHARS
                  + " visible ASCII characters")
          .exception();
    }
    return Optional.of(sent.get(0));
  }

  /** The address that it connects from; stands for the client where it names no customer. */
  String client() {
    return request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress();
  }

  /** The body, read by {@code reader}. To be called before anything else is waited for. */
  <T> Future<T> body(Function<Buffer, Parsed<T>> reader) {
    return bodies.read(request).map(body -> valid(reader.apply(body)));
  }

  private static <T> T valid(Parsed<T> parsed) {
    if (parsed instanceof Parsed.Valid<T> valid) {
      return valid.value();
    } else if (parsed instanceof Parsed.Invalid<T> invalid) {
      throw new Failure.Invalid(invalid.errors()).exception();
    }
    throw new Failure.Malformed(((Parsed.Malformed<T>) parsed).why()).exception();
  }

  /** Digits without sign and leading zero, 1 to {@code max}. */
  private static Optional<Long> wholeNumber(String text, long max) {
    if (text.isEmpty()
        || text.charAt(0) == '0'
        || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseLong(text)).filter(number -> number <= max);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
