package com.pygmy.frontend;

import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Strong entity tags, and the conditions that name them. */
final class ETags {

  private static final String ANY = "*";
  private static final int HASH_BYTES = 12;
  private static final int STORE_BYTES = 4;

  private ETags() {}

  /**
   * Of a book: its id, its version and its store, {@code "7-12-5f0c83a1"}.
   *
   * @param store what tells the store from others; empty when it is not known
   */
  static String of(Book book, String store) {
    return of(book.id(), book.version(), store);
  }

  /** Of any other content: a hash. */
  static String of(Buffer content) {
    return "\"" + hash(content.getBytes(), HASH_BYTES) + "\"";
  }

  /** What tells a store from others in a few characters. */
  static String ofStore(String storeId) {
    return hash(storeId.getBytes(StandardCharsets.UTF_8), STORE_BYTES);
  }

  /** Has the client something else than this? {@code If-None-Match}, compared weakly. */
  static boolean hasChanged(Optional<String> ifNoneMatch, String etag) {
    return ifNoneMatch.isEmpty()
        || tags(ifNoneMatch.get())
            .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
            .noneMatch(tag -> tag.equals(ANY) || tag.equals(etag));
  }

  /**
   * The version of the book that {@code If-Match} asks for, compared strongly; empty when any will
   * do.
   *
   * @throws FailureException when no version of this book can match, or several could
   */
  static Optional<Long> version(Optional<String> ifMatch, BookId book, String store) {
    if (ifMatch.isEmpty() || ifMatch.get().strip().equals(ANY)) {
      return Optional.empty();
    }
    List<Long> versions =
        tags(ifMatch.get())
            .flatMap(tag -> versionOf(tag, book, store).stream())
            .distinct()
            .toList();
    if (versions.size() > 1) {
      throw new Failure.Invalid("If-Match", "must name one version").exception();
    }
    return Optional.of(
        versions.stream()
            .findFirst()
            .orElseThrow(() -> new Failure.NoSuchVersion(book).exception()));
  }

  private static String of(BookId book, long version, String store) {
    return "\"" + book + "-" + version + (store.isEmpty() ? "" : "-" + store) + "\"";
  }

  private static Optional<Long> versionOf(String tag, BookId book, String store) {
    String[] parts = tag.replace("\"", "").split("-", -1);
    try {
      return Optional.of(Long.parseLong(parts.length < 2 ? "" : parts[1]))
          .filter(version -> version > 0 && tag.equals(of(book, version, store)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String hash(byte[] content, int bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(hash, 0, bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static Stream<String> tags(String header) {
    return Arrays.stream(header.split(",")).map(String::strip);
  }
}
