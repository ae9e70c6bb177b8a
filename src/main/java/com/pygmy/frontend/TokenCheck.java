package com.pygmy.frontend;

import com.pygmy.config.AdminToken;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * Knows the administrator by a token, which may be any of several. Compared by hash, in constant
 * time and with all of them, so that neither its length, nor a common beginning, nor which one it
 * is shows in how long it takes. Who guesses is not listened to for a while: then a right token is
 * refused as a wrong one is, for otherwise the guessing could go on.
 */
final class TokenCheck {

  private static final String SCHEME = "Bearer ";

  private final List<byte[]> expected;
  private final ClientLimits limits;

  /**
   * @param tokens none: nobody is the administrator
   */
  TokenCheck(List<AdminToken> tokens, ClientLimits limits) {
    this.expected = tokens.stream().map(AdminToken::value).map(TokenCheck::hash).toList();
    this.limits = limits;
  }

  /** Does this {@code Authorization} header show a token, be it right or wrong? */
  static boolean isToken(String authorization) {
    return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  /** Fails when the client has shown too many wrong tokens for another one to be looked at. */
  void requireLook(String client) {
    limits.requireToken(client);
  }

  /**
   * Does this {@code Authorization} header show one of the tokens? None does when the client has
   * shown too many others.
   */
  boolean shownIn(String authorization, String client) {
    if (!isToken(authorization) || !limits.isTokenLookedAt(client)) {
      return false;
    }
    boolean isRight = isExpected(hash(authorization.substring(SCHEME.length()).strip()));
    if (!isRight) {
      limits.wrongToken(client);
    }
    return isRight;
  }

  private boolean isExpected(byte[] shown) {
    boolean found = false;
    for (byte[] token : expected) {
      found |= MessageDigest.isEqual(token, shown);
    }
    return found;
  }

  private static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
