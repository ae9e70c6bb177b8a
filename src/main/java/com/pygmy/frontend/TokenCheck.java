package com.pygmy.frontend;

import com.pygmy.config.AdminToken;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/**
 * Knows the administrator by the token. Compared by hash and in constant time, so that neither its
 * length nor a common beginning shows in how long it takes.
 */
final class TokenCheck {

  private static final String SCHEME = "Bearer ";

  private final Optional<byte[]> expected;

  /**
   * @param token absent: nobody is the administrator
   */
  TokenCheck(Optional<AdminToken> token) {
    this.expected = token.map(AdminToken::value).map(TokenCheck::hash);
  }

  /** Does this {@code Authorization} header show the token? */
  boolean shownIn(String authorization) {
    return expected.isPresent()
        && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(
            expected.get(), hash(authorization.substring(SCHEME.length()).strip()));
  }

  private static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
