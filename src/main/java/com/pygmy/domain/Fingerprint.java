package com.pygmy.domain;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/**
 * 128 bits of the SHA-256 of a canonical request, kept with the key that it came under, so that the
 * same key with another request is told apart from a retry.
 */
public record Fingerprint(long high, long low) {

  /**
   * Writes a request down so that two different ones never read the same: every text has its length
   * before it, every list its size. Kept in databases: a change of this form turns retries into
   * conflicts.
   */
  static final class Canonical {
    private final StringBuilder text = new StringBuilder(96);

    Canonical(String kind) {
      text.append(kind);
    }

    Canonical with(long number) {
      text.append('|').append(number);
      return this;
    }

    Canonical with(String words) {
      text.append('|').append(words.length()).append(':').append(words);
      return this;
    }

    Canonical withNumber(Optional<? extends Number> number) {
      return number.isPresent() ? with(number.get().longValue()) : absent();
    }

    Canonical withText(Optional<String> words) {
      return words.isPresent() ? with(words.get()) : absent();
    }

    private Canonical absent() {
      text.append("|-");
      return this;
    }

    Fingerprint fingerprint() {
      byte[] hash = sha256().digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return new Fingerprint(longAt(hash, 0), longAt(hash, 8));
    }
  }

  private static long longAt(byte[] bytes, int offset) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = (value << 8) | (bytes[offset + i] & 0xff);
    }
    return value;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
